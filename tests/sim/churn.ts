/**
 * A network of keepers that come, go and die, by the rules alone: no protocol, no bytes, so that thousands of pack-years
 * take seconds. What the coordinator believes (who counts as gone) and what is true (which shards are still there) are
 * kept apart: repair follows the first, loss the second.
 */
import type { AccountId, DeviceId } from '../../src/core/ids.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../src/core/units.ts'
import { bits, type WeekHours } from '../../src/core/week-hours.ts'
import { evenedOut, fillsBest, hoursThere, type TimedPlace } from '../../src/durability/even-hours.ts'
import { capsOf } from '../../src/durability/failure-domains.ts'
import { MEAN_SPELL, TRANSFER, YEAR, type GroupCode } from '../../src/durability/forecast.ts'
import { measuredChurn, recentChurn, sumOf, type ChurnTally } from '../../src/durability/churn.ts'
import { stayWeight } from '../../src/durability/presence.ts'
import { ownersRepairAt } from '../../src/durability/redundancy.ts'
import type { MeasuredChurn } from '../../src/durability/outlook.ts'
import { EventQueue } from './event-queue.ts'
import type { Chance } from '../e2e/chance.ts'

/** Of the absences that are long (durability.md: 8 %, 48 hours on the average). */
const LONG_SHARE = 0.08
const LONG_ABSENCE: Millis = 48 * HOUR
/** Long absences make up at most this much of the time away, so that short ones remain. */
const MOST_LONG = 0.64
/** A restore is tried this often, each time of one pack. */
const RESTORE_EVERY: Millis = 6 * HOUR
const LONGEST_RESTORE: Millis = 30 * DAY
/** Keepers drawn at a time when a shard looks for a place. */
const DRAWN = 8
/** Share of the days on which a keeper that has stated hours is there in them. */
const SHOWS = 0.9
/** Its absence is counted in its own hours, and a week longer than others' at most (`presence.ts`). */
const MOST_LONGER: Millis = 7 * DAY
/** An owner that is there looks after its packs so soon, as its page does behind the backup of each hour. */
const OWNER_LOOKS: Millis = HOUR

export interface ChurnOptions {
  readonly peers: number
  readonly years: number
  readonly packs: number
  readonly code: GroupCode
  readonly repair: boolean
  /** Share of the time that a keeper is online, in (0, 1). */
  readonly availability: number
  /**
   * Keepers are there for so many hours of the day instead, in (0, 24), each at hours of its own that it has stated; groups
   * are evened out by them. Left out: at any time.
   */
  readonly hours?: number | undefined
  /** Mean time until a keeper is gone for good; another one joins then. */
  readonly lifetime: Millis
  /** `alike`: exponential for all. `mixed`: of those who join four in five stay a quarter of `lifetime` and one four times. */
  readonly lifetimes: 'alike' | 'mixed'
  /** `short`: exponential. `tailed`: some of them days long. */
  readonly absences: 'short' | 'tailed'
  readonly grace: Millis
  /** Those who have been here longer are given shards more often, as `stayWeight` says. */
  readonly preferLasting: boolean
  /**
   * Share of the packs whose owner still has what it has backed up, and makes missing shards out of that; 0 when left out.
   * Its machine is on as keepers are, or so many hours of each day, the same ones.
   */
  readonly owners?: number
  readonly ownerHours?: number | undefined
}

export interface ChurnResult {
  readonly packYears: number
  readonly packsLost: number
  /** Share of the keepers of the beginning that are gone for good at the end. */
  readonly replaced: number
  /** Fewest distinct shards that any pack was down to. */
  readonly fewestShards: number
  readonly repairs: number
  /** Of them by the owner. */
  readonly ownRepairs: number
  /** Shard bytes moved by repairs for each stored byte in 30 days. */
  readonly trafficPerByteMonth: number
  /** Share of the tries that met k distinct shards at once, within 8 hours, 24 hours and 30 days. */
  readonly restoreNow: number
  readonly restore8h: number
  readonly restore24h: number
  readonly restore30d: number
}

interface Peer {
  readonly joinedAt: Millis
  /** Mean. */
  readonly lifetime: Millis
  alive: boolean
  online: boolean
  /** The coordinator counts it as gone. */
  gone: boolean
  givenUpAt: Millis
  /** Grows with each coming and going: an event of before is void. */
  spell: number
  readonly holds: Set<Holding>
  /** The hour at which its day begins, and what placement knows of it; `undefined` where hours are not stated. */
  readonly shift: { readonly first: number; readonly place: Shift } | undefined
}

interface Shift extends TimedPlace {
  readonly of: () => Peer
}

interface Holding {
  readonly pack: Pack
  readonly index: number
  readonly peer: Peer
}

interface Pack {
  /** By index: how many holders there are, in truth and in the eyes of the coordinator. */
  live: Uint8Array
  counted: Uint8Array
  liveIndices: number
  countedIndices: number
  repairing: boolean
  readonly watchers: Set<Watcher>
  readonly holders: Set<Holding>
  /** Whether its owner is there; `undefined` when it has none any more that could make shards. */
  ownerIsHere: boolean | undefined
}

/** Meets shards of a pack as their keepers come online. */
interface Watcher {
  readonly met: Set<number>
  readonly onEnough: () => void
}

/** What a coordinator could say at the end of a day. */
export interface Observed {
  readonly day: number
  /** By pack: distinct shards that count. */
  readonly counted: readonly number[]
  /** By pack: how often it was lost until now, and another one put into its place. */
  readonly lost: readonly number[]
  readonly measured: MeasuredChurn
  /** The same of the newest days (`recentChurn`). */
  readonly recent: MeasuredChurn
}

/** @param onDay is told of the end of every day */
export function simulateChurn(
  options: ChurnOptions,
  chance: Chance,
  onDay?: (observed: Observed) => void,
): ChurnResult {
  return new ChurningNetwork(options, chance, onDay).run()
}

class ChurningNetwork {
  readonly #options: ChurnOptions
  readonly #chance: Chance
  readonly #queue = new EventQueue()
  readonly #peers: Peer[] = []
  readonly #packs: Pack[] = []
  #fewest: number
  readonly #lost: number[]
  #firstGone = 0
  #repairs = 0
  #ownRepairs = 0
  #moved = 0
  readonly #tries: Millis[] = []
  readonly #onDay: ((observed: Observed) => void) | undefined
  #gone = 0
  #returned = 0
  #awayFor: Millis = 0
  #names = 0
  /** What was measured on each of them. */
  readonly #days: ChurnTally[] = []

  constructor(options: ChurnOptions, chance: Chance, onDay?: (observed: Observed) => void) {
    this.#options = options
    this.#chance = chance
    this.#onDay = onDay
    this.#fewest = options.code.n
    this.#lost = Array.from({ length: options.packs }, () => 0)
  }

  run(): ChurnResult {
    const { peers, packs, years, code } = this.#options
    for (let i = 0; i < peers; i += 1) this.#join()
    for (let i = 0; i < packs; i += 1) this.#packs.push(this.#newPack())
    this.#queue.at(RESTORE_EVERY, () => this.#tryRestore())
    if (this.#onDay !== undefined) this.#queue.at(DAY, () => this.#observe(1))
    this.#queue.runUntil(years * YEAR)
    const packYears = packs * years
    const within = (wait: Millis) => this.#tries.filter((took) => took <= wait).length / this.#tries.length
    return {
      packYears,
      packsLost: this.#lost.reduce((all, times) => all + times, 0),
      replaced: this.#firstGone / peers,
      fewestShards: this.#fewest,
      repairs: this.#repairs,
      ownRepairs: this.#ownRepairs,
      trafficPerByteMonth: this.#moved / code.k / (packYears * (YEAR / (30 * DAY))),
      restoreNow: within(0),
      restore8h: within(8 * HOUR),
      restore24h: within(24 * HOUR),
      restore30d: within(LONGEST_RESTORE),
    }
  }

  /** How long an absence lasts until its keeper counts as gone. */
  get #grace(): Millis {
    const { grace, hours } = this.#options
    return hours === undefined ? grace : Math.min((grace * 24) / hours, grace + MOST_LONGER)
  }

  #observe(day: number): void {
    const { availability, grace } = this.#options
    const keeping = this.#peers.filter(({ gone }) => !gone).map(({ holds }) => holds.size * (DAY / MINUTE))
    const watched = keeping.reduce((sum, minutes) => sum + minutes, 0)
    const squares = keeping.reduce((sum, minutes) => sum + minutes ** 2 / (DAY / MINUTE), 0)
    this.#days.push({
      watched,
      squares,
      online: availability * watched,
      grace: (grace / HOUR) * watched,
      gone: this.#gone,
      returned: this.#returned,
      returnedAfter: this.#awayFor / MINUTE,
    })
    ;[this.#gone, this.#returned, this.#awayFor] = [0, 0, 0]
    const [measured, recent] = [measuredChurn(sumOf(this.#days)), recentChurn(this.#days)]
    if (measured !== undefined && recent !== undefined) {
      const counted = this.#packs.map(({ countedIndices }) => countedIndices)
      this.#onDay?.({ day, counted, lost: [...this.#lost], measured, recent })
    }
    this.#queue.at((day + 1) * DAY, () => this.#observe(day + 1))
  }

  // ---- coming and going

  #join(): void {
    const { availability, lifetime, lifetimes } = this.#options
    const shift = this.#options.hours === undefined ? undefined : this.#newShift(this.#options.hours, () => peer)
    const peer: Peer = {
      joinedAt: this.#queue.now,
      lifetime: lifetimes === 'alike' ? lifetime : lifetime * (this.#chance.next() < 0.8 ? 0.25 : 4),
      alive: true,
      online: shift === undefined && this.#chance.next() < availability,
      gone: false,
      givenUpAt: 0,
      spell: 0,
      holds: new Set(),
      shift,
    }
    this.#peers.push(peer)
    if (shift !== undefined) this.#nextShift(peer, shift.first)
    else if (peer.online) this.#leaveLater(peer)
    else this.#stayAway(peer)
  }

  #newShift(hours: number, of: () => Peer): Peer['shift'] {
    const first = Math.floor(this.#chance.next() * 24)
    this.#names += 1
    const name = String(this.#names)
    const place = {
      keeper: name as DeviceId,
      account: name as AccountId,
      block: name,
      network: name,
      platform: NO_PLATFORM,
      operator: name,
      there: hoursThere(dailyFrom(first, hours), (SHOWS * hours) / 24),
      of,
    }
    return { first, place }
  }

  #nextShift(peer: Peer, first: number): void {
    const { now } = this.#queue
    let at = Math.floor(now / DAY) * DAY + first * HOUR
    if (at <= now) at += DAY
    this.#queue.at(at, () => {
      if (!peer.alive) return
      if (this.#chance.next() < SHOWS) this.#comeBack(peer)
      else this.#nextShift(peer, first)
    })
  }

  /** Whoever leaves for good was last seen when it left, so lives end online: at a rate that makes their mean `lifetime`. */
  #leaveLater(peer: Peer): void {
    const { availability, hours } = this.#options
    const share = hours === undefined ? availability : (SHOWS * hours) / 24
    const rest = this.#exponential(peer.lifetime * share)
    this.#duringSpell(peer, rest, () => this.#die(peer))
    this.#duringSpell(peer, hours === undefined ? this.#exponential(MEAN_SPELL) : hours * HOUR, () => {
      peer.online = false
      peer.spell += 1
      if (peer.shift === undefined) this.#stayAway(peer)
      else {
        this.#duringSpell(peer, this.#grace, () => this.#giveUp(peer))
        this.#nextShift(peer, peer.shift.first)
      }
    })
  }

  #stayAway(peer: Peer): void {
    const away = this.#absence()
    if (away > this.#options.grace) this.#duringSpell(peer, this.#options.grace, () => this.#giveUp(peer))
    this.#duringSpell(peer, away, () => this.#comeBack(peer))
  }

  #comeBack(peer: Peer): void {
    peer.online = true
    peer.spell += 1
    if (peer.gone) {
      peer.gone = false
      this.#returned += peer.holds.size
      this.#awayFor += peer.holds.size * (this.#queue.now - peer.givenUpAt)
      for (const { pack, index } of peer.holds) {
        pack.counted[index] = (pack.counted[index] ?? 0) + 1
        if (pack.counted[index] === 1) pack.countedIndices += 1
      }
    }
    for (const { pack, index } of peer.holds) for (const watcher of pack.watchers) this.#meet(pack, watcher, index)
    this.#leaveLater(peer)
  }

  #die(peer: Peer): void {
    if (peer.joinedAt === 0) this.#firstGone += 1
    peer.alive = false
    peer.online = false
    peer.spell += 1
    this.#queue.at(this.#queue.now + this.#grace, () => this.#giveUp(peer))
    for (const { pack, index } of peer.holds) {
      pack.live[index] = (pack.live[index] ?? 0) - 1
      if (pack.live[index] === 0) this.#lose(pack)
    }
    this.#peers[this.#peers.indexOf(peer)] = this.#peers.at(-1) ?? peer
    this.#peers.pop()
    this.#join()
  }

  #lose(pack: Pack): void {
    pack.liveIndices -= 1
    this.#fewest = Math.min(this.#fewest, pack.liveIndices)
    if (pack.liveIndices >= this.#options.code.k) return
    const place = this.#packs.indexOf(pack)
    this.#lost[place] = (this.#lost[place] ?? 0) + 1
    for (const holding of pack.holders) holding.peer.holds.delete(holding)
    pack.watchers.clear()
    pack.repairing = true
    // Where nothing is repaired it stays lost; else another one takes its place, so that losses have a rate.
    if (this.#options.repair) this.#packs[place] = this.#newPack()
  }

  // ---- owners

  #newPack(): Pack {
    const { code, owners = 0, ownerHours } = this.#options
    const pack = this.#fill(emptyPack(code.n))
    if (owners === 0 || this.#chance.next() >= owners) return pack
    pack.ownerIsHere = false
    const first = this.#chance.next() * (ownerHours === undefined ? MEAN_SPELL : DAY)
    this.#queue.at(this.#queue.now + first, () => this.#ownerComes(pack))
    return pack
  }

  #ownerComes(pack: Pack): void {
    const { ownerHours } = this.#options
    const stays = ownerHours === undefined ? this.#exponential(MEAN_SPELL) : ownerHours * HOUR
    const away = ownerHours === undefined ? this.#absence() : DAY - stays
    pack.ownerIsHere = true
    this.#look(pack)
    this.#queue.at(this.#queue.now + stays, () => {
      pack.ownerIsHere = false
      this.#queue.at(this.#queue.now + away, () => this.#ownerComes(pack))
    })
  }

  /** It may be gone by the time at which it would have looked, and others may have been quicker. */
  #lookAsOwner(pack: Pack): void {
    const { code } = this.#options
    this.#queue.at(this.#queue.now + OWNER_LOOKS, () => {
      if (pack.ownerIsHere !== true || pack.repairing || pack.countedIndices > ownersRepairAt(code)) return
      this.#ownRepairs += 1
      this.#remake(pack, 0)
    })
  }

  // ---- what the coordinator does

  #giveUp(peer: Peer): void {
    peer.gone = true
    peer.givenUpAt = this.#queue.now
    this.#gone += peer.holds.size
    for (const { pack, index } of peer.holds) {
      pack.counted[index] = (pack.counted[index] ?? 0) - 1
      if (pack.counted[index] === 0) {
        pack.countedIndices -= 1
        this.#look(pack)
      }
    }
    if (!peer.alive) this.#forget(peer)
  }

  /** A dead peer that was given up changes nothing any more. */
  #forget(peer: Peer): void {
    for (const holding of peer.holds) holding.pack.holders.delete(holding)
    peer.holds.clear()
  }

  #look(pack: Pack): void {
    const { repair, code } = this.#options
    if (!repair || pack.repairing) return
    if (pack.ownerIsHere === true && pack.countedIndices <= ownersRepairAt(code)) this.#lookAsOwner(pack)
    if (pack.countedIndices > code.repairAt) return
    pack.repairing = true
    this.#gather(pack, () =>
      this.#queue.at(this.#queue.now + TRANSFER, () => {
        if (pack.liveIndices < code.k) return
        this.#remake(pack, code.k)
        pack.repairing = false
        this.#look(pack)
      }),
    )
  }

  #remake(pack: Pack, read: number): void {
    const before = pack.holders.size
    this.#fill(pack)
    this.#repairs += 1
    this.#moved += read + pack.holders.size - before
  }

  /** Puts every index that does not count at a keeper that is online and holds none of the pack. */
  #fill(pack: Pack): Pack {
    const taken = new Set([...pack.holders].map(({ peer }) => peer))
    const evened = this.#options.hours !== undefined && taken.size === 0 ? this.#evenGroup() : []
    for (let index = 0; index < this.#options.code.n; index += 1) {
      if ((pack.counted[index] ?? 0) > 0) continue
      const peer = evened[index] ?? this.#place(taken)
      if (peer === undefined) continue
      taken.add(peer)
      const holding = { pack, index, peer }
      pack.holders.add(holding)
      peer.holds.add(holding)
      pack.counted[index] = 1
      pack.countedIndices += 1
      pack.live[index] = (pack.live[index] ?? 0) + 1
      if (pack.live[index] === 1) pack.liveIndices += 1
    }
    return pack
  }

  /** A group that is new is drawn among all keepers; they are given their shards as they come, which is taken to be soon. */
  #evenGroup(): Peer[] {
    const { code } = this.#options
    const places = this.#peers.flatMap(({ shift }) => (shift === undefined ? [] : [shift.place]))
    for (let i = places.length - 1; i > 0; i -= 1) {
      const other = Math.floor(this.#chance.next() * (i + 1))
      const [one, two] = [places[i], places[other]]
      if (one !== undefined && two !== undefined) [places[i], places[other]] = [two, one]
    }
    const rules = { caps: capsOf(code), oneMachine: false }
    return evenedOut(places.slice(0, code.n), places, code.repairAt, rules).map(({ of }) => of())
  }

  #place(taken: ReadonlySet<Peer>): Peer | undefined {
    if (this.#options.hours !== undefined) return this.#placeByHours(taken)
    let best: { readonly peer: Peer; readonly key: number } | undefined
    for (let tries = 0, drawn = 0; tries < 20 * DRAWN && drawn < DRAWN; tries += 1) {
      const peer = this.#peers[Math.floor(this.#chance.next() * this.#peers.length)]
      if (peer?.online !== true || taken.has(peer)) continue
      if (!this.#options.preferLasting) return peer
      drawn += 1
      const key = Math.log(1 - this.#chance.next()) / stayWeight(this.#queue.now - peer.joinedAt)
      if (best === undefined || key > best.key) best = { peer, key }
    }
    return best?.peer
  }

  #placeByHours(taken: ReadonlySet<Peer>): Peer | undefined {
    const from = Math.floor(this.#chance.next() * this.#peers.length)
    const drawn = [...this.#peers.slice(from), ...this.#peers.slice(0, from)]
    const fitting = drawn.filter((peer) => peer.online && !taken.has(peer)).slice(0, DRAWN)
    const placesOf = (peers: Iterable<Peer>) =>
      [...peers].flatMap(({ shift }) => (shift === undefined ? [] : [shift.place]))
    const members = placesOf([...taken].filter(({ gone }) => !gone))
    return fillsBest(placesOf(fitting), members, this.#options.code.repairAt)?.of()
  }

  #gather(pack: Pack, onEnough: () => void): void {
    const watcher = { met: new Set<number>(), onEnough }
    pack.watchers.add(watcher)
    for (const { peer, index } of pack.holders) if (peer.online) this.#meet(pack, watcher, index)
  }

  #meet(pack: Pack, watcher: Watcher, index: number): void {
    watcher.met.add(index)
    if (watcher.met.size < this.#options.code.k || !pack.watchers.delete(watcher)) return
    watcher.onEnough()
  }

  #tryRestore(): void {
    const from = this.#queue.now
    const pack = this.#packs[Math.floor(this.#chance.next() * this.#packs.length)]
    const last = this.#options.years * YEAR - LONGEST_RESTORE
    if (pack !== undefined && from <= last) {
      const position = this.#tries.push(Infinity) - 1
      this.#gather(pack, () => (this.#tries[position] = this.#queue.now - from))
    }
    this.#queue.at(from + RESTORE_EVERY, () => this.#tryRestore())
  }

  // ---- chance

  #duringSpell(peer: Peer, after: Millis, run: () => void): void {
    const { spell } = peer
    this.#queue.at(this.#queue.now + after, () => {
      if (peer.alive && peer.spell === spell) run()
    })
  }

  #exponential(mean: Millis): Millis {
    return -Math.log1p(-this.#chance.next()) * mean
  }

  #absence(): Millis {
    const { availability, absences } = this.#options
    const mean = (MEAN_SPELL * (1 - availability)) / availability
    if (absences === 'short') return this.#exponential(mean)
    const long = Math.min(LONG_ABSENCE, (MOST_LONG * mean) / LONG_SHARE)
    if (this.#chance.next() < LONG_SHARE) return this.#exponential(long)
    return this.#exponential((mean - LONG_SHARE * long) / (1 - LONG_SHARE))
  }
}

/** The same hours each day, over midnight too. */
const dailyFrom = (first: number, hours: number): WeekHours =>
  Array.from({ length: 7 }, () => bits((hour) => (hour - first + 24) % 24 < hours))

const emptyPack = (n: number): Pack => ({
  live: new Uint8Array(n),
  counted: new Uint8Array(n),
  liveIndices: 0,
  countedIndices: 0,
  repairing: false,
  watchers: new Set(),
  holders: new Set(),
  ownerIsHere: undefined,
})
