/** `keeptab drill`: whether what is kept comes back, found out by bringing some of it back from nothing. */
import { drill, type DrillFailure } from '../src/backup/drill.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../src/store/memory.ts'
import { exitCode, exitCodes } from './exit-code.ts'
import { countText, printable } from './output.ts'
import { sizeText } from './progress.ts'
import { timeText, withOwnDevice, type Session } from './session.ts'

/**
 * @returns the exit code: 0 when all that was drawn came back, 7 when some of it did; when nothing did, that of the first
 *   failure. @throws KeeptabError `not-initialised`, and as the service
 */
export function drillCommand(session: Session): Promise<number> {
  const { signal, output } = session
  return withOwnDevice(session, async (owner) => {
    const { failures, ...report } = await drill(owner, new MemoryOwnerState(emptyOwnerShelf()), {
      signal,
      onEvent: output.event.bind(output),
    })
    for (const failure of failures) output.item({ event: 'unproven', ...failure }, failureText(failure))
    const { endedAt, sources, files, bytes, packsChecked, packs, bytesRead, sourcesLeft } = report
    const proven = failures.length === 0
    const drawn = `${countText(files, 'file')} of ${countText(sources.length, 'source')}, ${sizeText(bytes)}, came back`
    const looked = `${packsChecked.toLocaleString('en')} of ${countText(packs, 'pack')} looked up`
    const left = sourcesLeft === 0 ? '' : ` ${countText(sourcesLeft, 'source')} had no turn this time.`
    output.result(
      { event: 'done', proven, ...report, failures: failures.length },
      `${proven ? 'Proven' : 'Not proven'} ${timeText(endedAt)}: ${drawn}, ${looked}, ${sizeText(bytesRead)} taken in.${left}`,
    )
    const [first] = failures
    if (first === undefined) return exitCode.done
    return files > 0 ? exitCode.partial : exitCodes[first.code]
  })
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
