/** `keeptab drill`, and what `keeptab backup` does once a week: some of what is kept is brought back from nothing. */
import { drill, type DrillFailure, type DrillReport } from '../src/backup/drill.ts'
import { drillDueAt } from '../src/backup/drill-due.ts'
import type { OwnerContext } from '../src/backup/owner-context.ts'
import { rememberedOf } from '../src/backup/drill-remembered.ts'
import { unprovenSince } from '../src/backup/proof.ts'
import { lastOf } from '../src/core/clock.ts'
import { codeOf } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import type { RememberedDrill } from '../src/store/remembered-drill.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../src/store/memory.ts'
import { loadDrills, saveDrills, type DrillMemory } from './drill-memory.ts'
import { exitCode, exitCodes } from './exit-code.ts'
import { countText, printable, type Line } from './output.ts'
import { sizeText } from './progress.ts'
import { timeText, withOwnDevice, type Session } from './session.ts'

/**
 * @returns the exit code: 0 when all that was drawn came back, 7 when some of it did; when nothing did, that of the first
 *   failure. @throws KeeptabError `not-initialised`, and as the service
 */
export function drillCommand(session: Session): Promise<number> {
  return withOwnDevice(session, async (owner) => {
    const memory = await loadDrills(session.directory.ownerDirectory)
    const { report, line, text } = await drillAndRemember(owner, session, memory)
    session.output.result({ event: 'done', ...line }, text)
    return exitCodeOfDrill(report)
  })
}

/**
 * Behind a backup, where it is due: the same drill as a page makes by itself, by the same rule.
 * @param backedUpBefore when the backup before this one was, as far as is known
 * @returns the exit code of a drill that gives reason to worry, 0 otherwise: what only misses keepers that have not been
 *   away for long is looked at again. What keeps a drill from its end is no failure; the next backup tries it again
 */
export async function drillWhenDue(
  owner: OwnerContext,
  session: Session,
  backedUpBefore: Millis | undefined,
): Promise<number> {
  const { output, directory, signal } = session
  const now = owner.clock.now()
  try {
    const known = await loadDrills(directory.ownerDirectory)
    const memory = known ?? { seenAt: lastOf(now, backedUpBefore) ?? now }
    const { seenAt, last } = memory
    const { provenAt, failed } = last ?? {}
    if (drillDueAt({ now, seenAt, provenAt, failed, triedAt: undefined }) > now) {
      if (known === undefined) await saveDrills(directory.ownerDirectory, memory)
      return exitCode.done
    }
    output.note('Bringing a sample back from nothing, as it is due once a week.')
    const { report, line, text, remembered } = await drillAndRemember(owner, session, memory)
    output.item({ event: 'drilled', ...line }, text)
    return unprovenSince(remembered.failed, owner.clock.now()) === undefined ? exitCode.done : exitCodeOfDrill(report)
  } catch (thrown) {
    if (codeOf(thrown) === 'internal') throw thrown
    // The backup is done, and its result is still to be said.
    if (signal.aborted) return exitCode.interrupted
    output.note('Whether it comes back could not be found out now; it is tried again behind the next backup.')
    return exitCode.done
  }
}

interface Drilled {
  readonly report: DrillReport
  readonly remembered: RememberedDrill
  readonly line: Line
  readonly text: string
}

/** Runs a drill, says what did not come back, and writes down what it has shown. */
async function drillAndRemember(
  owner: OwnerContext,
  { signal, output, directory }: Session,
  memory: DrillMemory | undefined,
): Promise<Drilled> {
  const before = memory?.last?.account === owner.identity.account ? memory.last : undefined
  const report = await drill(owner, new MemoryOwnerState(emptyOwnerShelf()), {
    signal,
    again: before?.failed?.failures ?? [],
    onEvent: output.event.bind(output),
  })
  const remembered = rememberedOf(report, before, owner.identity)
  const { failures, ...facts } = report
  for (const failure of failures) output.item({ event: 'unproven', ...failure }, failureText(failure))
  const seenAt = memory?.seenAt ?? report.endedAt
  await saveDrills(directory.ownerDirectory, { seenAt, last: remembered }).catch((thrown: unknown) => {
    if (codeOf(thrown) === 'internal') throw thrown
    output.note('What this has shown could not be written down; the next backup looks again.')
  })
  const proven = failures.length === 0
  const { provenAt } = remembered
  const line = { proven, ...(provenAt === undefined ? {} : { provenAt }), ...facts, failures: failures.length }
  return { report, remembered, line, text: drillText(report, provenAt) }
}

function drillText(
  { endedAt, sources, files, bytes, packsChecked, packs, bytesRead, sourcesLeft, failures }: DrillReport,
  provenAt: Millis | undefined,
): string {
  const verdict =
    failures.length === 0
      ? `Restorable, proven ${timeText(endedAt)}`
      : `Not proven ${timeText(endedAt)}${provenAt === undefined ? '' : `, last proven ${timeText(provenAt)}`}`
  const drawn = `${countText(files, 'file')} of ${countText(sources.length, 'source')}, ${sizeText(bytes)}, came back`
  const looked = `${packsChecked.toLocaleString('en')} of ${countText(packs, 'pack')} looked up`
  const left = sourcesLeft === 0 ? '' : ` ${countText(sourcesLeft, 'source')} had no turn this time.`
  return `${verdict}: ${drawn}, ${looked}, ${sizeText(bytesRead)} taken in.${left}`
}

function exitCodeOfDrill({ failures: [first], files }: DrillReport): number {
  if (first === undefined) return exitCode.done
  return files > 0 ? exitCode.partial : exitCodes[first.code]
}

function failureText({ stage, device, source, path, away, detail }: DrillFailure): string {
  const where = path ?? source ?? (device === undefined ? 'the account' : `device ${device.slice(0, 8)}`)
  const hope = away ? ' Nothing is known to be lost: its keepers are away.' : ''
  return `${printable(where)}: ${stageText[stage]} (${printable(detail)}).${hope}`
}

const stageText: Readonly<Record<DrillFailure['stage'], string>> = {
  head: 'the newest backup is not shown as it should be',
  manifest: 'a list of what was backed up cannot be read',
  record: 'the description of a pack is missing or altered',
  placement: 'too few keepers of a pack are known',
  index: 'the list of what lies where cannot be read',
  tree: 'the list of a folder cannot be read',
  content: 'a file cannot be read',
}
