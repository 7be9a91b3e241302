/** A whole network on this machine for one story: coordinator, keepers as processes of their own, headless owners. */
import { readdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Program, root, type JsonEvent } from './program.ts'

export const keeptabBin = join(root, 'headless/keeptab.mjs')

export interface Keeper {
  readonly device: string
  readonly data: string
  readonly program: Program
}

/** A headless owner: its data folder, and the file with its words. */
export interface Owner {
  readonly data: string
  readonly phrase: string
}

/** How a run of the headless peer ended, and all it said. */
export interface Run {
  readonly code: number | null
  readonly events: readonly JsonEvent[]
  readonly last: JsonEvent
  readonly errors: string
}

export interface BackupRun extends Run {
  readonly bytesRead: number
  readonly bytesSent: number
}

/** A shard as it lies in a keeper's data folder. */
export interface ShardOnDisk {
  readonly data: string
  readonly file: string
  readonly pack: string
  readonly index: number
}

/** Of every coordinator here. */
export const OPERATOR_TOKEN = 'the-token-of-the-operator'

export class Network {
  readonly folder: string
  /** Where peers reach the coordinator. */
  url = ''
  coordinator: Program | undefined
  readonly keepers: Keeper[] = []
  readonly #coordinator: readonly string[]
  readonly #programs = new Set<Program>()
  #names = 0

  private constructor(folder: string, coordinator: readonly string[]) {
    this.folder = folder
    this.#coordinator = coordinator
  }

  /** A coordinator and so many keepers, all ready. @param program the coordinator's, or one that takes the same arguments */
  static async start(
    keepers = 0,
    coordinatorArgs: readonly string[] = ['--one-machine'],
    program = 'signaling/main.ts',
  ): Promise<Network> {
    const network = new Network(await mkdtemp(join(tmpdir(), 'keeptab-e2e-')), [program, ...coordinatorArgs])
    try {
      await network.startCoordinator()
      await network.addKeepers(keepers)
      return network
    } catch (failed) {
      await network.stop()
      throw failed
    }
  }

  get coordinatorData(): string {
    return join(this.folder, 'coordinator')
  }

  /** Starts it, or starts it again at the same address with the same data. */
  async startCoordinator(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port
    const args = ['--port', port, '--data', this.coordinatorData]
    const env = { OPERATOR_TOKEN }
    this.coordinator = this.run(['--import', 'tsx', ...this.#coordinator, ...args], env)
    const address = await this.coordinator.line((line) => /https?:\/\/[^\s"]+/.exec(line)?.[0])
    this.url = address.replace('127.0.0.1', 'localhost')
  }

  /**
   * Lets time go by at a coordinator whose time is told to it (`hasty-coordinator.ts`), and waits until it has done what it
   * does then. For absences it counts ten minutes at once and no more: what it did not see, nobody was away for.
   * @returns how many are online
   */
  async pass(minutes: number): Promise<number> {
    const { coordinator } = this
    if (coordinator === undefined) throw new Error('There is no coordinator.')
    const { length } = coordinator.events('passed')
    coordinator.process.send(minutes)
    await coordinator.event('passed', () => coordinator.events('passed').length > length)
    return Number(coordinator.events('passed').at(-1)?.['online'])
  }

  /** Starts a program that dies with this network. */
  run(args: readonly string[], env: Record<string, string> = {}): Program {
    const program = new Program(args, env)
    this.#programs.add(program)
    return program
  }

  /** A path in the folder of this network that nothing uses yet. */
  freshPath(name: string): string {
    this.#names += 1
    return join(this.folder, `${name}-${this.#names}`)
  }

  async addKeepers(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.addKeeper()))
  }

  /** One more keeper, ready; or one that died, back with its data. */
  addKeeper(data = this.freshPath('keeper')): Promise<Keeper> {
    return this.adopt(data, this.keeptab(data, ['keep', '--space', '2GB']))
  }

  /** Counts a program that speaks like `keeptab keep` among the keepers once it is ready, instead of one with its data. */
  async adopt(data: string, program: Program): Promise<Keeper> {
    const { device } = await program.event('keeping')
    const keeper = { device: String(device), data, program }
    const before = this.keepers.findIndex((one) => one.data === data)
    this.keepers.splice(before < 0 ? this.keepers.length : before, before < 0 ? 0 : 1, keeper)
    return keeper
  }

  /** So many keepers with accounts of their own in one process, which is quicker. Again with the same folder, they are back. */
  async addKeepersTogether(count: number, data = join(this.folder, 'keepers'), space = '2GB'): Promise<Program> {
    const args = ['--coordinator', this.url, '--data', data, '--count', String(count), '--space', space]
    const program = this.run(['--import', 'tsx', 'headless/local-keepers.ts', ...args])
    await program.event('ready')
    return program
  }

  keeperOf(device: string): Keeper {
    const keeper = this.keepers.find((one) => one.device === device)
    if (keeper === undefined) throw new Error(`no keeper process is ${device}`)
    return keeper
  }

  /** The keepers that keep something, with what they keep. */
  async holders(): Promise<(Keeper & { shards: ShardOnDisk[] })[]> {
    const all = await Promise.all(
      this.keepers.map(async (keeper) => ({ ...keeper, shards: await shardsIn(keeper.data) })),
    )
    return all.filter(({ shards }) => shards.length > 0)
  }

  /** Shard bytes that all keeper processes took in since they started, once they have said so. */
  async receivedBytes(): Promise<number> {
    const each = await Promise.all(
      this.keepers.map(async ({ data, program }) => {
        const { length } = await shardsIn(data)
        // The last shard it stored is the last thing it took: what it says from then on is complete.
        const { receivedBytes } = await program.event('keeping', ({ shards }) => shards === length)
        return Number(receivedBytes)
      }),
    )
    return each.reduce((sum, bytes) => sum + bytes, 0)
  }

  /** Starts the headless peer with `--json` against this coordinator. */
  keeptab(data: string, args: readonly string[], env: Record<string, string> = {}): Program {
    return this.run([keeptabBin, '--coordinator', this.url, '--data', data, '--json', ...args], env)
  }

  /** Runs the headless peer to its end. */
  async keeptabRun(data: string, args: readonly string[]): Promise<Run> {
    return ended(this.keeptab(data, args))
  }

  /** A headless owner with words in a file. */
  async owner(name: string): Promise<Owner> {
    const data = join(this.folder, name)
    const phrase = join(this.folder, `${name}.words`)
    expectCode(0, await this.keeptabRun(data, ['init', '--phrase-file', phrase]))
    return { data, phrase }
  }

  /** Backs up and is safe, or throws with all that was said. */
  async backup({ data }: Owner, ...paths: readonly string[]): Promise<BackupRun> {
    return safe(await this.keeptabRun(data, ['backup', ...paths]))
  }

  /** Brings a backup back on a device that has never been there, with nothing but the words. */
  restoreAfresh({ phrase }: Owner, to: string, ...args: readonly string[]): Promise<Run> {
    return this.keeptabRun(this.freshPath('new-device'), ['restore', '--phrase-file', phrase, '--to', to, ...args])
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.kill()))
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The end of a program, waited for. */
export async function ended(program: Program): Promise<Run> {
  const code = await program.exited
  const events = program.events()
  return { code, events, last: events.at(-1) ?? { event: 'nothing' }, errors: program.errors }
}

/** The run, or an error with all it said when it ended otherwise. */
export function expectCode(code: number, run: Run): Run {
  if (run.code === code) return run
  const said = run.events.map((event) => JSON.stringify(event)).join('\n')
  throw new Error(`It ended with ${run.code ?? 'a signal'}, not ${code}.\n${said}\n${run.errors}`)
}

/** A backup that ended well and is safe, or an error with all it said. */
export function safe(run: Run): BackupRun {
  const { last } = expectCode(0, run)
  if (last['state'] !== 'safe') throw new Error(`The backup is not safe: ${JSON.stringify(run.events)}`)
  return { ...run, bytesRead: Number(last['bytesRead']), bytesSent: Number(last['bytesSent']) }
}

/** What a keeper's data folder keeps, by the names of its files. */
export async function shardsIn(data: string): Promise<ShardOnDisk[]> {
  const files = await readdir(join(data, 'keeper/shards'), { recursive: true }).catch(() => [])
  return files.flatMap((file) => {
    const [, pack, index] = /^([0-9a-f]{64})-(\d+)$/.exec(basename(file)) ?? []
    return pack === undefined ? [] : [{ data, file: join(data, 'keeper/shards', file), pack, index: Number(index) }]
  })
}
