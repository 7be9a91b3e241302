/**
 * What an operator wants to know of the whole: counts and sums, and nothing of anybody. Most of it is kept as it changes;
 * keepers and groups are added up, once in a while whoever asks.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { dayOf, type Clock } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { DAY, GB, type Millis } from '../src/core/units.ts'
import { enoughOf, type KnownChurn } from '../src/durability/churn.ts'
import { YEAR } from '../src/durability/forecast.ts'
import { lifetimeAtLeast, type MeasuredChurn } from '../src/durability/outlook.ts'
import { drawWeight } from '../src/durability/presence.ts'
import { redundancyFor } from '../src/durability/redundancy.ts'
import { isVetted, renewed, standingOf, VETTED_AFTER_MS, type StandingState } from '../src/durability/reputation.ts'
import { hoursAt, shareKept } from '../src/durability/stated-hours.ts'
import { costToHold } from '../src/durability/sybil-cost.ts'
import type { OperatorFigures } from '../src/protocol/coordinator-messages.ts'
import type { Database, Stores } from './db/stores.ts'

/** Who asks sooner is told the same again. */
const FRESH_MS: Millis = 10_000
const DAYS = 30

export interface OperatorDesk {
  /** @throws KeeptabError `not-found` where the operator has set no token, `not-signed-in` for another one */
  figures(token: string | undefined): Promise<OperatorFigures>
}

export function createOperator(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly token: string | undefined
  readonly online: () => number
  readonly churn: () => Promise<KnownChurn>
}): OperatorDesk {
  const { database, clock, token: wanted, online, churn } = parts
  let told: { readonly at: Millis; readonly figures: Promise<OperatorFigures> } | undefined

  const addUp = async (): Promise<OperatorFigures> => {
    const measured = enoughOf(await churn())
    return database.transaction(async (stores) => {
      const now = clock.now()
      const capture = measured && (await captureCost(stores, measured, now))
      return {
        at: now,
        online: online(),
        keepers: { ...(await standings(stores, now)), counting: await stores.watches.keepers() },
        ...(await packs(stores)),
        ...(await days(stores, dayOf(now))),
        ...(capture && { capture }),
      }
    })
  }

  return {
    async figures(token) {
      if (wanted === undefined) throw new KeeptabError('not-found', 'No token is set for the operator.')
      if (token === undefined || !isSame(token, wanted)) throw new KeeptabError('not-signed-in')
      const now = clock.now()
      if (told === undefined || Math.abs(now - told.at) >= FRESH_MS) told = { at: now, figures: addUp() }
      const { figures } = told
      figures.catch(() => (told = undefined))
      return figures
    },
  }
}

/** Takes as long whatever they have in common. */
const isSame = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

async function standings({ reputations }: Stores, now: Millis): Promise<Record<StandingState, number>> {
  const counts = { new: 0, vetted: 0, warned: 0, suspended: 0, out: 0 }
  for (const reputation of (await reputations.all()).values())
    counts[standingOf(renewed(reputation, now), now).state] += 1
  return counts
}

async function packs({ packs, repairs }: Stores): Promise<Pick<OperatorFigures, 'repairs' | 'risks'>> {
  const counts = await packs.healthCounts()
  const at = (...levels: string[]) =>
    counts.reduce(
      (sum, { health, packs }) => sum + (health !== undefined && levels.includes(health.level) ? packs : 0),
      0,
    )
  const underWay = (await repairs.underWay()).length
  return {
    repairs: {
      waiting: Math.max(0, at('repair', 'urgent', 'alarm') - underWay),
      urgent: at('urgent'),
      alarm: at('alarm'),
      underWay,
      lost: at('lost'),
    },
    risks: counts.flatMap(({ k, n, health, packs }) =>
      health === undefined ? [] : [{ code: { k, n }, level: health.level, spare: health.live - k, packs }],
    ),
  }
}

/** Of the code that so many vetted keepers have. */
async function captureCost(
  { devices, reputations, groups }: Stores,
  measured: MeasuredChurn,
  now: Millis,
): Promise<OperatorFigures['capture']> {
  const judged = await reputations.all()
  const vetted = (await devices.keepers()).filter(({ keeper, limitBytes }) => {
    const reputation = judged.get(keeper)
    return limitBytes > 0 && reputation !== undefined && isVetted(renewed(reputation, now), now)
  })
  const code = redundancyFor(vetted.length)
  if (code === undefined) return undefined
  const { k, n } = code
  const cost = costToHold(code, 'given', YEAR - VETTED_AFTER_MS, {
    weight: vetted.reduce(
      (sum, { freeBytes, knownSince = now, stated, seenShare }) =>
        sum + drawWeight(freeBytes, now - knownSince, shareKept(hoursAt(stated, now), seenShare)),
      0,
    ),
    // The shorter lives are, the sooner places come to him.
    lifetime: lifetimeAtLeast(measured),
    groups: 1,
    shardBytes: ((await groups.storedBytes()) * n) / k,
  })
  const { accounts, blocks, gb } = cost
  return { code: { k, n }, places: n - k + 1, accounts, blocks, keptBytes: Math.round(gb * GB) }
}

async function days({ tallies, groups }: Stores, today: number): Promise<Pick<OperatorFigures, 'audits' | 'traffic'>> {
  const all = await tallies.from(today - DAYS + 1)
  const known = Math.max(1, today - (all[0]?.day ?? today) + 1) // the clock may have been put back
  return {
    audits: all
      .map(({ day, tally }) => ({
        at: day * DAY,
        proven: tally.proven ?? 0,
        wrong: tally.wrong ?? 0,
        missing: tally.missing ?? 0,
        late: tally.late ?? 0,
        silent: tally.silent ?? 0,
        served: tally.served ?? 0,
        withheld: tally.withheld ?? 0,
        unreached: tally.unreached ?? 0,
      }))
      .toReversed(),
    traffic: {
      days: known,
      movedBytes: all.reduce((sum, { tally }) => sum + (tally.repairBytes ?? 0), 0),
      shardsMade: all.reduce((sum, { tally }) => sum + (tally.repairShards ?? 0), 0),
      storedBytes: await groups.storedBytes(),
    },
  }
}
