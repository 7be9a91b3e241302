/** Looking through snapshots: what decoding, walking and comparing cost once the chunks of the trees are at hand. */
import { decode as cborgDecode } from 'cborg'
import type { SnapshotSummary } from '../../src/backup/events.ts'
import type { SnapshotLibrary } from '../../src/backup/library.ts'
import { versionsOf } from '../../src/backup/versions.ts'
import { concat, type Bytes } from '../../src/core/bytes.ts'
import { idOf, parseDeviceId, parseSnapshotId, type SnapshotId } from '../../src/core/ids.ts'
import { compare } from '../../src/snapshot/compare.ts'
import { chunkIdsIn } from '../../src/snapshot/id-list.ts'
import type { SnapshotSource } from '../../src/snapshot/manifest.ts'
import { readTree } from '../../src/snapshot/tree.ts'
import { displayName } from '../../src/snapshot/tree-entry.ts'
import { noise } from '../sim/network.ts'
import { Trees } from '../sim/trees.ts'
import { print, timed } from './figure.ts'

const ROUNDS = 5
/** What M14, M15 and X15 allow. */
const LIMIT_MS = 1000

export async function benchLook(): Promise<void> {
  const trees = new Trees()

  const flat = await trees.source('home', { many: named('photo', 100_000, () => 1) })
  await figure(trees, 'M14', 'listing of a directory of 100,000 files', [flat], async () => {
    const [many] = await entries(flat.root, trees)
    let listed = 0
    if (many?.kind === 'directory')
      for await (const { name } of readTree(many.ids, trees.read)) listed += Number(displayName(name) !== '')
    expectCount(listed, 100_000)
  })

  const folders = (changed: boolean) =>
    Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [
        `folder ${i}`,
        named('file', 1000, (at) => (changed && at === i ? 99 : 1)),
      ]),
    )
  const [before, after] = [await trees.source('home', folders(false)), await trees.source('home', folders(true))]
  await figure(
    trees,
    'X15',
    'two moments of 100,000 files, one changed in each of 100 folders',
    [before, after],
    async () => {
      let changes = 0
      for await (const { what } of compare([before], [after], trees.read, trees.read))
        changes += Number(what === 'changed')
      expectCount(changes, 100)
    },
  )

  const { library, sources } = await moments(trees, 500)
  await figure(
    trees,
    'M15',
    'all versions of a path over 500 snapshots, none of whose folders is the same',
    sources,
    async () => {
      let found = 0
      for await (const { versions } of versionsOf(library, 'home/deep/er/note')) found = versions.length
      expectCount(found, 50)
    },
  )
}

/** Snapshots of one device, in each of which a neighbour of the file has changed, and in every tenth the file. */
async function moments(trees: Trees, count: number): Promise<{ library: SnapshotLibrary; sources: SnapshotSource[] }> {
  const device = idOf(parseDeviceId, noise('device', 32))
  const all: { source: SnapshotSource; summary: SnapshotSummary }[] = []
  for (let i = 0; i < count; i += 1) {
    const beside = named('beside', 100, (at) => (at === 0 ? i + 1 : 1))
    const source = await trees.source('home', { deep: { er: { ...beside, note: Math.floor(i / 10) + 1 } } })
    const id = idOf(parseSnapshotId, noise(`moment ${i}`, 16))
    all.push({
      source,
      summary: { id, device, createdAt: count - i, sources: ['home'], files: 0, bytes: 0, disputed: false },
    })
  }
  const sources = new Map(all.map(({ source, summary }) => [summary.id, [source]]))
  const library = {
    snapshots: all.map(({ summary }) => ({ summary, manifest: [] })),
    sources: (id: SnapshotId) => Promise.resolve(sources.get(id) ?? []),
    tree: () => trees.read,
  } as object as SnapshotLibrary
  return { library, sources: all.map(({ source }) => source) }
}

const named = (name: string, count: number, content: (at: number) => number): Record<string, number> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`${name} ${String(at).padStart(6, '0')}.jpg`, content(at)]),
  )

async function entries(root: Bytes, trees: Trees) {
  const found = []
  for await (const entry of readTree(root, trees.read)) found.push(entry)
  return found
}

/** Against the limit, and against cborg reading the same directories without any check. */
async function figure(
  trees: Trees,
  target: string,
  name: string,
  sources: readonly SnapshotSource[],
  work: () => Promise<void>,
): Promise<void> {
  const readPlainly = async () => {
    for (const { root } of sources) await decodeAll(root, trees)
  }
  await work() // once to warm up, uncounted
  await readPlainly()
  const rounds: { ours: number; peer: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({ ours: await timed(work), peer: await timed(readPlainly) })
  const common = { target, case: `${name}, chunks at hand, Node`, unit: 'ms' }
  print({ ...common, peerName: 'limit', rounds: rounds.map(({ ours }) => ({ ours, peer: LIMIT_MS })) })
  print({ ...common, peerName: 'cborg decoding the same directories, nothing checked', rounds })
}

/** A directory and all below it, as whole values. */
async function decodeAll(ids: Bytes, trees: Trees): Promise<void> {
  const node = concat(...(await Promise.all(chunkIdsIn(ids).map(trees.read))))
  const { entries } = cborgDecode(node) as { entries: { t: string; c: Bytes }[] }
  for (const { t, c } of entries) if (t === 'd') await decodeAll(c, trees)
}

function expectCount(seen: number, expected: number): void {
  if (seen !== expected) throw new Error(`${seen} instead of ${expected} were found.`)
}
