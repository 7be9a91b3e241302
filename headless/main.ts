/** `keeptab`: reads the command line, runs one command, ends with its exit code. What is heavy loads when it is needed. */
import { readFileSync } from 'node:fs'
import type { Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import { openDataDir, type DataDir } from './data-dir.ts'
import { exitCode, exitCodeOf } from './exit-code.ts'
import { helpText, parseRequest, type Command } from './options.ts'
import { Output } from './output.ts'
import { systemClock } from './system.ts'

const DEFAULT_COORDINATOR = 'http://localhost:8787'
/** After an interruption this much time is left to close what is open. Nothing depends on it: a kill loses nothing. */
const FAREWELL_MS: Millis = 5000

// Whoever read the output has gone, as `head` does: what was said before the end is all that was wanted.
process.stdout.on('error', () => process.exit(exitCode.failed))
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
  const directory = await openDataDir(command.data)
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
    const coordinator = await coordinatorOf(command, directory)
    if (command.name === 'keep') {
      const [{ keep }, { keepingReport }] = await Promise.all([import('./keep.ts'), import('./keeping-report.ts')])
      await keep(directory, { ...command, coordinator, signal, onState: keepingReport(output) })
      return exitCode.done
    }
    const { backupCommand, lsCommand, restoreCommand } = await import('./owner.ts')
    const session = { directory, data: command.data, coordinator, signal, output }
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
  } finally {
    await directory.close()
  }
}

/** The address that was given, which is remembered, or else the remembered one. */
async function coordinatorOf(command: Command, directory: DataDir): Promise<string> {
  if (command.coordinator === undefined) return (await directory.loadCoordinator()) ?? DEFAULT_COORDINATOR
  // A restore leaves no trace in a folder that is not the account's.
  if (command.name !== 'restore') await directory.saveCoordinator(command.coordinator)
  return command.coordinator
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
