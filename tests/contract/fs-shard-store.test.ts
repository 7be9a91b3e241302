/** What only a store of files can be asked: kills, leftovers, layout. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { equal } from '../../src/core/bytes.ts'
import { shardKey } from '../../src/store/room.ts'
import { all, refusedWith } from './law.ts'
import { contentOf, inventoryOf, shardOf } from './shard-store.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

const KILLS = 20

test('a keeper killed at any moment serves nothing torn and has lost nothing that it said was stored', () =>
  inTemporaryDirectory(async (parent) => {
    const [directory, program] = [join(parent, 'keeper'), await built('put-until-killed.ts', parent)]
    const stored = new Set<string>()
    let next = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const said = await putUntilKilled(program, directory, next, 1 + Math.floor(Math.random() * 12))
      for (const i of said) stored.add(shardKey(shardOf(i & 255, i >> 8, 0)))
      next = Math.max(next, ...said) + 10

      const store = await openFsShardStore(directory)
      let usedBytes = 0
      const kept = new Set<string>()
      for (const shard of await all(store.list())) {
        const read = await store.read(shard, 0, shard.sizeBytes)
        expect(read && equal(read, contentOf(shard, shard.sizeBytes)), shardKey(shard)).toBe(true)
        expect(await store.record(shard.pack)).toHaveLength(40)
        usedBytes += shard.sizeBytes
        kept.add(shardKey(shard))
      }
      expect([...stored].filter((key) => !kept.has(key))).toEqual([])
      expect(await store.usage()).toMatchObject({ usedBytes, shards: kept.size })
      await store.close()
    }
    expect((await readdir(directory, { recursive: true })).filter((name) => name.includes('unfinished'))).toEqual([])
  }))

/** Numbers of the shards that a keeper said were stored before it was killed, soon after its `puts`-th. */
async function putUntilKilled(program: string, directory: string, first: number, puts: number): Promise<number[]> {
  const child = spawn(process.execPath, [program, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const said: number[] = []
  for await (const line of createInterface(child.stdout)) {
    said.push(Number(line))
    // The moment of the kill is what is being tried, hence a time and not a state.
    if (said.length === puts) setTimeout(() => child.kill('SIGKILL'), Math.random() * 8)
  }
  const [, signal] = (await exited) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  return said
}

/** A program of this folder as one file: twenty starts then cost less than one through tsx each. */
async function built(name: string, directory: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL(name, import.meta.url)),
      outDir: directory,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  })
  return join(directory, 'program.mjs')
}

test('leftovers of a kill are removed at the next start', () =>
  inTemporaryDirectory(async (directory) => {
    const shard = shardOf(1, 0, 100)
    let store = await openFsShardStore(directory)
    await store.setLimit(1000)
    await store.put(shard)
    await store.close()
    await mkdir(join(directory, 'records', 'ee'))
    const leftovers = [
      join('shards', '01', '.unfinished-7'),
      join('records', 'ee', '.unfinished-8'),
      join('records', 'ee', 'ee'.repeat(32)),
    ]
    for (const name of leftovers) await writeFile(join(directory, name), 'half')
    store = await openFsShardStore(directory)
    const names = await readdir(directory, { recursive: true })
    expect(names.filter((name) => leftovers.includes(name))).toEqual([])
    expect(await all(store.list())).toHaveLength(1)
    await store.close()
  }))

test('the inventory alone finds a file that was cut short', () =>
  inTemporaryDirectory(async (directory) => {
    const [whole, cut] = [shardOf(1, 0, 100), shardOf(2, 0, 100)]
    const store = await openFsShardStore(directory)
    await store.setLimit(1000)
    await store.put(whole)
    await store.put(cut)
    await truncate(join(directory, 'shards', '02', shardKey(cut)), 120)
    expect(await inventoryOf(store)).toHaveLength(1)
    expect(await store.usage()).toMatchObject({ usedBytes: 100, shards: 1 })
    await store.close()
  }))

test('a damaged shard found at the start is gone, one of a newer version stops the start and stays', () =>
  inTemporaryDirectory(async (directory) => {
    const [damaged, newer] = [shardOf(1, 0, 100), shardOf(2, 0, 100)]
    let store = await openFsShardStore(directory)
    await store.setLimit(1000)
    await store.put(damaged)
    await store.close()
    await writeFile(join(directory, 'shards', '01', shardKey(damaged)), 'KTS')
    store = await openFsShardStore(directory)
    expect(await all(store.list())).toEqual([])
    await store.put(newer)
    await store.close()
    const path = join(directory, 'shards', '02', shardKey(newer))
    const bytes = await readFile(path)
    bytes[3] = 2
    await writeFile(path, bytes)
    await refusedWith('unsupported-version', openFsShardStore(directory))
    expect(await readFile(path)).toEqual(bytes)
  }))

test('one shard that cannot be read is set aside, and everything else is listed and served', () =>
  inTemporaryDirectory(async (directory) => {
    const [whole, broken] = [shardOf(1, 0, 100), shardOf(2, 0, 100)]
    const store = await openFsShardStore(directory)
    await store.setLimit(1000)
    await store.put(whole)
    await store.put(broken)
    const path = join(directory, 'shards', '02', shardKey(broken))
    // A link to itself is there and cannot be opened, not even by root.
    await rm(path)
    await symlink(path, path)
    expect(await inventoryOf(store)).toHaveLength(1)
    expect(await store.usage()).toMatchObject({ usedBytes: 100, shards: 1 })
    expect(await store.read(broken, 0, 10)).toBeUndefined()
    expect(await store.read(whole, 0, 100)).toHaveLength(100)
    expect(await readdir(join(directory, 'unreadable'))).toEqual([shardKey(broken)])
    // It may be sent again.
    await store.put(broken)
    expect(await store.read(broken, 0, 100)).toHaveLength(100)
    await store.close()
  }))

test('a sector that has gone bad takes one shard, at the start and when it is read', () =>
  inTemporaryDirectory(async (parent) => {
    const [directory, program] = [join(parent, 'keeper'), await built('list-and-read.ts', parent)]
    const [whole, broken] = [shardOf(1, 0, 100), shardOf(2, 0, 5000)]
    const path = join(directory, 'shards', '02', shardKey(broken))
    // The first read of a file is of its head, at the start; the second of its bytes, when somebody asks for them.
    for (const bad of ['1', '2+']) {
      const store = await openFsShardStore(directory)
      await store.setLimit(10_000)
      await store.put(whole)
      await store.put(broken)
      await store.close()
      const inject = `inject=pread64:error=EIO:when=${bad}`
      const tracer = ['-f', '-qq', '-o', '/dev/null', '-P', path, '-e', 'trace=pread64', '-e', inject]
      // strace counts the reads of each thread for itself: one thread makes them all.
      const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
      const run = spawnSync('strace', [...tracer, process.execPath, program, directory], { encoding: 'utf8', env })
      if (run.error) throw new Error('This test needs strace: apt-get install strace')
      expect(run.stderr).toBe('')
      expect(JSON.parse(run.stdout)).toEqual([shardKey(whole)])
      expect(await readdir(join(directory, 'unreadable'))).toEqual([shardKey(broken)])
    }
  }))
