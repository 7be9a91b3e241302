/** What must hold in every world, whatever happened in it. */
import type { OwnerContext } from '../../../src/backup/owner-context.ts'
import { deviceOfWords } from '../../../src/backup/epoch.ts'
import { restore } from '../../../src/backup/restore.ts'
import { listSnapshots } from '../../../src/backup/snapshots.ts'
import { equal } from '../../../src/core/bytes.ts'
import { codeOf, messageOf } from '../../../src/core/errors.ts'
import type { PackId, SnapshotId } from '../../../src/core/ids.ts'
import { DAY, MINUTE, type Millis } from '../../../src/core/units.ts'
import { redundancyOf } from '../../../src/durability/redundancy.ts'
import { isOut } from '../../../src/durability/reputation.ts'
import type { Head } from '../../../src/protocol/records.ts'
import { parseManifest } from '../../../src/snapshot/manifest.ts'
import type { RememberedManifest } from '../../../src/store/owner-state.ts'
import { memoryTarget } from '../network.ts'
import { OwnerMachine, Violation, type Files, type KeeperMachine, type World } from './world.ts'

/** A snapshot that a person was told is safe. */
export interface Promised {
  readonly snapshot: SnapshotId
  readonly owner: OwnerMachine
  readonly files: Files
  removedAt?: Millis
}

/** Each is to be put to the test somewhere in the worlds of a test run: one that never is holds of nothing. */
export const LAWS = [
  'what was promised comes back',
  'no wrong byte comes back',
  'a head names what is placed',
  'nothing that is needed goes',
  'who has kept everything stands, asked for a leaf',
  'who has kept everything stands, read by a stranger',
  'what can be is repaired',
  'nothing is made in vain',
  'each shard given up moves once',
  'a backup ends when all is well',
  'what is kept is not sent again',
  'a removed device is refused',
  'a removed device reads nothing newer',
  'nothing that is needed stays condemned',
] as const
export type Law = (typeof LAWS)[number]

/** Of the smallest code: no world here has 15 keepers that run. */
const K = 2
const REMOVED_FOR_MS = 30 * DAY
const MOST_PACKS = 1000
/** A restore may be tried for so long after everything has healed: keepers have to come back and to say what they hold. */
const SETTLING_MS = 60 * MINUTE

/** Places by pack in which its shards had ever lain. */
type Placed = ReadonlyMap<PackId, readonly string[]>

export class Laws {
  readonly promised: Promised[] = []
  /** Of every attempt, also of those whose end nobody heard. */
  readonly attempts: { readonly owner: OwnerMachine; readonly files: Files }[] = []
  /** How often each could have been broken. */
  readonly tested: Partial<Record<Law, number>> = {}
  readonly #world: World
  /** What each snapshot needs, by the newest list of it. */
  readonly #needed = new Map<SnapshotId, ReadonlySet<PackId>>()
  /** The newest head of each machine, and what had come to which places when it was taken. */
  readonly #taken = new Map<OwnerMachine, { readonly head: Head; readonly placed: Placed }>()

  constructor(world: World) {
    this.#world = world
    world.onHead = (machine, head) => this.#headIsTaken(machine, head)
    world.onRemove = (keeper, pack, index) => this.#nothingNeededGoes(keeper, pack, index)
  }

  test(law: Law): void {
    this.tested[law] = (this.tested[law] ?? 0) + 1
  }

  broken(what: string): void {
    this.#world.broken(new Violation(what))
  }

  promise(owner: OwnerMachine, snapshot: SnapshotId, files: Files): void {
    if (this.promised.some((one) => one.snapshot === snapshot)) return
    this.promised.push({ owner, snapshot, files })
  }

  remove(promised: Promised): void {
    promised.removedAt = this.#world.time.now()
  }

  /** From now on nobody backs up: a shard is made again only where it is missing. */
  nothingIsMadeInVain(): void {
    const world = this.#world
    world.onPut = (keeper, pack, index) => {
      this.test('nothing is made in vain')
      const there = world.sound(world.keepers.filter((one) => one !== keeper && one.isUp && !one.decayed)).get(pack)
      if (there !== undefined && there.has(index) && there.size > this.#repairAt) {
        this.broken(`${keeper.name} is given ${pack.slice(0, 6)} ${index}, which is not missing.`)
      }
    }
  }

  #headIsTaken(machine: unknown, head: Head): void {
    const { placed, diary } = this.#world
    diary.note(`head ${head.sequence} of ${head.device.slice(0, 6)} is taken`)
    if (!(machine instanceof OwnerMachine)) return
    this.#look()
    this.#taken.set(machine, { head, placed: new Map([...placed].map(([pack, places]) => [pack, [...places]])) })
  }

  /** What heads name is known once their machine remembers it: that comes after them. */
  #look(): void {
    for (const [machine, { head, placed }] of this.#taken) {
      const { manifest } = machine
      if (manifest?.packs.join() !== head.manifest.join()) continue
      this.#taken.delete(machine)
      this.#headNamesWhatIsPlaced(manifest, placed)
    }
  }

  /** Order of writes: a head names no pack whose shards have not come to as many keepers as make it safe. */
  #headNamesWhatIsPlaced(manifest: RememberedManifest, placed: Placed): void {
    const { snapshot, packs: ofSnapshot } = parseManifest(manifest.bytes)
    const packs = new Set([...manifest.packs, ...ofSnapshot])
    this.#needed.set(snapshot, packs)
    for (const pack of packs) {
      this.test('a head names what is placed')
      const places = (placed.get(pack) ?? []).map((place) => place.split(' '))
      const [indices, devices] = [0, 1].map((part) => new Set(places.map((place) => place[part])).size)
      const least = Math.min(indices ?? 0, devices ?? 0)
      if (least < this.#happy) this.broken(`A head names pack ${pack.slice(0, 6)}, which came to ${least} places only.`)
    }
  }

  readonly #happy = redundancyOf(K, 6)?.happy ?? 0
  readonly #repairAt = redundancyOf(K, 6)?.repairAt ?? 0

  /** A promised snapshot that needs this pack and that somebody can still bring back. */
  #needing(pack: PackId): Promised | undefined {
    this.#look()
    const now = this.#world.time.now()
    return this.promised.find(
      ({ snapshot, removedAt = Infinity }) =>
        this.#needed.get(snapshot)?.has(pack) === true && removedAt + REMOVED_FOR_MS > now,
    )
  }

  /** No keeper drops what a snapshot needs that somebody can still bring back. */
  #nothingNeededGoes(keeper: KeeperMachine, pack: PackId, index: number): void {
    const { keepers } = this.#world
    const needing = this.#needing(pack)
    if (needing === undefined) return
    this.test('nothing that is needed goes')
    const elsewhere = this.#world.sound(keepers.filter((one) => one !== keeper)).get(pack)
    if (elsewhere?.has(index) === true) return
    this.broken(`${keeper.name} removes ${pack.slice(0, 6)} ${index}, which ${needing.snapshot.slice(0, 6)} needs.`)
  }

  /** On a new device, with nothing but the words: whatever was promised comes back as it was, and nothing else does. */
  async restoredFromWords(owner: OwnerMachine): Promise<void> {
    const world = this.#world
    const due = this.promised.filter(
      (one) => equal(one.owner.root, owner.root) && one.removedAt === undefined && this.#isThere(one),
    )
    const until = world.time.now() + SETTLING_MS
    let open = due
    for (;;) {
      const guest = await world.addOwner(owner.root)
      const failed: string[] = []
      const done = await guest.run(async (provisional) => {
        const { coordinator } = provisional
        const identity = await deviceOfWords(owner.root, guest.deviceSeed, guest.clock.now(), () => coordinator)
        const context = { ...provisional, identity }
        const left: Promised[] = []
        const listed = await listSnapshots(context).catch((thrown: unknown) => {
          failed.push(`list: ${messageOf(thrown)}`)
          return []
        })
        for (const one of open) {
          if (!listed.some(({ id }) => id === one.snapshot)) {
            failed.push(`${one.snapshot.slice(0, 6)} is not listed`)
            left.push(one)
          } else if (!(await this.#isBack(context, one.snapshot, one.files, failed))) left.push(one)
        }
        // One that nobody was told of is whole, too, or is not to be had.
        for (const { id } of listed) {
          if (this.promised.some(({ snapshot }) => snapshot === id)) continue
          await this.#isBack(context, id, undefined, [])
        }
        return left
      })
      if (done === 'killed') throw new Error('Nobody kills a restore here.')
      open = done.filter((one) => this.#isThere(one))
      if (open.length === 0) return
      if (world.time.now() > until) {
        for (const one of open) this.broken(`${one.snapshot.slice(0, 6)} does not come back: ${failed.join('; ')}`)
        return
      }
      await world.time.sleep(MINUTE)
    }
  }

  /** Whether k sound shards of each pack that it needs lie with keepers that run. */
  #isThere({ snapshot }: Promised): boolean {
    const sound = this.#world.sound(this.#world.keepers.filter(({ isUp }) => isUp))
    this.#look()
    return [...(this.#needed.get(snapshot) ?? [])].every((pack) => (sound.get(pack)?.size ?? 0) >= K)
  }

  /** @param files what must be in it; of one that nobody was told of any attempt's */
  async #isBack(context: OwnerContext, id: SnapshotId, files: Files | undefined, failed: string[]): Promise<boolean> {
    const { target, files: found } = memoryTarget()
    try {
      const { missing } = await restore(context, id, undefined, target, {})
      const those = files === undefined ? this.attempts.map((one) => one.files) : [files]
      if (found.size > 0) this.test('no wrong byte comes back')
      const wrong = [...found].filter(([path, bytes]) => {
        const wanted = those.map((one) => one[path.slice('home/'.length)])
        return !wanted.some((one) => one !== undefined && equal(one, bytes))
      })
      for (const [path] of wrong) this.broken(`Wrong bytes come back as ${path}.`)
      if (files === undefined) return true
      const isWhole = missing.length === 0 && found.size === Object.keys(files).length
      if (isWhole) this.test('what was promised comes back')
      if (!isWhole) failed.push(`${missing.length} missing, ${found.size} of ${Object.keys(files).length}`)
      return isWhole
    } catch (thrown) {
      failed.push(`${id.slice(0, 6)}: ${messageOf(thrown)}`)
      if (codeOf(thrown) === 'internal') this.#world.broken(thrown)
      return false
    }
  }

  /** Of every pack that can be repaired more shards than the threshold are with keepers that run. */
  everythingIsRepaired(): void {
    const { keepers } = this.#world
    for (const [pack, indices] of this.#world.sound(keepers.filter(({ isUp }) => isUp))) {
      if (indices.size < K) continue
      this.test('what can be is repaired')
      if (indices.size <= this.#repairAt)
        this.broken(`Nobody has repaired ${pack.slice(0, 6)}: ${indices.size} of its shards are there.`)
    }
  }

  /** After somebody has condemned everything: no keeper is going to be told to drop what a promised snapshot needs. */
  async nothingNeededIsCondemned(owner: OwnerMachine): Promise<void> {
    const { account } = owner.identity
    const condemned = await this.#world.office.look(({ condemnations }) =>
      condemnations.ofOwner(account, '', MOST_PACKS),
    )
    this.test('nothing that is needed stays condemned')
    for (const { pack } of condemned) {
      const needing = this.#needing(pack)
      if (needing !== undefined && needing.removedAt === undefined)
        this.broken(`${pack.slice(0, 6)} is condemned, which ${needing.snapshot.slice(0, 6)} needs.`)
    }
  }

  /** Nobody whose disk has kept everything is suspended or out, whatever the lines and the coordinator did. */
  async honestStand(): Promise<void> {
    const { office, keepers, time } = this.#world
    const known = await office.look(({ reputations }) => reputations.all())
    const days = await office.look(({ tallies }) => tallies.from(0))
    const reads = days.reduce((sum, { tally }) => sum + (tally.served ?? 0), 0)
    for (const { identity, name, decayed } of keepers) {
      const reputation = known.get(identity.device)
      if (reputation === undefined || decayed) continue
      if (reputation.passed > 0) this.test('who has kept everything stands, asked for a leaf')
      if (reads > 0) this.test('who has kept everything stands, read by a stranger')
      if (reputation.barred !== undefined || isOut(reputation, time.now() + office.aheadMs)) {
        this.broken(`${name}, whose disk has kept everything, is ${reputation.barred?.state ?? 'out'}.`)
      }
    }
  }

  nothingWentWrong(): void {
    for (const line of this.#world.office.errors) this.broken(`The coordinator logs ${line.trim()}`)
  }
}
