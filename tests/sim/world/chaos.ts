/** What fails in a world, when, and for how long. */
import { HOUR, MINUTE, type Millis } from '../../../src/core/units.ts'
import { flip } from './disk.ts'
import type { Fate } from './fate.ts'
import type { KeeperMachine, World } from './world.ts'

/** Keepers that may be lost for good: with what else happens, enough shards of every pack stay. */
const MOST_GONE = 1
/** What a line takes when all is well. */
const USUAL_MS = 40

export class Chaos {
  /** What it did, by kind. */
  readonly faults: Record<string, number> = {}
  /** Keepers that never come back. */
  readonly gone = new Set<KeeperMachine>()
  readonly #world: World
  readonly #fate: Fate
  readonly #copies: string[] = []
  /** The one keeper whose disk may fail it, so that what is promised can be kept. */
  readonly #weak: KeeperMachine
  #isHealing = false
  /** Faults that end by themselves. */
  readonly #underWay = new Set<Promise<void>>()

  constructor(world: World) {
    this.#world = world
    this.#fate = world.fate.of('chaos')
    this.#weak = this.#fate.oneOf(world.keepers)
  }

  /** A few kinds of faults in each world, so that each gets its turn to be all there is. */
  async reign(length: Millis): Promise<void> {
    const { time } = this.#world
    const until = time.now() + length
    const chosen = this.#fate.some(Object.entries(this.#kinds), 2 + this.#fate.below(4))
    for (;;) {
      await time.sleep(this.#fate.between(length / 100, length / 10))
      if (time.now() >= until) return
      const [kind, fault] = this.#fate.oneOf(chosen)
      this.faults[kind] = (this.faults[kind] ?? 0) + 1
      const under = fault()
      if (under === undefined) continue
      this.#underWay.add(under)
      void under.finally(() => this.#underWay.delete(under))
    }
  }

  /** Nothing fails any more, and everybody who is coming back has come. */
  async heal(): Promise<void> {
    const { diary, office, network, net, keepers, machines, time } = this.#world
    diary.note('everything heals')
    this.#isHealing = true
    await Promise.all(this.#underWay)
    network.heal()
    net.breakChance = 0
    for (const machine of machines) machine.line?.cut('open')
    for (const { disk } of keepers) disk.full = false
    await office.open()
    this.startAll()
    // Sockets that nobody knows to be dead are found so, and everybody says what it has.
    await time.sleep(5 * MINUTE)
  }

  /** All but those that never come back. */
  startAll(): void {
    for (const keeper of this.#world.keepers) if (!keeper.isUp && !this.gone.has(keeper)) void keeper.start()
  }

  readonly #kinds: Readonly<Record<string, () => Promise<void> | undefined>> = {
    'keeper killed': () =>
      this.#forAWhile(
        () => this.#keeper()?.kill(this.#fate.happens(0.3)),
        () => this.startAll(),
      ),
    'keeper gone': () => {
      const keeper = this.#keeper()
      if (keeper === undefined || this.gone.size >= MOST_GONE) return undefined
      keeper.kill(true)
      this.gone.add(keeper)
      return undefined
    },
    'owner killed': () => {
      this.#fate.oneOf(this.#world.owners).kill(this.#fate.happens(0.3))
      return undefined
    },
    'partition': () => {
      const [one, other] = this.#halves()
      return this.#forAWhile(
        () => one.forEach((a) => other.forEach((b) => this.#world.network.partition(a, b))),
        () => this.#world.network.heal(),
      )
    },
    'coordinator out of reach': () => {
      const { line } = this.#fate.oneOf(this.#world.machines)
      const how = this.#fate.happens(0.5) ? 'silent' : 'refused'
      return this.#forAWhile(
        () => line?.cut(how),
        () => line?.cut('open'),
      )
    },
    'coordinator stopped': () => this.#withoutCoordinator(() => this.#world.office.stop()),
    'coordinator killed': () => this.#withoutCoordinator(() => this.#world.office.kill()),
    'older copy': () => {
      const { office } = this.#world
      if (office.now === undefined) return undefined
      if (this.#copies.length === 0) {
        this.#copies.push(office.copy())
        return undefined
      }
      return this.#withoutCoordinator(async () => {
        await office.stop()
        office.putBack(this.#fate.oneOf(this.#copies))
      })
    },
    'bit flipped': () => {
      const { disk } = this.#weak
      const keys = [...disk.shelf.shards.keys()]
      if (keys.length === 0) return undefined
      this.#weak.decayed = true
      flip(disk, this.#fate.oneOf(keys), this.#fate)
      return undefined
    },
    'evicted': () => {
      const { shards } = this.#weak.disk.shelf
      this.#weak.decayed = true
      const keys = [...shards.keys()]
      const count = this.#fate.oneOf([1, Math.ceil(keys.length / 2), keys.length])
      for (const key of this.#fate.some(keys, count)) shards.delete(key)
      return undefined
    },
    'disk full': () => {
      const { disk } = this.#fate.oneOf(this.#world.keepers)
      return this.#forAWhile(
        () => void (disk.full = true),
        () => void (disk.full = false),
      )
    },
    'clock put': () => {
      const machine = this.#fate.oneOf([...this.#world.machines, this.#world.office])
      machine.aheadMs = this.#fate.between(-48, 48) * HOUR
      return undefined
    },
    'links break': () =>
      this.#forAWhile(
        () => void (this.#world.net.breakChance = this.#fate.between(0.002, 0.05)),
        () => void (this.#world.net.breakChance = 0),
      ),
    'slow lines': () =>
      this.#forAWhile(
        () => void (this.#world.net.slowMs = this.#fate.between(100, 1500)),
        () => void (this.#world.net.slowMs = USUAL_MS),
      ),
    'requests lost': () =>
      this.#forAWhile(
        () => void (this.#world.lossChance = this.#fate.between(0.02, 0.3)),
        () => void (this.#world.lossChance = 0),
      ),
  }

  #keeper(): KeeperMachine | undefined {
    const up = this.#world.keepers.filter(({ isUp }) => isUp)
    return up.length === 0 ? undefined : this.#fate.oneOf(up)
  }

  #halves() {
    const all = this.#world.machines.map(({ identity }) => identity.device)
    const one = this.#fate.some(all, 1 + this.#fate.below(all.length - 1))
    return [one, all.filter((device) => !one.includes(device))] as const
  }

  /** A fault that ends by itself, at the latest when everything heals. */
  async #forAWhile(begin: () => unknown, end: () => unknown): Promise<void> {
    const { time } = this.#world
    await begin()
    const isShort = this.#fate.happens(0.6)
    const until = time.now() + (isShort ? this.#fate.between(1000, MINUTE) : this.#fate.between(1, 15) * MINUTE)
    while (time.now() < until && !this.#isHealing) await time.sleep(Math.min(20_000, until - time.now()))
    await end()
  }

  async #withoutCoordinator(end: () => unknown): Promise<void> {
    const { office } = this.#world
    if (office.now === undefined) return
    await this.#forAWhile(end, () => undefined)
    await office.open()
  }
}
