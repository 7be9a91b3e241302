/**
 * How long snapshots stay: the rule and the protections of this device, snapshots that are removed and brought back, and
 * packs that nothing needs any more. Each device decides about its own snapshots; which packs may go is asked of all.
 *
 * Nothing is written down beside the manifest: what is to go follows from what the heads of the account point to and what
 * the coordinator keeps, so a kill at any point leaves something that the next call finds to be done.
 */
import { dayOf } from '../core/clock.ts'
import { codeOf, KeeptabError } from '../core/errors.ts'
import type { DeviceId, PackId, SnapshotId } from '../core/ids.ts'
import { DAY, type Millis } from '../core/units.ts'
import { headsDigest, signCondemnation } from '../protocol/condemnation.ts'
import { openHead, type Head } from '../protocol/records.ts'
import {
  asPast,
  keepsEverything,
  parseManifest,
  pruned,
  without,
  REMOVED_MS,
  type Manifest,
  type PastSnapshot,
} from '../snapshot/manifest.ts'
import { type KeepingRule } from '../snapshot/retention.ts'
import { KEEPER_PATIENCE_MS } from './backup.ts'
import type { HeadEvent, RestoreEvent } from './events.ts'
import { givenUpHeads } from './given-up.ts'
import { newestHeads, type DeviceHeads } from './heads.ts'
import { interruptible } from './interruptible.ts'
import { timeToPrune, type OwnerContext } from './owner-context.ts'
import { PackWriter } from './pack-writer.ts'
import { holdPacks, publishManifest, rememberedOf } from './publish.ts'
import { foundSnapshot, newestFirst, readerFor, type FoundSnapshot } from './snapshots.ts'
import type { SnapshotReader } from './snapshot-reader.ts'
import { Spreader } from './spread.ts'

export interface RetentionOptions {
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: RestoreEvent) => void) | undefined
  readonly patienceMs?: Millis
}

/** What a device says of its own snapshots. */
export interface OwnRetention {
  readonly rule: KeepingRule | undefined
  readonly protected: readonly SnapshotId[]
  /** Newest removal first, those that can be brought back. */
  readonly removed: readonly (FoundSnapshot & { readonly goneAt: Millis })[]
  /** The one that a backup would build on, and that cannot be removed. */
  readonly newest: SnapshotId
}

/** @throws KeeptabError `nothing-to-restore` before the first backup; as `newestHeads` and reading a manifest */
export async function ownRetention(owner: OwnerContext, options: RetentionOptions = {}): Promise<OwnRetention> {
  await owner.follow?.()
  const { manifest } = await ownManifest(owner, options)
  const { rule, protected: safe, removed } = manifest.retention ?? keepsEverything
  const now = owner.clock.now()
  return {
    rule,
    protected: safe,
    newest: manifest.snapshot,
    removed: removed
      .map((past) => ({ ...foundSnapshot(past, owner.identity.device), goneAt: past.removedAt + REMOVED_MS }))
      .filter(({ goneAt }) => goneAt > now),
  }
}

/** From now on this rule decides, and at once. @throws KeeptabError as `rewrite` */
export const setRule = (
  owner: OwnerContext,
  rule: KeepingRule | undefined,
  options?: RetentionOptions,
): Promise<void> =>
  rewrite(owner, options, (manifest, now) =>
    pruned({ ...manifest, retention: { ...(manifest.retention ?? keepsEverything), rule } }, now),
  )

/** No rule takes these snapshots, and they are not removed, until that is lifted. @throws KeeptabError as `rewrite`, `snapshot-unknown` */
export const protect = (
  owner: OwnerContext,
  ids: readonly SnapshotId[],
  isProtected: boolean,
  options?: RetentionOptions,
): Promise<void> =>
  rewrite(owner, options, (manifest) => {
    const retention = manifest.retention ?? keepsEverything
    mustBeListed(manifest, ids)
    const others = retention.protected.filter((id) => !ids.includes(id))
    return { ...manifest, retention: { ...retention, protected: isProtected ? [...others, ...ids] : others } }
  })

/**
 * Removes snapshots of this device. They can be brought back for 30 days.
 * @throws KeeptabError as `rewrite`; `snapshot-unknown`; `snapshot-stays` naming the `newest` one and those that are `protected`
 */
export const removeSnapshots = (
  owner: OwnerContext,
  ids: readonly SnapshotId[],
  options?: RetentionOptions,
): Promise<void> =>
  rewrite(owner, options, (manifest, now) => {
    mustBeListed(manifest, ids)
    const safe = manifest.retention?.protected ?? []
    const newest = ids.find((id) => id === manifest.snapshot)
    const kept = ids.filter((id) => safe.includes(id))
    if (newest !== undefined || kept.length > 0)
      throw new KeeptabError('snapshot-stays', undefined, { newest, protected: kept })
    return without(manifest, (id) => ids.includes(id), now)
  })

/**
 * Brings removed snapshots back into the history of this device, also those that another one has removed, and protects
 * them: the rule that took them would take them again.
 * @throws KeeptabError as `rewrite`; `snapshot-unknown` when packs of one are gone
 */
export async function bringBackRemoved(
  owner: OwnerContext,
  snapshots: readonly FoundSnapshot[],
  options: RetentionOptions = {},
): Promise<void> {
  const { sparing } = readersOf(owner, options)
  const needed = new Set<PackId>()
  const pasts = snapshots.map(pastOf)
  for (const past of pasts)
    for (const pack of [...past.manifest, ...(await pastManifest(sparing, past)).packs]) needed.add(pack)
  await rewrite(
    owner,
    options,
    (manifest) => {
      const { rule, protected: safe, removed } = manifest.retention ?? keepsEverything
      const listed = new Set([manifest, ...manifest.history].map(({ snapshot }) => snapshot))
      const back = pasts.filter(({ snapshot }) => !listed.has(snapshot))
      const ids = pasts.map(({ snapshot }) => snapshot)
      return {
        ...manifest,
        history: [...manifest.history, ...back].sort((a, b) => b.createdAt - a.createdAt),
        retention: {
          rule,
          protected: [...new Set([...safe, ...ids])],
          removed: removed.filter(({ snapshot }) => !ids.includes(snapshot)),
        },
      }
    },
    [...needed],
  )
}

/**
 * Snapshots that were in a list of the last 30 days and are in none now, of every device: also those that somebody has
 * removed who had a device and was not its owner, and those of removed devices that were given up. Reads the past heads
 * that the coordinator remembers.
 */
export async function findRemoved(self: OwnerContext, options: RetentionOptions = {}): Promise<FoundSnapshot[]> {
  await self.follow?.()
  const { signal } = options
  const owner = signal === undefined ? self : { ...self, coordinator: interruptible(self.coordinator, signal) }
  const { whole: reader } = readersOf(owner, options)
  const listed = new Set<SnapshotId>()
  const found = new Map<SnapshotId, FoundSnapshot>()
  /** A coordinator may tell what it likes, and packs of a list of three weeks ago may be lost. */
  const lookInto = async (device: DeviceId, signed: Head['signed']) => {
    const read = await pastList(reader, signed).catch(asAbsent(options.signal))
    for (const past of read ?? []) found.set(past.snapshot, foundSnapshot(past, device))
  }
  const lookBack = async (device: DeviceId) => {
    for (const { head } of await owner.coordinator.pastHeads(device)) await lookInto(device, head)
  }
  for (const { device, ends } of await newestHeads(owner, options.onEvent ?? nobody, options.signal)) {
    const lists = await Promise.all(ends.map((head) => reader.manifest(head.manifest).catch(asAbsent(options.signal))))
    // What may be listed after all is not offered as removed.
    if (lists.includes(undefined)) {
      options.onEvent?.({ type: 'device-unread', device })
      continue
    }
    for (const manifest of lists.filter((list) => list !== undefined)) {
      for (const { snapshot } of [manifest, ...manifest.history]) listed.add(snapshot)
      for (const past of manifest.retention?.removed ?? []) found.set(past.snapshot, foundSnapshot(past, device))
    }
    await lookBack(device)
  }
  for (const { device, signed } of await givenUpHeads(owner)) {
    await lookInto(device, signed)
    await lookBack(device)
  }
  return [...found.values()].filter(({ summary }) => !listed.has(summary.id)).sort(newestFirst)
}

/** What became of packs that nothing needs, or that somebody had condemned. */
export interface Collected {
  /** Packs condemned now. */
  readonly condemned: number
  /** Packs that somebody had condemned although a snapshot needs them: taken back. */
  readonly takenBack: readonly PackId[]
  /** Why nothing was condemned: the account is not seen as a whole. */
  readonly unsure?: HeadEvent['type'] | 'unreadable' | 'changed' | undefined
}

/** A pack that no list names is left alone for so long: the backup that sent it may still be under way. */
const YOUNG_MS: Millis = 7 * DAY

/**
 * Condemns what no snapshot of any device needs, and takes back what one does need. Believes nothing that it has not read:
 * while one list of one device cannot be, nothing is condemned.
 * @throws KeeptabError as the coordinator; `aborted`
 */
export async function collectGarbage(owner: OwnerContext, options: RetentionOptions = {}): Promise<Collected> {
  await owner.follow?.()
  const { coordinator, identity, clock } = owner
  let unsure: Collected['unsure']
  const told = await coordinator.heads()
  const histories = await newestHeads(
    owner,
    (event) => {
      unsure = event.type
      options.onEvent?.(event)
    },
    options.signal,
  )
  const seen = await livePacks(readersOf(owner, options), histories, await givenUpHeads(owner), options.signal)
  if (!seen.isComplete) unsure ??= 'unreadable'

  const { packs: condemned } = await coordinator.condemned()
  const wanted = condemned.map(({ pack }) => pack).filter((pack) => seen.live.has(pack))
  const takenBack = wanted.length === 0 ? [] : await coordinator.reprieve(wanted)
  if (unsure !== undefined) return { condemned: 0, takenBack, unsure }

  const known = new Set(condemned.map(({ pack }) => pack))
  const { now } = await coordinator.info()
  const due = (await coordinator.ownPacks())
    .filter(({ pack }) => !seen.live.has(pack) && !known.has(pack))
    // What was in a list that is no longer wanted has had its time; the rest may belong to a list that is being made.
    .filter(({ pack, committedAt }) => seen.removed.has(pack) || now - (committedAt ?? 0) > YOUNG_MS)
    .map(({ pack }) => pack)
  if (due.length === 0) return { condemned: 0, takenBack }
  const statements = await Promise.all(due.map((pack) => signCondemnation(identity, pack, clock.now())))
  try {
    await coordinator.condemn(statements, await headsDigest(told))
  } catch (thrown) {
    if (codeOf(thrown) !== 'conflict') throw thrown
    return { condemned: 0, takenBack, unsure: 'changed' }
  }
  return { condemned: due.length, takenBack }
}

/**
 * Whether `collectGarbage` belongs behind a backup: behind the first of a day, also one in which nothing had changed, where
 * something was removed or given up or somebody has condemned packs. It reads every list of the account, so not behind each.
 * @param lookedAt `lastLookAt` from before the backup
 */
export async function isCollectionDue(owner: OwnerContext, lookedAt: Millis | undefined): Promise<boolean> {
  if (!isFirstOfDay(owner, lookedAt)) return false
  const remembered = await owner.state.rememberedManifest()
  const manifest = remembered && parseManifest(remembered.bytes)
  if (manifest === undefined) return false
  if ((manifest.retention?.removed.length ?? 0) > 0) return true
  if ((await owner.coordinator.condemned()).packs.length > 0) return true
  const givenUp = (await givenUpHeads(owner)).flatMap((head) => head.manifest)
  return givenUp.length > 0 && (await owner.coordinator.locatePacks(givenUp)).length > 0
}

/** Whether a backup is the first of its day. @param lookedAt `lastLookAt` from before it */
export const isFirstOfDay = ({ clock }: OwnerContext, lookedAt: Millis | undefined): boolean =>
  lookedAt === undefined || dayOf(lookedAt) !== dayOf(clock.now())

/** Everything that the lists of an account need, and what those need that were removed or given up. */
async function livePacks(
  { whole, sparing }: Readers,
  histories: readonly DeviceHeads[],
  givenUp: readonly Head[],
  signal: AbortSignal | undefined,
): Promise<{ readonly live: Set<PackId>; readonly removed: Set<PackId>; readonly isComplete: boolean }> {
  const live = new Set<PackId>()
  const removed = new Set<PackId>()
  let isComplete = true
  const lists = new Set<string>()
  const read = async (
    into: Set<PackId>,
    packs: readonly PackId[],
    readList: () => Promise<Manifest>,
  ): Promise<Manifest | undefined> => {
    if (lists.has(packs.join())) return undefined
    lists.add(packs.join())
    for (const pack of packs) into.add(pack)
    const manifest = await readList().catch(asAbsent(signal))
    if (manifest === undefined && into === live) isComplete = false
    for (const pack of manifest?.packs ?? []) into.add(pack)
    return manifest
  }
  const newest: Manifest[] = []
  for (const { manifest } of histories.flatMap(({ ends }) => ends)) {
    const list = await read(live, manifest, () => whole.manifest(manifest))
    if (list !== undefined) newest.push(list)
  }
  const listOf = (past: PastSnapshot) => () => pastManifest(sparing, past)
  for (const { history } of newest) for (const past of history) await read(live, past.manifest, listOf(past))
  for (const { retention } of newest)
    for (const past of retention?.removed ?? []) await read(removed, past.manifest, listOf(past))
  for (const { manifest } of givenUp) {
    const list = await read(removed, manifest, () => whole.manifest(manifest))
    for (const past of list?.history ?? []) await read(removed, past.manifest, listOf(past))
  }
  return { live, removed, isComplete }
}

/**
 * Changes what the newest head of this device points to; the snapshot stays the one it is.
 * @param needed packs that the change needs beside those of before
 * @throws KeeptabError `nothing-to-restore` before the first backup, `head-forked`; `backup-first` when its newest snapshot
 *   is under keys of an ended epoch; `conflict` when a backup came in between;
 *   `not-enough-keepers`, `coordinator-unreachable`, `aborted`
 */
export async function rewrite(
  owner: OwnerContext,
  options: RetentionOptions = {},
  change: (manifest: Manifest, now: Millis) => Manifest,
  needed: readonly PackId[] = [],
): Promise<void> {
  await owner.follow?.()
  const self = { ...owner }
  const { head, manifest } = await ownManifest(self, options)
  if (manifest.epoch !== self.identity.daily.epoch) {
    throw new KeeptabError('backup-first')
  }
  const { scannedAt } = (await self.state.rememberedManifest()) ?? {}
  const changed = change(manifest, await timeToPrune(self))
  const { signal } = options
  const spreader = new Spreader(self, nobody, options.patienceMs ?? KEEPER_PATIENCE_MS, signal)
  const writer = new PackWriter(self, spreader, { onKept: nobody, onMoved: nobody }, signal)
  const all = [...manifest.packs, ...needed]
  const held = await holdPacks(self, all, needed)
  const gone =
    held.gone.length > 0
      ? held.gone
      : await publishManifest(self, { manifest: changed, needed: all, held, previous: head, writer, scannedAt, signal })
  if ('sequence' in gone) return
  throw new KeeptabError('snapshot-unknown', 'What it needs has been dropped meanwhile.')
}

/** The newest manifest of this device and its head, and where the histories of all devices end. */
export async function ownManifest(
  owner: OwnerContext,
  options: RetentionOptions,
): Promise<{ readonly head: Head; readonly manifest: Manifest; readonly histories: readonly DeviceHeads[] }> {
  const histories = await newestHeads(owner, options.onEvent ?? nobody, options.signal)
  const [head, rival] = histories.find(({ device }) => device === owner.identity.device)?.ends ?? []
  if (head === undefined)
    throw new KeeptabError('nothing-to-restore', 'This device has not backed up yet.', { backedUp: false })
  if (rival !== undefined) throw new KeeptabError('head-forked', undefined, { device: rival.device })
  const remembered = await rememberedOf(owner, head)
  const manifest =
    remembered === undefined
      ? await readersOf(owner, options).whole.manifest(head.manifest)
      : parseManifest(remembered.bytes)
  return { head, manifest, histories }
}

/**
 * What decides over packs is read as a whole, each shard against its root: a part of a pack proves only that it is of this
 * account, and an older list in place of the newest would have what is newer condemned.
 */
export interface Readers {
  readonly whole: SnapshotReader
  /** Only for lists that say themselves which one they are. */
  readonly sparing: SnapshotReader
}

export const readersOf = (owner: OwnerContext, { signal, onEvent }: RetentionOptions): Readers => {
  const options = { ...(signal && { signal }), ...(onEvent && { onEvent }) }
  return { whole: readerFor(owner, options), sparing: readerFor(owner, options, { sparing: true }) }
}

/** The list of a snapshot of before. @throws KeeptabError `malformed` when it is another one's; as reading */
export async function pastManifest(
  reader: SnapshotReader,
  { manifest: packs, snapshot }: PastSnapshot,
): Promise<Manifest> {
  const manifest = await reader.manifest(packs)
  if (manifest.snapshot === snapshot) return manifest
  throw new KeeptabError('malformed', 'A list is that of another snapshot.')
}

async function pastList(reader: SnapshotReader, signed: Head['signed']): Promise<PastSnapshot[]> {
  const head = await openHead(signed)
  const manifest = await reader.manifest(head.manifest)
  return [asPast(manifest, head.manifest), ...manifest.history]
}

const pastOf = ({ summary: { id, createdAt, sources, files, bytes }, manifest }: FoundSnapshot): PastSnapshot => ({
  snapshot: id,
  createdAt,
  manifest,
  sources,
  files,
  bytes,
})

function mustBeListed(manifest: Manifest, ids: readonly SnapshotId[]): void {
  const listed = new Set([manifest, ...manifest.history].map(({ snapshot }) => snapshot))
  const unknown = ids.find((id) => !listed.has(id))
  if (unknown !== undefined) {
    throw new KeeptabError('snapshot-unknown', 'This device has no such snapshot.', { snapshot: unknown })
  }
}

/** What cannot be read is not there; a stop is a stop. */
export const asAbsent =
  (signal: AbortSignal | undefined) =>
  (thrown: unknown): undefined => {
    if (signal?.aborted || ['internal', 'coordinator-unreachable'].includes(codeOf(thrown))) throw thrown
  }

const nobody = (): void => undefined
