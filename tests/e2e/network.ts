/** A whole network on this machine for one story: coordinator, keepers as processes of their own, headless owners. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const keeptabBin = join(root, 'headless/keeptab.mjs')

/** One line that a program printed with `--json`. */
export interface JsonEvent {
  readonly event: string
  readonly [field: string]: unknown
}

/** A program that runs until it is stopped or killed. */
export class Program {
  readonly process: ChildProcess
  readonly lines: string[] = []
  readonly exited: Promise<number | null>
  readonly #watchers = new Set<(line: string) => void>()
  #errors = ''

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code) => {
        resolve(code)
      })
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

  events(): JsonEvent[] {
    return this.lines.flatMap((line) => parseEvent(line) ?? [])
  }

  async stop(): Promise<void> {
    this.process.kill('SIGTERM')
    await this.exited
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.exited
  }
}

export interface Keeper {
  readonly device: string
  readonly data: string
  readonly program: Program
}

export class Network {
  readonly folder: string
  url = ''
  coordinator: Program | undefined
  readonly keepers: Keeper[] = []
  readonly #coordinatorArgs: readonly string[]

  private constructor(folder: string, coordinatorArgs: readonly string[]) {
    this.folder = folder
    this.#coordinatorArgs = coordinatorArgs
  }

  /** A coordinator and so many keepers, all ready. */
  static async start(keepers: number, coordinatorArgs: readonly string[] = ['--one-machine']): Promise<Network> {
    const network = new Network(await mkdtemp(join(tmpdir(), 'keeptab-e2e-')), coordinatorArgs)
    try {
      await network.startCoordinator()
      await Promise.all(Array.from({ length: keepers }, () => network.addKeeper()))
      return network
    } catch (failed) {
      await network.stop()
      throw failed
    }
  }

  /** Starts it, or starts it again at the same address with the same data. */
  async startCoordinator(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port
    this.coordinator = new Program([
      ...['--import', 'tsx', 'signaling/main.ts', '--port', port, '--data', join(this.folder, 'coordinator')],
      ...this.#coordinatorArgs,
    ])
    const address = await this.coordinator.line((line) => /https?:\/\/[^\s"]+/.exec(line)?.[0])
    this.url = address.replace('127.0.0.1', 'localhost')
  }

  /** One more keeper, ready; or one that died, back with its data. */
  async addKeeper(data = join(this.folder, `keeper-${this.keepers.length}-${Math.random().toString(36).slice(2)}`)) {
    const program = this.keeptab(data, ['keep', '--space', '2GB'])
    const placeholder = { device: '', data, program }
    this.keepers.push(placeholder)
    const { device } = await program.event('keeping')
    const keeper: Keeper = { ...placeholder, device: String(device) }
    this.keepers[this.keepers.indexOf(placeholder)] = keeper
    return keeper
  }

  keeperOf(device: string): Keeper {
    const keeper = this.keepers.find((one) => one.device === device)
    if (keeper === undefined) throw new Error(`no keeper process is ${device}`)
    return keeper
  }

  /** Starts the headless peer with `--json` against this coordinator. */
  keeptab(data: string, args: readonly string[], env: Record<string, string> = {}): Program {
    return new Program([keeptabBin, '--coordinator', this.url, '--data', data, '--json', ...args], env)
  }

  /** Runs the headless peer to its end. */
  async run(data: string, args: readonly string[]): Promise<{ code: number | null; events: JsonEvent[]; last: JsonEvent; errors: string }> {
    const program = this.keeptab(data, args)
    const code = await program.exited
    const events = program.events()
    return { code, events, last: events.at(-1) ?? { event: 'nothing' }, errors: program.errors }
  }

  /** A headless owner with words in a file. */
  async owner(name: string): Promise<{ data: string; phrase: string }> {
    const data = join(this.folder, name)
    const phrase = join(this.folder, `${name}.words`)
    const { code, errors } = await this.run(data, ['init', '--phrase-file', phrase])
    if (code !== 0) throw new Error(`init failed: ${errors}`)
    return { data, phrase }
  }

  async stop(): Promise<void> {
    await Promise.all(this.keepers.map(({ program }) => program.kill()))
    await this.coordinator?.kill()
    await rm(this.folder, { recursive: true, force: true })
  }
}

function parseEvent(line: string): JsonEvent | undefined {
  if (!line.startsWith('{')) return undefined
  const value = JSON.parse(line) as Partial<JsonEvent>
  return typeof value.event === 'string' ? { ...value, event: value.event } : undefined
}
