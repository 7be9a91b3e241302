/** A program of this checkout as a process of its own: watched line by line, stopped or killed when a story wants it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** One line that a program printed with `--json`. */
export interface JsonEvent {
  readonly event: string
  readonly [field: string]: unknown
}

/** A program that runs until it ends, is stopped or is killed; or until the tests are gone, however they went. */
export class Program {
  readonly process: ChildProcess
  readonly lines: string[] = []
  /** Its exit code, or `null` after a signal, once everything it printed is in. */
  readonly exited: Promise<number | null>
  readonly #watchers = new Set<(line: string) => void>()
  #errors = ''

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, ['--import', join(root, 'headless/with-parent.mjs'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
    })
    this.exited = new Promise((resolve) => {
      this.process.once('close', resolve)
    })
    const { stdout, stderr } = this.process
    if (stdout === null || stderr === null) throw new Error('pipes were asked for')
    createInterface(stdout).on('line', (line) => {
      this.lines.push(line)
      for (const watcher of this.#watchers) watcher(line)
    })
    stderr.on('data', (text: Buffer) => {
      this.#errors += text.toString()
    })
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.#errors
  }

  /** The first line, old or new, for which `wanted` gives something. Rejects when the program ends before. */
  line<T>(wanted: (line: string) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (line: string) => {
        const found = wanted(line)
        if (found === undefined) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      for (const line of [...this.lines]) look(line)
      void this.exited.then((code) => {
        reject(new Error(`It ended with ${code ?? 'a signal'} first.\n${this.lines.join('\n')}\n${this.#errors}`))
      })
    })
  }

  /** The first JSON line of this event, old or new, that `test` accepts. */
  event(name: string, test: (event: JsonEvent) => boolean = () => true): Promise<JsonEvent> {
    return this.line((line) => {
      const event = parseEvent(line)
      return event?.event === name && test(event) ? event : undefined
    })
  }

  /** All JSON lines so far, or those of one event. */
  events(name?: string): JsonEvent[] {
    const all = this.lines.flatMap((line) => parseEvent(line) ?? [])
    return name === undefined ? all : all.filter(({ event }) => event === name)
  }

  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal)
    return this.exited
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.exited
  }
}

function parseEvent(line: string): JsonEvent | undefined {
  if (!line.startsWith('{')) return undefined
  const value = JSON.parse(line) as Partial<JsonEvent>
  return typeof value.event === 'string' ? { ...value, event: value.event } : undefined
}
