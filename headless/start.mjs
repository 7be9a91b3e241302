/**
 * `npm start`: everything on this machine. Set-up and build if needed, then the coordinator with the page, then twelve
 * keepers with accounts of their own in one process. Data lies in `.keeptab/`, so a second start finds all of it.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { ensureBuilt, ensureInstalled, root, SetUpError } from './set-up.mjs'

/** A program may finish what it is writing before it is killed. */
const PATIENCE_MS = 10_000
const KEEPERS = 12

/** @typedef {{ name: string, process: import('node:child_process').ChildProcess, exit: Promise<string> }} Program */

/** Started in this order, stopped in the opposite one. @type {Program[]} */
const programs = []
let stopping = false
const isStopping = () => stopping

process.once('SIGINT', () => void stop(0))
process.once('SIGTERM', () => void stop(0))
process.once('SIGHUP', () => void stop(0))

try {
  await main()
} catch (error) {
  // When a program ended or a person said stop, that is what made this fail.
  if (!isStopping()) {
    console.error(error instanceof SetUpError ? error.message : error)
    await stop(1)
  }
}

async function main() {
  const port = chosenPort()
  await checkFree(port)
  ensureInstalled()
  ensureBuilt()
  const data = join(root, '.keeptab')
  mkdirSync(data, { recursive: true })

  const coordinator = await start(
    'coordinator',
    [
      'signaling/main.ts',
      '--port',
      String(port),
      '--data',
      join(data, 'coordinator'),
      '--page',
      join(root, 'dist'),
      '--one-machine',
    ],
    /https?:\/\/\S+/,
  )
  console.log(`The coordinator runs. Starting ${KEEPERS} keepers …`)
  await start(
    'keepers',
    [
      'headless/local-keepers.ts',
      '--coordinator',
      coordinator,
      '--data',
      join(data, 'keepers'),
      '--count',
      String(KEEPERS),
      '--space',
      '2GB',
    ],
    /ready/,
  )
  console.log(`
Keeptab is ready: http://localhost:${port}

Open it and pick a folder: the ${KEEPERS} keepers on this machine will hold it, and 24 words bring it back.
Everything is stored in .keeptab/. Ctrl-C stops all of it; the next npm start goes on from there.`)
}

/** `--port` before `PORT` before 8787. @throws SetUpError */
function chosenPort() {
  const { port: text = process.env.PORT || '8787' } = readOptions()
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port
  throw new SetUpError(`The port must be a number from 1 to 65535, not ${text}.`)
}

/** @throws SetUpError */
function readOptions() {
  try {
    return parseArgs({ options: { port: { type: 'string' } } }).values
  } catch {
    throw new SetUpError('npm start takes one option: npm start -- --port 8788')
  }
}

/** Asked before the long set-up; the coordinator finds out for itself if someone takes the port meanwhile. @param {number} port */
async function checkFree(port) {
  for (const host of [undefined, '127.0.0.1']) {
    const server = createServer()
    const code = await /** @type {Promise<string | undefined>} */ (
      new Promise((resolve) => {
        server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code))
        server.listen(port, host, () => server.close(() => resolve(undefined)))
      })
    )
    if (code === 'EADDRINUSE') {
      throw new SetUpError(
        `Port ${port} is already taken, perhaps by another Keeptab: stop that, or choose another port with npm start -- --port ${port < 65535 ? port + 1 : 8787}.`,
      )
    }
    if (code === 'EACCES') {
      throw new SetUpError(`Port ${port} may not be used without more rights: choose one above 1023.`)
    }
  }
}

/**
 * Starts a program and waits until it prints a line that says it is ready. What it prints goes to `.keeptab/NAME.log`.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {RegExp} ready
 * @returns {Promise<string>} what of the line matched
 * @throws Error when it ends before; a person has been told then
 */
async function start(name, args, ready) {
  const logPath = join(root, '.keeptab', `${name}.log`)
  const log = openSync(logPath, 'w')
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', './headless/with-parent.mjs', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', log, 'ipc'],
    // What an operator has set for a real coordinator is not for this one.
    env: { ...process.env, DATABASE_URL: '', TLS_CERT: '', TLS_KEY: '' },
  })
  const exit = /** @type {Promise<string>} */ (
    new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
  )
  programs.push({ name, process: child, exit })

  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) })
    lines.on('line', (text) => {
      writeSync(log, `${text}\n`)
      const match = ready.exec(text)
      if (match) resolve(match[0])
    })
    lines.once('close', () => closeSync(log))
    void exit.then((how) => {
      if (stopping) return
      const last = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
      console.error(`${last}\n\nThe ${name} ended unexpectedly (${how}); all it said is in .keeptab/${name}.log.`)
      void stop(1)
      reject(new Error(how))
    })
  })
}

/** Stops every program, the last one first, and ends this one. @param {number} code */
async function stop(code) {
  if (stopping) return
  stopping = true
  if (programs.length > 0) console.log('Stopping …')
  for (const { process: child, exit } of programs.toReversed()) {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    await exit
    clearTimeout(late)
  }
  process.exit(code)
}
