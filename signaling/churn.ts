/**
 * How long keepers stay: each is looked at a few times a day and whenever it turns, and what is seen is added up by day
 * (`durability/churn`). Of a time in which nobody looked ten hours at most count, and who asks is told what was last added
 * up.
 */
import { dayOf, type Clock } from '../src/core/clock.ts'
import type { DeviceId } from '../src/core/ids.ts'
import { HOUR, MINUTE, type Millis } from '../src/core/units.ts'
import { measuredChurn, type ChurnTally, type KnownChurn } from '../src/durability/churn.ts'
import { graceOf } from '../src/durability/presence.ts'
import { isOut } from '../src/durability/reputation.ts'
import type { Database, Stores, Tally, Watch } from './db/stores.ts'

/** Each keeper is looked at this often: no part of a day, so that all its hours are seen. */
const EVERY_MS: Millis = 5 * HOUR
/** After a longer time it was the coordinator that did not look. */
const LONGEST_MS: Millis = 2 * EVERY_MS
/** Keepers that are looked at in one transaction. */
const STEP = 50
/** Shards of a keeper that are counted. */
const MOST_SHARDS = 100_000
/** What is told is of so many days, and added up anew this often. */
const DAYS = 180
const TOLD_EVERY_MS: Millis = HOUR
const KEPT_DAYS = 400

export interface Churn {
  /** Looks at the keepers whose time has come. Every minute or so. */
  beat(): Promise<void>
  told(): Promise<KnownChurn>
}

export function createChurn(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly isOnline: (keeper: DeviceId) => boolean
}): Churn {
  const { database, clock, isOnline } = parts
  let told: { readonly at: Millis; readonly churn: KnownChurn } | undefined

  const look = (): Promise<number> =>
    database.transaction(async (stores) => {
      const now = clock.now()
      const due = await stores.watches.due(now - EVERY_MS, STEP)
      for (const one of due) await noteLife(stores, one, isOnline(one.keeper), now)
      return due.length
    })

  const addUp = (): Promise<KnownChurn> =>
    database.transaction(async ({ tallies, watches }) => {
      const today = dayOf(clock.now())
      await tallies.forgetBefore(today - KEPT_DAYS)
      const days = await tallies.from(today - DAYS)
      const sum = (name: keyof ChurnTally) => days.reduce((all, { tally }) => all + (tally[name] ?? 0), 0)
      return {
        keepers: await watches.keepers(),
        days: Math.max(0, today - (days[0]?.day ?? today)), // the clock may have been put back
        measured: measuredChurn({
          watched: sum('watched'),
          squares: sum('squares'),
          online: sum('online'),
          grace: sum('grace'),
          gone: sum('gone'),
          returned: sum('returned'),
          returnedAfter: sum('returnedAfter'),
        }),
      }
    })

  return {
    async beat() {
      while ((await look()) === STEP);
    },
    async told() {
      const now = clock.now()
      if (told === undefined || Math.abs(now - told.at) > TOLD_EVERY_MS) told = { at: now, churn: await addUp() }
      return told.churn
    },
  }
}

/** From now on its life is watched. */
export const watch = ({ watches }: Stores, keeper: DeviceId, now: Millis): Promise<void> =>
  watches.put({ keeper, shards: 0, countedAt: now, goneAt: undefined })

/** A keeper does not count any more, or counts again. */
export async function noteTurn(stores: Stores, keeper: DeviceId, turn: 'gone' | 'back', now: Millis): Promise<void> {
  const { watches, tallies, reputations } = stores
  const known = await watches.get(keeper)
  if (known === undefined) return
  if (turn === 'gone' && known.goneAt === undefined) {
    const shards = await noteLife(stores, known, false, now, now)
    await tallies.add(dayOf(now), { gone: shards })
  }
  if (turn === 'back' && known.goneAt !== undefined && !isOut(await reputations.get(keeper), now)) {
    const { shards, goneAt } = known
    await watches.put({ keeper, shards, countedAt: now, goneAt: undefined })
    const returnedAfter = shards * minutes(Math.max(0, now - goneAt))
    await tallies.add(dayOf(now), { returned: shards, returnedAfter })
  }
}

/** Shards are gone although their keeper is not. */
export const noteLost = ({ tallies }: Stores, shards: number, now: Millis): Promise<void> =>
  tallies.add(dayOf(now), { gone: shards })

/**
 * Adds what has passed of a keeper's life since it was last looked at.
 * @param goneAt when that life ends with this
 * @returns how many shards it keeps
 */
async function noteLife(
  { watches, tallies, presences, audits }: Stores,
  { keeper, countedAt }: Watch,
  isOnline: boolean,
  now: Millis,
  goneAt?: Millis,
): Promise<number> {
  const shards = await audits.count(keeper, MOST_SHARDS)
  await watches.put({ keeper, shards, countedAt: now, goneAt })
  const passed = minutes(Math.min(Math.max(0, now - countedAt), LONGEST_MS))
  const history = (await presences.get([keeper])).get(keeper)?.history
  if (history === undefined || shards === 0) return shards
  const watched = shards * passed
  const seen: Tally = {
    watched,
    squares: shards * watched,
    online: isOnline ? watched : 0,
    grace: watched * Math.round(graceOf(history) / HOUR),
  }
  await tallies.add(dayOf(now), seen)
  return shards
}

const minutes = (ms: Millis): number => Math.round(ms / MINUTE)
