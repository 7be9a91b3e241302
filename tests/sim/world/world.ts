/** Owners, keepers and a coordinator of one seed: all of it the real programs, on machines whose every fault is decided. */
import { setMaxListeners } from 'node:events'
import { backup, type BackupOptions } from '../../../src/backup/backup.ts'
import { Member } from '../../../src/backup/member.ts'
import type { OwnerContext } from '../../../src/backup/owner-context.ts'
import { createHttpCoordinator } from '../../../src/coordinator/http.ts'
import { utf8, type Bytes } from '../../../src/core/bytes.ts'
import { codeOf } from '../../../src/core/errors.ts'
import type { DeviceId, PackId } from '../../../src/core/ids.ts'
import { DAY, GiB, MINUTE, type ByteCount } from '../../../src/core/units.ts'
import { reedSolomon } from '../../../src/erasure/reed-solomon.ts'
import type { DeviceIdentity } from '../../../src/identity/keys.ts'
import { startKeeping, type Keeper } from '../../../src/keeping/keeper.ts'
import { publishHeadSchema } from '../../../src/protocol/coordinator-messages.ts'
import { openHead, type Head } from '../../../src/protocol/records.ts'
import { repairing } from '../../../src/repair/repair.ts'
import { createFileSealer } from '../../../src/snapshot/file-sealer.ts'
import { compress } from '../../../src/snapshot/compression.ts'
import { emptyOwnerShelf, emptyShelf, MemoryOwnerState, type OwnerShelf } from '../../../src/store/memory.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../../../src/transport/memory.ts'
import type { Transport } from '../../../src/transport/transport.ts'
import { DiskStore, mortal, nameOf, newDisk, soundOn, type Mortal, type ShardDisk } from './disk.ts'
import { Diary, Fate } from './fate.ts'
import { BEGIN, Identities, type Made } from './identities.ts'
import { Line } from './line.ts'
import { blankDatabase, Office } from './office.ts'
import { VirtualTime } from './time.ts'

// One signal ends all that a backup has under way, far more than the ten listeners that Node takes for a leak.
setMaxListeners(0)

/** As in a headless peer. */
const PATIENCE_MS = 15 * MINUTE
const FIRST_PATIENCE_MS = 10_000
/** A person, or the machine, starts a keeper again that could not. */
const START_AGAIN_MS = MINUTE

/** Whatever waits when every program has ended has to come to its end within this. */
const REST_MS = DAY

/** A running program: all that it has is gone with it. */
class Life implements Mortal {
  #isDead = false
  readonly ended: Promise<'ended'>
  #end: (value: 'ended') => void = () => undefined

  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  hasEnded(): boolean {
    return this.#isDead
  }

  end(): void {
    this.#isDead = true
    this.#end('ended')
  }
}

/** What a program reaches the world by. */
interface Reach {
  readonly life: Life
  readonly line: Line
  readonly transport: Transport
}

/** A machine with a device on it, whose programs come and go. */
abstract class Machine {
  /** What its clock shows beyond the true time. */
  aheadMs = 0
  readonly name: string
  /** Who it is, on its disk. */
  identity: DeviceIdentity
  readonly address: string
  readonly fate: Fate
  protected readonly world: World
  protected reach: Reach | undefined
  #programs = 0

  constructor(world: World, name: string, identity: DeviceIdentity, address: string) {
    this.world = world
    this.name = name
    this.identity = identity
    this.address = address
    this.fate = world.fate.of(name)
  }

  get clock() {
    return { now: (): number => Math.floor(this.world.time.now() + this.aheadMs) }
  }

  get isUp(): boolean {
    return this.reach !== undefined
  }

  get line(): Line | undefined {
    return this.reach?.line
  }

  protected begin() {
    const { time, diary, network, office } = this.world
    this.#programs += 1
    const fate = this.fate.of(`${this.#programs}`)
    const life = new Life()
    const line = new Line({
      who: this.name,
      address: this.address,
      site: office,
      time,
      fate: fate.of('line'),
      diary,
      lossChance: () => this.world.lossChance,
      onDone: (method, path, body) => this.world.done(this, method, path, body),
    })
    const transport = network.join(this.identity)
    const member = new Member(this.identity)
    const coordinator = createHttpCoordinator({
      url: 'http://coordinator.example',
      identity: member,
      WebSocket: line.WebSocket,
      fetch: line.fetch,
      clock: this.clock,
      random: fate.of('chance').random(),
      platform: 'node-linux',
      patienceMs: PATIENCE_MS,
      firstPatienceMs: FIRST_PATIENCE_MS,
    })
    this.reach = { life, line, transport }
    return { life, transport, member, coordinator, fate }
  }

  /** The program is no more. @param silently with its machine's line: nobody is told */
  kill(silently = false): void {
    const { reach } = this
    if (reach === undefined) return
    this.world.diary.note(`${this.name} is killed`)
    this.reach = undefined
    reach.life.end()
    reach.line.end(silently)
    void reach.transport.close()
  }
}

export class KeeperMachine extends Machine {
  readonly disk: ShardDisk = newDisk(emptyShelf())
  /** Its disk has failed it: what follows from that is just. */
  decayed = false
  keeper: Keeper | undefined
  #store: DiskStore | undefined
  limitBytes: ByteCount = GiB

  /** Starts it, and again until it runs or is killed. */
  async start(): Promise<void> {
    if (this.isUp) return
    const { world } = this
    const { life, transport, coordinator, fate } = this.begin()
    const { time } = world
    const disk = new DiskStore(this.disk, world.diskEvents(this), { time, fate: fate.of('disk'), life })
    this.#store = disk
    const store = mortal(disk, life, { time, fate: fate.of('store') })
    const stopwatch = {
      now: (): number => time.now(),
      after: (ms: number, run: () => void) =>
        time.after(ms, () => {
          if (!life.hasEnded()) run()
        }),
    }
    const context = {
      identity: this.identity,
      coordinator,
      transport,
      store,
      clock: this.clock,
      stopwatch,
      wallClock: utcWallClock,
      work: repairing({ coordinator, transport, store, codec: reedSolomon }),
    }
    for (;;) {
      if (life.hasEnded()) return
      try {
        const keeper = await startKeeping(context, { limitBytes: this.limitBytes })
        if (life.hasEnded()) return
        this.keeper = keeper
        world.diary.note(`${this.name} keeps ${keeper.state().shards}`)
        return
      } catch (thrown) {
        world.diary.note(`${this.name} cannot start: ${codeOf(thrown)}`)
        if (codeOf(thrown) === 'internal') world.broken(thrown)
        await time.sleep(START_AGAIN_MS)
      }
    }
  }

  override kill(silently?: boolean): void {
    this.#store?.tear()
    this.keeper = undefined
    super.kill(silently)
  }

  /** As its person stops it. */
  async stop(): Promise<void> {
    const { keeper, reach } = this
    await keeper?.stop()
    await reach?.transport.close()
    this.keeper = undefined
    this.reach = undefined
    reach?.line.end(false)
  }
}

export type Files = Readonly<Record<string, Bytes>>

export class OwnerMachine extends Machine {
  readonly root: Bytes
  readonly deviceSeed: Bytes
  shelf: OwnerShelf = emptyOwnerShelf()
  /** Asks with each run whether a device was removed. Only in a story of removals: it takes several requests. */
  follows = false

  constructor(world: World, name: string, { identity, root, deviceSeed }: Made, address: string) {
    super(world, name, identity, address)
    this.root = root
    this.deviceSeed = deviceSeed
  }

  /** Runs a program of its person's, for as long as it is not killed. */
  async run<T>(work: (owner: OwnerContext) => Promise<T>): Promise<T | 'killed'> {
    const { life, transport, member, coordinator, fate } = this.begin()
    const { time } = this.world
    const { name, clock } = this
    const random = fate.of('random').random()
    const store = (next: DeviceIdentity): Promise<void> => {
      if (!life.hasEnded()) this.identity = next
      return Promise.resolve()
    }
    const owner: OwnerContext = {
      get identity() {
        return member.now
      },
      coordinator,
      transport,
      codec: reedSolomon,
      state: mortal(new MemoryOwnerState(this.shelf), life, { time, fate: fate.of('store') }),
      sealerOf: createFileSealer,
      clock,
      random,
      ...(this.follows && { follow: () => member.follow({ coordinator, clock, random, store, name }) }),
    }
    const working = work(owner)
    working.catch(() => undefined)
    const done = await Promise.race([working, life.ended])
    if (done === 'ended') return 'killed'
    const { reach } = this
    this.reach = undefined
    await transport.close()
    reach?.line.end(false)
    return done
  }

  /** What its last backup would build on. */
  get manifest() {
    return this.shelf.manifests.get('newest')
  }
}

/** Something that must never be. */
export class Violation extends Error {}

export class World {
  readonly time = new VirtualTime(BEGIN)
  readonly fate: Fate
  readonly diary: Diary
  readonly network: MemoryNetwork
  readonly office: Office
  readonly keepers: KeeperMachine[] = []
  readonly owners: OwnerMachine[] = []
  /** Of a request to the coordinator, or its answer. */
  lossChance = 0
  /** Places of each pack in which its shards have ever lain. */
  readonly placed = new Map<PackId, Set<string>>()
  /** Shards that have come to disks. */
  arrived = 0
  /** Hears of every head that the coordinator has taken. */
  onHead: (owner: Machine, head: Head) => void = () => undefined
  /** Hears of every shard that left a disk by its keeper's will. */
  onRemove: (keeper: KeeperMachine, pack: PackId, index: number) => void = () => undefined
  /** Hears of every shard that came to a disk. */
  onPut: (keeper: KeeperMachine, pack: PackId, index: number) => void = () => undefined
  readonly violations: Error[] = []
  readonly #identities: Identities
  readonly #chance: { random: Fate; delay: Fate }
  readonly #net = { breakChance: 0, slowMs: 40 }
  /** Turned by chaos, read by the network for each message. */
  get net() {
    return this.#net
  }

  private constructor(seed: number, blank: string, say?: (line: string) => void) {
    const { time } = this
    this.fate = new Fate(seed)
    this.#identities = new Identities(this.fate.of('identities'))
    this.diary = new Diary(() => time.now() - BEGIN, say)
    this.#chance = { random: this.fate.of('network'), delay: this.fate.of('delays') }
    const { random, delay } = this.#chance
    const net = this.#net
    this.network = createMemoryNetwork({
      random: random.random(),
      delayMs: () => {
        const ms = delay.happens(0.97) ? delay.between(1, net.slowMs) : delay.between(net.slowMs, 40 * net.slowMs)
        this.diary.note(`message ${ms.toFixed(2)}`)
        return ms
      },
      get breakChance() {
        return net.breakChance
      },
    })
    this.office = new Office(blank, {
      time,
      fate: this.fate.of('coordinator'),
      diary: this.diary,
      hangUp: () => {
        for (const machine of this.machines) machine.line?.hangUp()
      },
    })
  }

  /** Runs a story in a world of this seed. */
  static async of<T>(
    seed: number,
    story: (world: World) => Promise<T>,
    say?: (line: string) => void,
  ): Promise<{ world: World; told: T }> {
    const blank = await blankDatabase()
    // What is loaded once is there before anybody's time begins.
    await compress(utf8('x'.repeat(4096)))
    const world = new World(seed, blank, say)
    const onRejection = (thrown: unknown): void => world.broken(thrown)
    process.on('unhandledRejection', onRejection)
    try {
      const told = await world.time.installed(async () => {
        try {
          return await story(world)
        } finally {
          await world.end()
          await world.time.sleep(REST_MS)
          if (world.time.waiting > 0)
            world.broken(new Violation(`${world.time.waiting} timers wait when all have ended.`))
        }
      })
      return { world, told }
    } finally {
      process.off('unhandledRejection', onRejection)
    }
  }

  get machines(): readonly Machine[] {
    return [...this.keepers, ...this.owners]
  }

  /** Something went wrong that is nobody's fault but the program's. */
  broken(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.diary.note(`broken: ${error.message}`)
    this.violations.push(error)
  }

  async addKeeper(): Promise<KeeperMachine> {
    const name = `keeper ${this.keepers.length}`
    const { identity } = await this.#identities.next()
    const keeper = new KeeperMachine(this, name, identity, `10.${this.keepers.length}.0.1`)
    this.keepers.push(keeper)
    return keeper
  }

  /** @param root of an account that is there already, for one more device of it */
  async addOwner(root?: Bytes): Promise<OwnerMachine> {
    const name = `owner ${this.owners.length}`
    const made = await this.#identities.next(root)
    const owner = new OwnerMachine(this, name, made, `172.${16 + this.owners.length}.0.1`)
    this.owners.push(owner)
    return owner
  }

  done(machine: Machine, method: string, path: string, body: unknown): void {
    if (method !== 'PUT' || path !== '/v1/heads') return
    const { head } = publishHeadSchema.parse(JSON.parse(String(body)))
    // Checked in a turn of its own, and before anything else can happen.
    void openHead(head).then(
      (opened) => this.onHead(machine, opened),
      (thrown: unknown) => this.broken(thrown),
    )
  }

  diskEvents(keeper: KeeperMachine) {
    return {
      onPut: ({ pack, index }: { pack: PackId; index: number }) => {
        const places = this.placed.get(pack) ?? new Set()
        this.placed.set(pack, places.add(`${index} ${keeper.identity.device}`))
        this.arrived += 1
        this.onPut(keeper, pack, index)
        this.diary.note(`${keeper.name} has ${nameOf({ pack, index }).slice(0, 6)} ${index}`)
      },
      onRemove: ({ pack, index }: { pack: PackId; index: number }, wasSound: boolean) => {
        this.diary.note(`${keeper.name} removes ${pack.slice(0, 6)} ${index}`)
        if (wasSound) this.onRemove(keeper, pack, index)
      },
    }
  }

  /** Sound shards by pack, on disks whose keeper runs or on all. */
  sound(among: readonly KeeperMachine[] = this.keepers): Map<PackId, Set<number>> {
    const found = new Map<PackId, Set<number>>()
    for (const { disk } of among) {
      for (const { pack, index } of soundOn(disk)) found.set(pack, (found.get(pack) ?? new Set()).add(index))
    }
    return found
  }

  keeperOf(device: DeviceId): KeeperMachine | undefined {
    return this.keepers.find(({ identity }) => identity.device === device)
  }

  /** Backs up what the files are now. */
  backUp(owner: OwnerMachine, source: Parameters<typeof backup>[1][number], options: BackupOptions = {}) {
    return owner.run((context) => backup(context, [source], options))
  }

  async end(): Promise<void> {
    for (const owner of this.owners) owner.kill()
    for (const keeper of this.keepers) if (keeper.keeper === undefined) keeper.kill()
    await Promise.all(this.keepers.map((keeper) => keeper.stop()))
    await this.office.dispose()
  }
}

const utcWallClock = (at: number) => {
  const date = new Date(at)
  return {
    weekday: (date.getUTCDay() + 6) % 7,
    hour: date.getUTCHours(),
    month: `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`,
  }
}
