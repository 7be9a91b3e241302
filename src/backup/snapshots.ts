/** The snapshots of an account: of every device, out of the manifests that their newest heads point to. */
import { codeOf, KeeptabError } from '../core/errors.ts'
import { parseSnapshotId, type DeviceId, type PackId, type SnapshotId } from '../core/ids.ts'
import type { Pause } from '../core/pause.ts'
import type { Millis } from '../core/units.ts'
import { asPast, type Manifest, type PastSnapshot } from '../snapshot/manifest.ts'
import type { RestoreEvent, SnapshotSummary } from './events.ts'
import { newestHeads, type DeviceHeads } from './heads.ts'
import type { OwnerContext } from './owner-context.ts'
import { SnapshotReader, type ReaderOptions } from './snapshot-reader.ts'

export interface RestoreOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RestoreEvent) => void
  /** What too few keepers are online for is waited for until this fires; without it that is missing. */
  readonly patience?: AbortSignal | undefined
  readonly askAgainMs?: Millis | undefined
  /** While it is on, nothing is read, and what was being read is read afterwards. */
  readonly pause?: Pause | undefined
}

/**
 * All snapshots of all devices of the account, newest first.
 * Of a device whose history is forked those of both ends are listed; what only one of them has is `disputed`.
 * A device whose list cannot be read is told, and those of the others are listed.
 * @throws KeeptabError `nothing-to-restore`; `too-few-shards` when no device's list can be read
 */
export async function listSnapshots(owner: OwnerContext, options: RestoreOptions = {}): Promise<SnapshotSummary[]> {
  return (await findSnapshots(owner, options)).map(({ summary }) => summary)
}

/** A snapshot, and where its manifest lies. */
export interface FoundSnapshot {
  readonly summary: SnapshotSummary
  readonly manifest: readonly PackId[]
  /** Whether its device keeps it whatever the rule says; absent where that device's newest list was not read for it. */
  readonly isProtected?: boolean
}

export const newestFirst = (a: FoundSnapshot, b: FoundSnapshot): number => b.summary.createdAt - a.summary.createdAt

/** As `listSnapshots`, each with where its manifest lies. @param reader has the newest manifests afterwards */
export async function findSnapshots(
  owner: OwnerContext,
  options: RestoreOptions,
  reader = readerFor(owner, options),
): Promise<FoundSnapshot[]> {
  const { signal, onEvent } = options
  await owner.follow?.()
  const histories = await newestHeads(owner, onEvent ?? (() => undefined), signal)
  if (histories.length === 0) throw new KeeptabError('nothing-to-restore')
  return snapshotsOf(owner, histories, options, reader)
}

/** The snapshots in these histories, newest first. @throws KeeptabError what reading a list met, when none can be read */
export function snapshotsOf(
  owner: OwnerContext,
  histories: readonly DeviceHeads[],
  options: RestoreOptions,
  reader = readerFor(owner, options),
): Promise<FoundSnapshot[]> {
  return patiently(reader, options, async () => {
    const found: FoundSnapshot[] = []
    const unread: DeviceId[] = []
    let failure: unknown
    for (const { device, ends } of histories) {
      const read: FoundSnapshot[][] = []
      for (const { manifest } of ends) {
        try {
          read.push(snapshotsIn(await reader.manifest(manifest), manifest, device))
        } catch (thrown) {
          if (options.signal?.aborted || !survivable.has(codeOf(thrown))) throw thrown
          failure = thrown
        }
      }
      if (read.length === 0) unread.push(device)
      found.push(...together(read, ends.length))
    }
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- passed on as it came
    if (found.length === 0 && failure !== undefined) throw failure
    for (const device of unread) options.onEvent?.({ type: 'device-unread', device })
    return apart(found).sort(newestFirst)
  })
}

/**
 * An id that several devices list is nobody's: a stolen one could list another's over its own content, to be taken for it.
 * So each of them goes by one of its device's, and is shown and opened under that device alone.
 */
function apart(found: readonly FoundSnapshot[]): FoundSnapshot[] {
  const listed = new Map<SnapshotId, number>()
  for (const { summary } of found) listed.set(summary.id, (listed.get(summary.id) ?? 0) + 1)
  return found.map((one) => {
    const { id, device } = one.summary
    if (listed.get(id) === 1) return one
    return { ...one, summary: { ...one.summary, id: parseSnapshotId(device.slice(0, 16) + id.slice(16)) } }
  })
}

/** Does the work, and again each time when something that too few keepers had has come, as long as there is patience. */
export async function patiently<T>(
  reader: SnapshotReader,
  options: RestoreOptions,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (thrown) {
      if (codeOf(thrown) !== 'too-few-shards' || !(await hasCome(reader, options, 0))) throw thrown
    }
  }
}

/** Waits for what too few keepers had. @param entries files and directories that wait for it, as far as they are known */
export async function hasCome(
  reader: SnapshotReader,
  { patience, onEvent }: RestoreOptions,
  entries: number,
  orElapsed = false,
): Promise<boolean> {
  if (patience?.aborted !== false) return false
  onEvent?.({ type: 'waiting', for: 'keepers', entries })
  return reader.waitForMissed(patience, orElapsed)
}

/** The snapshots of all ends of one history, each once. What is not in every end, or in one that cannot be read, is disputed. */
function together(read: readonly (readonly FoundSnapshot[])[], ends: number): FoundSnapshot[] {
  const inEnds = new Map<SnapshotId, FoundSnapshot[]>()
  for (const found of read.flat()) inEnds.set(found.summary.id, [...(inEnds.get(found.summary.id) ?? []), found])
  return [...inEnds.values()].flatMap(([found, ...others]) =>
    found === undefined ? [] : [{ ...found, summary: { ...found.summary, disputed: others.length + 1 < ends } }],
  )
}

/**
 * What a manifest lists: its own snapshot and those before, newest first. None is told to be as young as the one after it:
 * a clock that was ahead once, or is behind now, must not make an older backup the newest.
 * @param packs that hold it
 */
export function snapshotsIn(manifest: Manifest, packs: readonly PackId[], device: DeviceId): FoundSnapshot[] {
  let before = Infinity
  return [asPast(manifest, packs), ...manifest.history].map((past) => {
    const createdAt = Math.min(past.createdAt, before - 1)
    before = createdAt
    const isProtected = manifest.retention?.protected.includes(past.snapshot) ?? false
    return { ...foundSnapshot({ ...past, createdAt }, device), isProtected }
  })
}

/** A line of a history. @param device whose history it is */
export const foundSnapshot = (past: PastSnapshot, device: DeviceId): FoundSnapshot => ({
  summary: {
    id: past.snapshot,
    device,
    createdAt: past.createdAt,
    sources: past.sources,
    files: past.files,
    bytes: past.bytes,
    disputed: false,
  },
  manifest: past.manifest,
})

/** What one file or directory may meet without stopping the rest. */
export const survivable = new Set([
  'too-few-shards',
  'malformed',
  'decrypt-failed',
  'decompress-failed',
  'target-refused',
  'limit-exceeded',
  'epoch-behind',
  // A coordinator that shows another record for a pack than its owner signed.
  'signature-invalid',
  'forbidden',
])

/** @param sparing reads only what is asked for, for looking */
export const readerFor = (
  owner: OwnerContext,
  { signal, onEvent, askAgainMs, pause }: RestoreOptions,
  { sparing = false }: Pick<ReaderOptions, 'sparing'> = {},
): SnapshotReader =>
  new SnapshotReader(owner, (trouble) => onEvent?.({ type: 'keeper-trouble', trouble }), {
    signal,
    sparing,
    askAgainMs,
    pause,
  })
