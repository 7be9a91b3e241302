/** `keeptab`: reads the command line, runs one command, ends with its exit code. What is heavy loads when it is needed. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Bytes } from '../src/core/bytes.ts'
import { codeOf, KeeptabError, type ErrorCode } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import { noDataDir, openDataDir, type DataDir } from './data-dir.ts'
import { isThere } from './durable-files.ts'
import { exitCode, exitCodeOf } from './exit-code.ts'
import { defaultData, helpText, parseRequest, type Command } from './options.ts'
import { Output } from './output.ts'
import type { Session } from './session.ts'
import { systemClock } from './system.ts'

const DEFAULT_COORDINATOR = 'http://localhost:8787'
/** After an interruption this much time is left to close what is open. Nothing depends on it: a kill loses nothing. */
const FAREWELL_MS: Millis = 5000

/** Why a restore goes on without the data folder. */
const unusable: Partial<Record<ErrorCode, string>> = {
  'in-use': 'is in use',
  'store-full': 'has no room left',
  'store-failed': 'cannot be written to',
}

// Whoever read the output has gone, as `head` does: what was said before the end is all that was wanted.
process.stdout.on('error', () => process.exit(exitCode.failed))
// A log on a full disk ends no backup.
process.stderr.on('error', () => undefined)
process.exit(await main(process.argv.slice(2)))

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json')
  const output = new Output({ json, out: process.stdout, errors: process.stderr, clock: systemClock })
  try {
    const request = parseRequest(args, process.env)
    if (request.name === 'help') {
      process.stdout.write(`${helpText}\n`)
      return exitCode.done
    }
    if (request.name === 'version') {
      process.stdout.write(`${versionText()}\n`)
      return exitCode.done
    }
    return await interruptible((signal) => run(request, output, signal))
  } catch (thrown) {
    output.error(thrown)
    return exitCodeOf(thrown)
  }
}

async function run(command: Command, output: Output, signal: AbortSignal): Promise<number> {
  const directory = await dataDirOf(command, output)
  try {
    if (command.name === 'init') {
      const { init } = await import('./init.ts')
      const interactive = !command.json && process.stdin.isTTY && process.stderr.isTTY
      if (command.coordinator !== undefined) await directory.saveCoordinator(command.coordinator)
      const address = command.coordinator ?? (await directory.loadCoordinator()) ?? DEFAULT_COORDINATOR
      const removals = async (root: Bytes) => (await import('./owner.ts')).removalsOf(root, address, signal)
      await init(directory, { ...command, interactive, removals, signal }, output)
      return exitCode.done
    }
    const known = await directory.loadCoordinator()
    const coordinator = command.coordinator ?? known ?? DEFAULT_COORDINATOR
    // A restore leaves no trace in a folder that is not the account's.
    const isToRemember = command.coordinator !== undefined && command.name !== 'restore'
    const remember = async () => {
      if (isToRemember) await directory.saveCoordinator(coordinator)
    }
    // An address that was right is given up only for one that is.
    if (known === undefined) await remember()
    return await online(command, { directory, data: command.data, coordinator, signal, output }, remember)
  } finally {
    await directory.close()
  }
}

type OnlineCommand = Exclude<Command, { name: 'init' }>

/** Runs a command that needs the coordinator. @param remember keeps the address, which was right */
async function online(command: OnlineCommand, session: Session, remember: () => Promise<void>): Promise<number> {
  const { directory, coordinator, output } = session
  try {
    if (command.name === 'keep') {
      const [{ keep }, { keepingReport }] = await Promise.all([import('./keep.ts'), import('./keeping-report.ts')])
      await keep(directory, { ...command, ...session, ...keepingReport(output), onOnline: remember })
      return exitCode.done
    }
    const code = await ownersCommand(command, session)
    await remember()
    return code
  } catch (thrown) {
    const isOfAddress = ['coordinator-unreachable', 'nothing-to-restore'].includes(codeOf(thrown))
    if (!(thrown instanceof KeeptabError) || !isOfAddress) throw thrown
    const detail = [thrown.detail, `The address of the coordinator is ${coordinator}.`]
      .filter((part) => part !== undefined)
      .join(' ')
    throw new KeeptabError(thrown.code, detail, thrown.data, thrown)
  }
}

async function ownersCommand(command: Exclude<OnlineCommand, { name: 'keep' }>, session: Session): Promise<number> {
  const { backupCommand, lsCommand, restoreCommand } = await import('./owner.ts')
  if (command.name === 'drill') return await (await import('./drill.ts')).drillCommand(session)
  if (command.name === 'backup') return await backupCommand(session, command)
  if (command.name === 'ls') return await lsCommand(session, command)
  if (command.name !== 'restore') {
    const { forgetCommand, protectCommand, retentionCommand } = await import('./retention.ts')
    if (command.name === 'forget') return await forgetCommand(session, command)
    if (command.name === 'protect') return await protectCommand(session, command)
    return await retentionCommand(session, command)
  }
  return await restoreCommand(session, command)
}

/**
 * A wrong `--data` must not pass for an empty folder, and least of all bring a second account into being beside the one that
 * was meant. A restore needs none: it goes on where that one is in use, or its disk takes nothing.
 */
async function dataDirOf({ name, data }: Command, output: Output): Promise<DataDir> {
  if (name === 'restore') {
    if (!(await isThere(data))) return noDataDir(data)
    return openDataDir(data).catch((thrown: unknown) => {
      const why = unusable[codeOf(thrown)]
      if (why === undefined) throw thrown
      output.note(`The data folder ${data} ${why}; going on as a new device would, by the words alone.`)
      return noDataDir(data)
    })
  }
  if (await isThere(data)) return openDataDir(data)
  if (name !== 'init' && name !== 'keep') throw new KeeptabError('not-initialised', `There is no data folder ${data}.`)
  if (data !== defaultData(process.env) && !(await isThere(dirname(data))))
    throw new KeeptabError('config-invalid', `There is no folder ${dirname(data)} for --data; make it if it is right.`)
  return openDataDir(data)
}

/** Turns the first SIGINT or SIGTERM into an abort; the second one kills as always. */
async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController()
  const late = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => {
      setTimeout(() => reject(new KeeptabError('aborted')), FAREWELL_MS).unref()
    })
  })
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  return Promise.race([work(stop.signal), late])
}

function versionText(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return `keeptab ${version}`
}
