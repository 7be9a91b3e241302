/** What only a state of files can be asked: torn tails, damage, a million chunks. */
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ChunkTable } from '../../headless/chunk-table.ts'
import { openFsOwnerState } from '../../headless/fs-owner-state.ts'
import { u32 } from '../../src/core/bytes.ts'
import { chunkOf, journaledOf, packOf } from './owner-state.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

const ids = (...chunks: number[]) => chunks.map(chunkOf)

test('a log torn at any byte keeps every whole entry before the tear and goes on from there', () =>
  inTemporaryDirectory(async (directory) => {
    let state = await openFsOwnerState(directory)
    await state.learn(packOf(1), ids(1))
    await state.learn(packOf(2), ids(2, 3))
    await state.close()
    const log = join(directory, 'chunks')
    const whole = await readFile(log)
    const lastEntryBytes = 8 + 1 + 32 + 2 * 32
    for (let cut = 1; cut <= lastEntryBytes; cut += 1) {
      await writeFile(log, whole.subarray(0, whole.length - cut))
      state = await openFsOwnerState(directory)
      expect(await state.packsOf(ids(1, 2, 3))).toEqual([packOf(1), undefined, undefined])
      await state.learn(packOf(4), ids(3))
      await state.close()
      state = await openFsOwnerState(directory)
      expect(await state.packsOf(ids(1, 2, 3))).toEqual([packOf(1), undefined, packOf(4)])
      await state.close()
    }
  }))

test('zeros that a power cut left behind the log are cut off', () =>
  inTemporaryDirectory(async (directory) => {
    let state = await openFsOwnerState(directory)
    await state.learn(packOf(1), ids(1))
    await state.close()
    await appendFile(join(directory, 'chunks'), new Uint8Array(4096))
    state = await openFsOwnerState(directory)
    await state.learn(packOf(2), ids(2))
    await state.close()
    state = await openFsOwnerState(directory)
    expect(await state.packsOf(ids(1, 2))).toEqual([packOf(1), packOf(2)])
    await state.close()
  }))

test('damage inside the log never brings a forgotten pack back: nothing is believed but the journal', () =>
  inTemporaryDirectory(async (directory) => {
    let state = await openFsOwnerState(directory)
    await state.learn(packOf(1), ids(1))
    await state.forget(packOf(1))
    await state.journal(journaledOf(2, [2]))
    await state.close()
    const log = join(directory, 'chunks')
    const bytes = await readFile(log)
    const forgetEntry = 4 + 8 + 1 + 32 + 32
    bytes[forgetEntry + 10] = 255
    await writeFile(log, bytes)
    state = await openFsOwnerState(directory)
    expect(await state.packsOf(ids(1, 2))).toEqual([undefined, packOf(2)])
    await state.close()
  }))

test('a kill between journal and log leaves the pack journaled and its chunks known', () =>
  inTemporaryDirectory(async (directory) => {
    let state = await openFsOwnerState(directory)
    await state.journal(journaledOf(1, [1, 2]))
    await state.close()
    await truncate(join(directory, 'chunks'), 4)
    state = await openFsOwnerState(directory)
    expect(await state.packsOf(ids(1, 2))).toEqual([packOf(1), packOf(1)])
    expect(await state.journaled()).toEqual([journaledOf(1, [1, 2])])
    await state.close()
  }))

test('a journaled pack that has rotted is forgotten, so that its chunks are packed again', () =>
  inTemporaryDirectory(async (directory) => {
    let state = await openFsOwnerState(directory)
    await state.journal(journaledOf(1, [1]))
    await state.journal(journaledOf(2, [2]))
    const [name] = (await readdir(join(directory, 'journal'))).sort()
    const path = join(directory, 'journal', name ?? '')
    const bytes = await readFile(path)
    bytes[bytes.length - 1] = 255
    await writeFile(path, bytes)
    expect(await state.journaled()).toEqual([journaledOf(2, [2])])
    await state.close()
    state = await openFsOwnerState(directory)
    expect(await state.packsOf(ids(1, 2))).toEqual([undefined, packOf(2)])
    await state.close()
  }))

test('a million chunks are found in a table of at most 100 bytes each', () => {
  const chunks = 1_000_000
  // Multiplying by an odd number visits every word once: ids as scattered as hashes are.
  const id = (i: number) => {
    const bytes = new Uint8Array(32).fill(9)
    bytes.set(u32(Math.imul(i, 2_654_435_761)))
    return bytes
  }
  const packs = Array.from({ length: 1000 }, (_, i) => packOf(i))
  const before = process.memoryUsage().arrayBuffers
  const table = new ChunkTable()
  for (let i = 0; i < chunks; i += 1) table.add(packs[i % 1000] ?? packOf(0), id(i))
  for (let i = 0; i < chunks; i += 997) expect(table.get(id(i))).toBe(packOf(i % 1000))
  expect(table.get(id(chunks))).toBeUndefined()
  table.forget(packOf(3))
  expect(table.get(id(3))).toBeUndefined()
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * chunks)
})
