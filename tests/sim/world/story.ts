/** What happens in a world of a seed: people back up while everything else fails, then it heals, and the laws are looked at. */
import { codeOf, KeeptabError, messageOf, type ErrorCode } from '../../../src/core/errors.ts'
import { HOUR, MINUTE, type Millis } from '../../../src/core/units.ts'
import { sourceOf } from '../network.ts'
import { flip } from './disk.ts'
import type { Fate } from './fate.ts'
import { Laws } from './laws.ts'
import type { KeeperMachine, OwnerMachine, World } from './world.ts'

export interface Told {
  readonly backups: number
  readonly promised: number
  /** What chaos did, by kind. */
  readonly faults: Readonly<Record<string, number>>
}

/** What a backup may say while things fail. */
const excused: readonly ErrorCode[] = ['not-enough-keepers', 'coordinator-unreachable', 'too-few-shards', 'timeout']
/** Keepers that may be lost for good: with what else happens, three of six shards stay. */
const MOST_GONE = 1

export const tell = (world: World): Promise<Told> => new Story(world).run()

class Story {
  readonly #world: World
  readonly #laws: Laws
  readonly #fate: Fate
  readonly #faults: Record<string, number> = {}
  readonly #gone = new Set<KeeperMachine>()
  readonly #copies: string[] = []
  /** Keepers whose disks may fail them: one, so that what is promised can be kept. */
  #weak: KeeperMachine | undefined
  #backups = 0
  #isHealing = false
  /** Faults that end by themselves. */
  readonly #underWay = new Set<Promise<void>>()

  constructor(world: World) {
    this.#world = world
    this.#laws = new Laws(world)
    this.#fate = world.fate.of('story')
  }

  async run(): Promise<Told> {
    const fate = this.#fate
    const { time, office, keepers } = this.#world
    await office.open()
    for (let count = 7 + fate.below(2); count > 0; count -= 1) await this.#world.addKeeper()
    for (const machine of keepers) machine.aheadMs = fate.happens(0.3) ? fate.between(-48, 48) * HOUR : 0
    await Promise.all(keepers.map((keeper) => keeper.start()))
    this.#weak = fate.oneOf(keepers)
    const first = await this.#world.addOwner()
    if (fate.happens(0.3)) await this.#world.addOwner(fate.happens(0.6) ? first.root : undefined)
    const people = [...this.#world.owners]
    for (const owner of people) owner.aheadMs = fate.happens(0.2) ? fate.between(-48, 48) * HOUR : 0

    const length = fate.between(4, 20) * MINUTE
    time.grainMs = fate.oneOf([0, 5000, 20_000, MINUTE])
    await Promise.all([...people.map((owner) => this.#person(owner, length)), this.#chaos(length)])
    await this.#heal()
    for (const owner of people) await this.#settles(owner)
    for (const owner of people) await this.#laws.restoredFromWords(owner, 'After everything has healed')
    await this.#laws.honestStand()
    this.#laws.nothingWentWrong()
    return { backups: this.#backups, promised: this.#laws.promised.length, faults: this.#faults }
  }

  // ---- people

  async #person(owner: OwnerMachine, length: Millis): Promise<void> {
    const { time } = this.#world
    const fate = owner.fate.of('person')
    const until = time.now() + length
    await time.sleep(fate.between(0, 2 * MINUTE))
    while (time.now() < until) {
      await this.#backUp(owner, fate)
      await time.sleep(fate.between(10_000, 5 * MINUTE))
    }
  }

  /** @returns whether it came to its end */
  async #backUp(owner: OwnerMachine, fate: Fate): Promise<boolean> {
    const { diary } = this.#world
    const files = this.#change(owner, fate)
    this.#laws.attempts.push({ owner, files })
    this.#backups += 1
    try {
      const result = await this.#world.backUp(owner, sourceOf('home', files))
      if (result === 'killed') return false
      diary.note(`${owner.name} is ${result.state} ${result.snapshot.slice(0, 6)}`)
      if (result.state === 'safe') this.#laws.promise(owner, result.snapshot, files)
      return result.state === 'safe'
    } catch (thrown) {
      owner.kill()
      diary.note(`${owner.name} does not come to the end of a backup: ${codeOf(thrown)}`)
      if (!excused.includes(codeOf(thrown))) this.#laws.broken(`A backup ends with ${codeOf(thrown)}: ${said(thrown)}`)
      return false
    }
  }

  readonly #files = new Map<OwnerMachine, Record<string, Uint8Array<ArrayBuffer>>>()

  #change(owner: OwnerMachine, fate: Fate) {
    const files = { ...this.#files.get(owner) }
    for (let changes = fate.below(3) + (Object.keys(files).length === 0 ? 1 : 0); changes > 0; changes -= 1) {
      files[fate.oneOf(['a', 'b', 'photos/c', 'photos/d', 'photos/old/e'])] = fate.bytes(1 + fate.below(2000))
    }
    const names = Object.keys(files)
    if (names.length > 1 && fate.happens(0.2)) Reflect.deleteProperty(files, fate.oneOf(names))
    this.#files.set(owner, files)
    return files
  }

  /** Everything is well again, so a backup has to come to its end. */
  async #settles(owner: OwnerMachine): Promise<void> {
    const { time } = this.#world
    const until = time.now() + HOUR
    while (time.now() < until) {
      if (await this.#backUp(owner, owner.fate.of('settling'))) return
      await time.sleep(MINUTE)
    }
    this.#laws.broken(`${owner.name} cannot back up although everything is well.`)
  }

  // ---- what fails

  async #chaos(length: Millis): Promise<void> {
    const { time } = this.#world
    const until = time.now() + length
    const kinds = Object.entries(this.#kinds)
    // A few kinds in each world, so that each gets its turn to be all there is.
    const chosen = this.#fate.some(kinds, 2 + this.#fate.below(4))
    for (;;) {
      await time.sleep(this.#fate.between(2000, 90_000))
      if (time.now() >= until) return
      const [kind, fault] = this.#fate.oneOf(chosen)
      this.#faults[kind] = (this.#faults[kind] ?? 0) + 1
      const under = fault()
      if (under === undefined) continue
      this.#underWay.add(under)
      void under.finally(() => this.#underWay.delete(under))
    }
  }

  readonly #kinds: Readonly<Record<string, () => Promise<void> | undefined>> = {
    'keeper killed': () =>
      this.#forAWhile(
        () => this.#keeper()?.kill(this.#fate.happens(0.3)),
        () => this.#startAll(),
      ),
    'keeper gone': () => {
      if (this.#gone.size >= MOST_GONE) return
      const keeper = this.#keeper()
      if (keeper === undefined) return
      keeper.kill(true)
      this.#gone.add(keeper)
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
      const machine = this.#fate.oneOf(this.#world.machines)
      const how = this.#fate.happens(0.5) ? 'silent' : 'refused'
      const { line } = machine
      return this.#forAWhile(
        () => line?.cut(how),
        () => line?.cut('open'),
      )
    },
    'coordinator stopped': () => this.#coordinatorAway(() => this.#world.office.stop()),
    'coordinator killed': () => this.#coordinatorAway(() => this.#world.office.kill()),
    'older copy': () => {
      const { office } = this.#world
      if (office.now === undefined) return
      if (this.#copies.length === 0) return void this.#copies.push(office.copy())
      return this.#coordinatorAway(async () => {
        await office.stop()
        office.putBack(this.#fate.oneOf(this.#copies))
      })
    },
    'bit flipped': () => {
      const disk = this.#weak?.disk
      const keys = [...(disk?.shelf.shards.keys() ?? [])]
      if (this.#weak === undefined || disk === undefined || keys.length === 0) return
      this.#weak.decayed = true
      flip(disk, this.#fate.oneOf(keys), this.#fate)
      return undefined
    },
    'evicted': () => {
      const shelf = this.#weak?.disk.shelf
      if (this.#weak === undefined || shelf === undefined) return
      this.#weak.decayed = true
      const keys = [...shelf.shards.keys()]
      const count = this.#fate.oneOf([1, Math.ceil(keys.length / 2), keys.length])
      for (const key of this.#fate.some(keys, count)) shelf.shards.delete(key)
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
        () => void (this.#world.net.slowMs = 40),
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
    begin()
    const { time } = this.#world
    const until =
      time.now() + (this.#fate.happens(0.6) ? this.#fate.between(1000, MINUTE) : this.#fate.between(1, 15) * MINUTE)
    while (time.now() < until && !this.#isHealing) await time.sleep(Math.min(20_000, until - time.now()))
    await end()
  }

  async #coordinatorAway(end: () => unknown): Promise<void> {
    const { office } = this.#world
    if (office.now === undefined) return
    await this.#forAWhile(end, () => undefined)
    await office.open()
  }

  async #startAll(): Promise<void> {
    const down = this.#world.keepers.filter((keeper) => !keeper.isUp && !this.#gone.has(keeper))
    for (const keeper of down) void keeper.start()
    return Promise.resolve()
  }

  /** Nothing fails any more, and everybody who is coming back has come. */
  async #heal(): Promise<void> {
    const { diary, office, network, net, keepers, time } = this.#world
    diary.note('everything heals')
    this.#isHealing = true
    await Promise.all(this.#underWay)
    network.heal()
    net.breakChance = 0
    for (const machine of this.#world.machines) machine.line?.cut('open')
    for (const { disk } of keepers) disk.full = false
    await office.open()
    await this.#startAll()
    // Sockets that nobody knows to be dead are found so, and everybody says what it has.
    await time.sleep(5 * MINUTE)
  }
}

const said = (thrown: unknown): string =>
  thrown instanceof KeeptabError ? `${messageOf(thrown)} ${thrown.stack ?? ''}` : messageOf(thrown)
