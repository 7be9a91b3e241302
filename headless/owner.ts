/** `keeptab backup`, `ls` and `restore`: the owner's commands, each one call of a service and what is said about it. */
import type { Notice, SnapshotSummary } from '../src/backup/events.ts'
import type { Different, OnNotice } from '../src/backup/target.ts'
import { backup, lastLookAt } from '../src/backup/backup.ts'
import { deviceOfWords } from '../src/backup/epoch.ts'
import type { OwnerContext } from '../src/backup/owner-context.ts'
import { listTree, restore } from '../src/backup/restore.ts'
import { findSnapshots, type FoundSnapshot } from '../src/backup/snapshots.ts'
import { findRemoved, isFirstOfDay } from '../src/backup/retention.ts'
import type { Bytes } from '../src/core/bytes.ts'
import type { Source } from '../src/backup/source.ts'
import { codeOf, isOutOfAccount, KeeptabError } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import { repairOwn } from '../src/repair/own-repair.ts'
import { recode } from '../src/repair/recode.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../src/store/memory.ts'
import { belongsTo, readPhraseFile, unconfirmedRoot } from './account.ts'
import { composePeer } from './compose.ts'
import { drillWhenDue } from './drill.ts'
import { exitCode } from './exit-code.ts'
import { openFsOwnerState } from './fs-owner-state.ts'
import { pathSources } from './fs-source.ts'
import { openFsTarget } from './fs-target.ts'
import { countText, printable } from './output.ts'
import { sizeText } from './progress.ts'
import { collectWhenDue } from './retention.ts'
import { ownIdentity, timeText, withOwner, withOwnDevice, type Session } from './session.ts'
import { SourceNames } from './source-names.ts'
import { systemClock, systemRandom } from './system.ts'

/** What was not backed up as it is now, whether or not an earlier version of it stays. */
const unread: readonly Notice['what'][] = ['unreadable', 'last-version']

/** @returns the exit code. @throws KeeptabError `not-initialised`, `source-unreadable`, and as `backup` of the service */
export async function backupCommand(session: Session, { paths }: { paths: readonly string[] }): Promise<number> {
  const { directory, data, signal, output } = session
  const identity = await ownIdentity(session)
  const names = await SourceNames.load(directory.ownerDirectory)
  const sources = await pathSources(paths, names)
  const isConfirmed = (await unconfirmedRoot(data)) === undefined
  if (!isConfirmed) {
    output.note(`The 24 words of this account are not confirmed: whoever loses ${data} loses this backup.`)
  }
  const state = await openFsOwnerState(directory.ownerDirectory)
  await names.save(directory.ownerDirectory)
  let leftOut = 0
  const result = await withOwner(session, identity, state, directory, async (owner) => {
    const lookedAt = await lastLookAt(owner)
    const done = await backup(owner, sources, {
      signal,
      onEvent: (event) => {
        const isLeftOut =
          event.type === 'source-away' || (event.type === 'notice' && unread.includes(event.notice.what))
        if (isLeftOut) leftOut += 1
        output.event(event)
      },
    })
    await collectWhenDue(owner, session, lookedAt)
    await lookAfterPacks(owner, sources, session, lookedAt)
    const drilled = await drillWhenDue(owner, session, lookedAt)
    return { ...done, drilled, trial: await isTrial(owner) }
  })
  const { snapshot, files, bytesRead, bytesSent, drilled, trial } = result
  const isSafe = isConfirmed && result.state === 'safe'
  const reason = isSafe ? undefined : isConfirmed ? 'more-keepers-needed' : 'words-not-confirmed'
  const lacks = leftOut === 0 ? '' : `, but for ${countText(leftOut, 'entry', 'entries')} not read now, see above`
  const what = `${countText(files, 'file')}, ${sizeText(bytesRead)} read, ${sizeText(bytesSent)} sent. Snapshot ${snapshot}`
  output.result(
    {
      event: 'done',
      snapshot,
      state: isSafe ? 'safe' : 'spreading',
      reason,
      trial,
      files,
      bytesRead,
      bytesSent,
      leftOut,
    },
    isSafe ? `Safe${lacks}. ${what}.` : `${whyNotSafe[reason ?? 'more-keepers-needed']} ${what}.`,
  )
  if (trial === true) {
    output.note('This network is on trial: it is small, or most of its keepers are not known yet. Keep another copy.')
  }
  if (drilled !== exitCode.done) return drilled
  return leftOut === 0 ? exitCode.done : exitCode.partial
}

/**
 * Parts of this account's packs that keepers have lost are made again, and behind the first backup of a day, what was coded
 * in a smaller network moves. Nothing of the backup: what fails here is for strangers, or for the next one.
 */
async function lookAfterPacks(
  owner: OwnerContext,
  sources: readonly Source[],
  { signal, output }: Session,
  lookedAt: Millis | undefined,
) {
  try {
    const { packs, shards } = await repairOwn(owner, sources, signal)
    if (packs > 0) {
      const text = `Keepers had lost parts of ${countText(packs, 'pack')}: ${countText(shards, 'part')} made again.`
      output.item({ event: 'repaired', packs, shards }, text)
    }
    const moved = isFirstOfDay(owner, lookedAt) ? await recode(owner, sources, { signal }) : 0
    if (moved > 0)
      output.item(
        { event: 'recoded', packs: moved },
        `The network has grown: ${countText(moved, 'pack')} moved to its stronger code.`,
      )
  } catch (thrown) {
    if (codeOf(thrown) === 'internal') throw thrown
  }
}

/** Whether what is backed up now goes to a group on trial; `undefined` when that cannot be had, as where there are too few keepers. */
async function isTrial({ coordinator }: OwnerContext): Promise<boolean | undefined> {
  try {
    return (await coordinator.group()).trial
  } catch (thrown) {
    // The backup is done, whatever is known of it.
    if (codeOf(thrown) === 'internal') throw thrown
    return undefined
  }
}

const whyNotSafe = {
  'more-keepers-needed':
    'Not safe yet: some data lies with fewer keepers than wanted. Run it again when more are online.',
  'words-not-confirmed': 'Not safe yet: confirm the 24 words with keeptab init.',
} as const

/** @returns the exit code. @throws KeeptabError `not-initialised`, `snapshot-unknown`, and as the services */
export function lsCommand(
  session: Session,
  { snapshot, removed }: { snapshot?: string | undefined; removed: boolean },
): Promise<number> {
  const { signal, output } = session
  return withOwnDevice(session, async (owner) => {
    const options = { signal, onEvent: output.event.bind(output) }
    if (removed) {
      const all = await findRemoved(owner, options)
      for (const { summary } of all) {
        const { id, createdAt, sources, files, bytes } = summary
        const facts = { sources, files, bytes }
        output.item({ event: 'removed', id, createdAt, ...facts }, rowText(`${id}  ${timeText(createdAt)}`, facts))
      }
      if (all.length === 0) output.note('None was removed in the last 30 days.')
      return exitCode.done
    }
    const found = await findSnapshots(owner, options)
    if (snapshot === undefined) {
      for (const { summary, isProtected = false } of found)
        output.item({ event: 'snapshot', ...summary, protected: isProtected }, snapshotText(summary, isProtected))
      return exitCode.done
    }
    const { id } = choose(
      found.map(({ summary }) => summary),
      snapshot,
    )
    for await (const entry of listTree(owner, id, options)) {
      const size =
        entry.kind === 'file' ? sizeText(entry.sizeBytes) : { directory: 'folder', symlink: 'link' }[entry.kind]
      output.item({ event: 'entry', ...entry }, `${size.padStart(9)}  ${printable(entry.path)}`)
    }
    return exitCode.done
  })
}

interface RestoreArguments {
  readonly phraseFile: string
  readonly to: string
  readonly snapshot?: string | undefined
  readonly paths: readonly string[]
  readonly waitMs: Millis
  readonly replace: boolean
}

/** Needs nothing but the words and a coordinator. @returns the exit code. @throws KeeptabError as the service, `phrase-…` */
export async function restoreCommand(session: Session, args: RestoreArguments): Promise<number> {
  const { directory, signal, output } = session
  const root = await readPhraseFile(args.phraseFile, signal)
  if (root === undefined) throw new KeeptabError('config-invalid', `There is no file ${args.phraseFile}.`)
  const own = await directory.loadIdentity()
  const isOwn = own !== undefined && (await belongsTo(root, own))
  // A device of this account has seen heads, which guards against rollback; otherwise one is made that is forgotten again.
  const asGuest = async () =>
    withOwner(session, await guestOfWords(session, root), new MemoryOwnerState(emptyOwnerShelf()), undefined, work)
  const asItself = async (identity: DeviceIdentity) =>
    withOwner(session, identity, await openFsOwnerState(directory.ownerDirectory), directory, work)
  let others: readonly SnapshotSummary[] = []
  const work = async (owner: OwnerContext) => {
    const patience = args.waitMs === 0 ? undefined : signalAfter(args.waitMs)
    const options = { signal, onEvent: output.event.bind(output), patience }
    const listed = await findSnapshots(owner, options)
    const named = args.snapshot?.toLowerCase() ?? ''
    // One that somebody took off the list in the last 30 days can be brought back by name.
    const isListed = listed.some(({ summary }) => summary.id.startsWith(named))
    const found = isListed ? listed : await findRemoved(owner, options)
    const summary = choose(
      found.map(({ summary }) => summary),
      args.snapshot,
    )
    const chosen = found.find((one) => one.summary === summary) ?? summary.id
    if (named === '') others = newestOfOthers(listed, summary.id)
    output.note(`Bringing back ${snapshotText(summary)}.`)
    const onNotice: OnNotice = (what, path, detail) => {
      output.event({ type: 'notice', notice: { path, what, detail } })
    }
    const target = await openFsTarget(args.to, onNotice, args.replace)
    const paths = args.paths.length === 0 ? undefined : args.paths
    const onDifferent = (different: Different) =>
      args.replace ? Promise.resolve(target) : Promise.reject(differs(different, args.to))
    try {
      return await restore(owner, chosen, paths, target, { ...options, onDifferent })
    } finally {
      await target.finish()
    }
  }
  const result = isOwn
    ? await asItself(own).catch((thrown: unknown) => {
        // A device that is out of its account says so before anything is written, and the words are at hand.
        if (!isOutOfAccount(codeOf(thrown))) throw thrown
        return asGuest()
      })
    : await asGuest()
  for (const other of others) {
    const text = `Not brought back, as it is of another device: ${snapshotText(other)}. For it, add --snapshot ${other.id.slice(0, 8)}.`
    output.item({ event: 'other-device', ...other }, text)
  }
  const { snapshot, files, bytes, missing } = result
  const said = `${countText(files, 'file')}, ${sizeText(bytes)}, brought back to ${args.to}.`
  output.result(
    { event: 'done', snapshot, files, bytes, missing: missing.length },
    missing.length === 0
      ? said
      : `${said} ${countText(missing.length, 'entry', 'entries')} missing, see above; all others are there.`,
  )
  return missing.length === 0 ? exitCode.done : exitCode.partial
}

function differs({ count, example }: Different, to: string): KeeptabError {
  const which = `${countText(count, 'file')} in ${to} differ${count === 1 ? 's' : ''} from the backup, such as ${example}.`
  const how = 'Add --replace to have what differs replaced, or name a new folder.'
  return new KeeptabError('target-differs', `${which} ${how}`, { count, path: example })
}

/** Whoever brings back the newest backup of all is to hear of what other devices have. @param listed newest first */
function newestOfOthers(listed: readonly FoundSnapshot[], chosen: string): SnapshotSummary[] {
  const all = listed.map(({ summary }) => summary)
  const told = new Set(all.filter(({ id }) => id === chosen).map(({ device }) => device))
  return all.filter(({ device }) => !told.has(device) && told.add(device))
}

/** Not `AbortSignal.timeout`: in Node 20 one that others are made of may be collected before it fires. */
function signalAfter(ms: Millis): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), ms).unref()
  return controller.signal
}

/** A device of this account for one restore, in the newest key epoch. */
const guestOfWords = ({ coordinator, signal }: Session, root: Bytes): Promise<DeviceIdentity> =>
  deviceOfWords(
    root,
    systemRandom.bytes(32),
    systemClock.now(),
    (provisional) => composePeer(provisional, coordinator, signal).coordinator,
  )

/** Removals of devices of the account behind these words; none while the coordinator cannot be asked. */
export async function removalsOf(root: Bytes, coordinator: string, signal: AbortSignal): Promise<readonly Bytes[]> {
  try {
    const ask = (provisional: DeviceIdentity) => composePeer(provisional, coordinator, signal).coordinator
    return (await deviceOfWords(root, systemRandom.bytes(32), systemClock.now(), ask)).revocations
  } catch (thrown) {
    if (codeOf(thrown) === 'coordinator-unreachable') return []
    throw thrown
  }
}

/**
 * The snapshot whose id starts so, or the newest. @param snapshots newest first
 * @throws KeeptabError `snapshot-unknown`, `usage`, `head-forked` when the newest is disputed and was not named
 */
function choose(snapshots: readonly SnapshotSummary[], prefix = ''): SnapshotSummary {
  const [found, other] = snapshots.filter(({ id }) => id.startsWith(prefix.toLowerCase()))
  if (found === undefined) throw new KeeptabError('snapshot-unknown', printable(prefix), { snapshot: prefix })
  if (other !== undefined && prefix !== '')
    throw new KeeptabError('usage', `More than one snapshot starts with ${prefix}.`)
  if (found.disputed && prefix === '') {
    throw new KeeptabError(
      'head-forked',
      'The newest backup is one of them. Name the one to bring back with --snapshot; keeptab ls lists them.',
      { device: found.device },
    )
  }
  return found
}

function snapshotText(summary: SnapshotSummary, isProtected = false): string {
  const { id, createdAt, device, disputed } = summary
  const row = rowText(`${id}  ${timeText(createdAt)}  device ${device.slice(0, 8)}`, summary)
  return `${row}${isProtected ? '  (protected)' : ''}${disputed ? '  (disputed)' : ''}`
}

const rowText = (which: string, { sources, files, bytes }: Pick<SnapshotSummary, 'sources' | 'files' | 'bytes'>) =>
  `${which}  ${countText(files, 'file').padStart(12)}  ${sizeText(bytes).padStart(9)}  ${printable(sources.join(', '))}`
