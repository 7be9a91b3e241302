/**
 * How often a pack is lost that is lost too seldom to be counted: importance splitting (Garvels 2000, "The splitting method
 * in rare event simulation"). From the first death that asks for a repair on, runs that lose one shard more are gone on
 * with from there many times, and the shares of those that come so far are multiplied.
 * One pack, its keepers alike and away for exponential times, as in `churn.ts` with `short` absences; a keeper that comes
 * back after it was given up counts for nothing here, which is the worse case.
 */
import type { Millis } from '../../src/core/units.ts'
import { MEAN_SPELL, TRANSFER, YEAR, type Churn, type GroupCode } from '../../src/durability/forecast.ts'
import type { Chance } from '../e2e/chance.ts'

export interface SplittingEstimate {
  /** Losses of one pack in a year: the mean of the repetitions. */
  readonly yearlyLoss: number
  /** Between which the mean lies in 95 of 100 cases (Student). */
  readonly least: number
  readonly most: number
  readonly repetitions: number
  readonly runs: number
}

/** 97.5 % point of Student's distribution with 9 degrees of freedom. */
const STUDENT = 2.262
const REPETITIONS = 10

/** @param runs at each level of each repetition */
export function splitLosses(code: GroupCode, churn: Churn, chance: Chance, runs: number): SplittingEstimate {
  const estimates = Array.from({ length: REPETITIONS }, () => estimate(code, churn, chance, runs))
  const mean = estimates.reduce((sum, one) => sum + one, 0) / REPETITIONS
  const variance = estimates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (REPETITIONS - 1)
  const half = STUDENT * Math.sqrt(variance / REPETITIONS)
  return { yearlyLoss: mean, least: Math.max(0, mean - half), most: mean + half, repetitions: REPETITIONS, runs }
}

function estimate(code: GroupCode, churn: Churn, chance: Chance, runs: number): number {
  // One after the other, so that each cycle begins as the last one left the pack.
  let pack = LonePack.full(code, churn, chance)
  let time = 0
  let states: LonePack[] = []
  for (let cycle = 0; cycle < runs; cycle += 1) {
    if (pack.runUntil(code.repairAt) === 'reached') states.push(pack.copy())
    if (pack.runUntil(code.k - 1) === 'repaired') continue
    time += pack.now
    pack = LonePack.full(code, churn, chance)
  }
  let loss = (states.length * YEAR) / (time + pack.now)
  for (let live = code.repairAt - 1; live >= code.k - 1 && states.length > 0; live -= 1) {
    const reached: LonePack[] = []
    for (let run = 0; run < runs; run += 1) {
      const from = states[Math.floor(chance.next() * states.length)]?.copy()
      if (from?.runUntil(live) === 'reached') reached.push(from)
    }
    loss *= reached.length / runs
    states = reached
  }
  return states.length > 0 ? loss : 0
}

type Shard = 'online' | 'offline' | 'dead'

/** What the future of a pack depends on, and nothing else: all spells and lives are without memory. */
class LonePack {
  now: Millis = 0
  readonly #code: GroupCode
  readonly #churn: Churn
  readonly #chance: Chance
  readonly #shards: Shard[]
  /** When its keeper was last seen, of a shard that is not online. */
  readonly #seenAt: Millis[]
  #live: number
  #met: boolean[] | undefined
  #doneAt: Millis = Infinity

  private constructor(code: GroupCode, churn: Churn, chance: Chance, shards: Shard[], seenAt: Millis[]) {
    this.#code = code
    this.#churn = churn
    this.#chance = chance
    this.#shards = shards
    this.#seenAt = seenAt
    this.#live = shards.filter((shard) => shard !== 'dead').length
  }

  static full(code: GroupCode, churn: Churn, chance: Chance): LonePack {
    const fresh = Array.from({ length: code.n }, (): Shard => 'online')
    return new LonePack(
      code,
      churn,
      chance,
      fresh,
      Array.from({ length: code.n }, () => 0),
    )
  }

  copy(): LonePack {
    const same = new LonePack(this.#code, this.#churn, this.#chance, [...this.#shards], [...this.#seenAt])
    same.now = this.now
    same.#met = this.#met && [...this.#met]
    same.#doneAt = this.#doneAt
    return same
  }

  /** Until so few shards are live, or a repair has ended. */
  runUntil(live: number): 'reached' | 'repaired' {
    while (this.#live > live) if (this.#step()) return 'repaired'
    return 'reached'
  }

  /** @returns whether a repair ended */
  #step(): boolean {
    const { lifetime, availability } = this.#churn
    const online = this.#count('online')
    const offline = this.#count('offline')
    const leaves = online / MEAN_SPELL
    const dies = online / (lifetime * availability)
    const comes = (offline * availability) / (MEAN_SPELL * (1 - availability))
    const next = this.now - Math.log1p(-this.#chance.next()) / (leaves + dies + comes)
    const givenUpAt = this.#met === undefined ? this.#nextGivenUp() : Infinity
    const timer = Math.min(givenUpAt, this.#doneAt)
    if (timer <= next) {
      this.now = timer
      if (timer === this.#doneAt) return this.#repair()
      this.#look()
      return false
    }
    this.now = next
    const which = this.#chance.next() * (leaves + dies + comes)
    if (which < comes) this.#come(this.#pick('offline', offline))
    else {
      const shard = this.#pick('online', online)
      const isDead = which >= comes + leaves
      this.#shards[shard] = isDead ? 'dead' : 'offline'
      this.#seenAt[shard] = this.now
      if (isDead) this.#live -= 1
    }
    return false
  }

  #come(shard: number): void {
    this.#shards[shard] = 'online'
    if (this.#met === undefined || this.#doneAt < Infinity) return
    this.#met[shard] = true
    this.#gathered()
  }

  #isGivenUp(shard: number): boolean {
    return this.#shards[shard] !== 'online' && (this.#seenAt[shard] ?? 0) + this.#churn.grace <= this.now
  }

  /** A repair begins when too few count. */
  #look(): void {
    let counted = 0
    for (let shard = 0; shard < this.#code.n; shard += 1) if (!this.#isGivenUp(shard)) counted += 1
    if (counted > this.#code.repairAt) return
    this.#met = this.#shards.map((shard) => shard === 'online')
    this.#gathered()
  }

  #gathered(): void {
    if ((this.#met?.filter(Boolean).length ?? 0) >= this.#code.k) this.#doneAt = this.now + TRANSFER
  }

  #repair(): true {
    for (let shard = 0; shard < this.#code.n; shard += 1) {
      if (!this.#isGivenUp(shard)) continue
      if (this.#shards[shard] === 'dead') this.#live += 1
      this.#shards[shard] = 'online'
    }
    this.#met = undefined
    this.#doneAt = Infinity
    return true
  }

  #nextGivenUp(): Millis {
    let next = Infinity
    for (let shard = 0; shard < this.#code.n; shard += 1) {
      if (this.#shards[shard] === 'online') continue
      const at = (this.#seenAt[shard] ?? 0) + this.#churn.grace
      if (at > this.now && at < next) next = at
    }
    return next
  }

  #count(state: Shard): number {
    let count = 0
    for (const shard of this.#shards) if (shard === state) count += 1
    return count
  }

  #pick(state: Shard, count: number): number {
    let left = Math.floor(this.#chance.next() * count)
    return this.#shards.findIndex((shard) => shard === state && left-- === 0)
  }
}
