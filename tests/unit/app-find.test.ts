/** A search that does not come to its end. */
import { expect, test, vi } from 'vitest'
import { FindState } from '../../src/app/find.svelte.ts'
import type { SnapshotSummary } from '../../src/backup/events.ts'
import type { SnapshotLibrary } from '../../src/backup/library.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { idOf, parseDeviceId, parseSnapshotId } from '../../src/core/ids.ts'
import { deferred } from '../../src/transport/deferred.ts'
import { Trees } from '../sim/trees.ts'

const within: SnapshotSummary = {
  id: idOf(parseSnapshotId, new Uint8Array(16)),
  device: idOf(parseDeviceId, new Uint8Array(32)),
  createdAt: 0,
  sources: ['home'],
  files: 2,
  bytes: 3,
  disputed: false,
}

/** A search for letters in a snapshot, whose inner directory is read when `inner` lets it be. */
async function searching() {
  const trees = new Trees()
  const sources = await trees.sources({ home: { 'deep': { 'letter two': 2 }, 'letter one': 1 } })
  const inner = deferred()
  const read: Trees['read'] = async (id) => {
    if (trees.reads > 0) await inner.promise
    return trees.read(id)
  }
  const library = { sources: () => Promise.resolve(sources), tree: () => read } as object as SnapshotLibrary
  const find = new FindState(library, [within])
  find.words = 'letter'
  const run = find.start()
  await vi.waitUntil(() => trees.reads === 1, { timeout: 10_000 })
  await new Promise(setImmediate) // the entries of what was read are looked at without another wait
  return { find, run, inner }
}

const seen = ({ found, count, looked, running }: FindState) => [found.map(({ path }) => path), count, looked, running]

test('keeps what it has found when it is stopped, and adds nothing to it', async () => {
  const { find, run, inner } = await searching()
  expect(find.count).toBe(1) // told as it was found, though what comes next takes its time
  find.stop()
  expect(seen(find)).toEqual([['home/letter one'], 1, 2, false])
  inner.resolve()
  await run
  expect(seen(find)).toEqual([['home/letter one'], 1, 2, false])
  expect(find.complete).toBe(false)
})

test('keeps what it has found when it fails', async () => {
  const { find, run, inner } = await searching()
  inner.reject(new KeeptabError('store-failed'))
  await run
  expect(find.trouble).toMatchObject({ code: 'store-failed' })
  expect(seen(find)).toEqual([['home/letter one'], 1, 2, false])
})

test('leaves nothing of itself when it is put away, or overtaken by another one', async () => {
  const { find, run, inner } = await searching()
  find.clear()
  expect(seen(find)).toEqual([[], 0, 0, false])
  find.words = 'two'
  const next = find.start()
  inner.resolve()
  await Promise.all([run, next])
  expect(seen(find)).toEqual([['home/deep/letter two'], 1, 3, false])
  expect(find.complete).toBe(true)
})
