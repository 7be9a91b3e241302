/**
 * How long keepers stay: each is looked at a few times a day and whenever it turns, and what is seen is added up by day
 * (`durability/churn`). Time in which the coordinator did not look is left out, and who asks is told what was last added
 * up.
 */
import { dayOf, type Clock } from '../src/core/clock.ts'
import type { DeviceId } from '../src/core/ids.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../src/core/units.ts'
import { measuredChurn, type ChurnTally, type KnownChurn } from '../src/durability/churn.ts'
import { LASTING_AGE, type LastingLives } from '../src/durability/lean.ts'
import { graceOf, type PresenceHistory } from '../src/durability/presence.ts'
import { isOut } from '../src/durability/reputation.ts'
import type { Database, Stores, Tally, TallyName, Watch } from './db/stores.ts'

/** Each keeper is looked at this often: no part of a day, so that all its hours are seen. */
const EVERY_MS: Millis = 5 * HOUR
/** Whatever went wrong, no more than this is seen at one look. */
const LONGEST_MS: Millis = 2 * EVERY_MS
/** Keepers that are looked at in one transaction. */
const STEP = 50
/** Shards of a keeper that are counted. */
const MOST_SHARDS = 100_000
/** What is told is of so many days, and added up anew this often. */
const DAYS = 180
const TOLD_EVERY_MS: Millis = HOUR
const RECENT_DAYS = 30
const KEPT_DAYS = 400
/**
 * One that is gone is left alone for so long after the first look: its turn tells when it is back. Who was turned out is
 * looked at like all others, because it is new after a time.
 */
const LEFT_ALONE_MS: Millis = KEPT_DAYS * DAY

export interface Churn {
  /** Looks at the keepers whose time has come. Every minute or so. */
  beat(): Promise<void>
  told(): Promise<KnownChurn>
  lives(): Promise<LastingLives>
}

interface AddedUp {
  readonly churn: KnownChurn
  readonly lives: LastingLives
}

export function createChurn(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly isOnline: (keeper: DeviceId) => boolean
}): Churn {
  const { database, clock, isOnline } = parts
  let told: ({ readonly at: Millis } & AddedUp) | undefined

  const look = (): Promise<number> =>
    database.transaction(async (stores) => {
      const now = clock.now()
      const due = await stores.watches.due(now - EVERY_MS, STEP)
      for (const one of due) {
        if (one.goneAt === undefined) await noteLife(stores, one, isOnline(one.keeper), now)
        else if (await isGone(stores, one.keeper)) await stores.watches.put({ ...one, countedAt: now + LEFT_ALONE_MS })
        else await noteTurn(stores, one.keeper, 'back', now)
      }
      return due.length
    })

  const addUp = (): Promise<AddedUp> =>
    database.transaction(async ({ tallies, watches }) => {
      const today = dayOf(clock.now())
      await tallies.forgetBefore(today - KEPT_DAYS)
      const days = await tallies.from(today - DAYS)
      const measured = (of: (name: keyof ChurnTally) => TallyName, since = today - DAYS) => {
        const sum = (name: keyof ChurnTally) =>
          days.reduce((all, { day, tally }) => all + (day < since ? 0 : (tally[of(name)] ?? 0)), 0)
        return measuredChurn({
          watched: sum('watched'),
          squares: sum('squares'),
          online: sum('online'),
          grace: sum('grace'),
          gone: sum('gone'),
          returned: sum('returned'),
          returnedAfter: sum('returnedAfter'),
        })
      }
      return {
        churn: {
          keepers: await watches.keepers(),
          days: Math.max(0, today - (days[0]?.day ?? today)), // the clock may have been put back
          measured: measured((name) => name),
        },
        lives: { long: measured(lasting), recent: measured(lasting, today - RECENT_DAYS) },
      }
    })

  const fresh = async (): Promise<AddedUp> => {
    const now = clock.now()
    if (told === undefined || Math.abs(now - told.at) > TOLD_EVERY_MS) told = { at: now, ...(await addUp()) }
    return told
  }

  return {
    async beat() {
      while ((await look()) === STEP);
    },
    told: async () => (await fresh()).churn,
    lives: async () => (await fresh()).lives,
  }
}

const lasting = (name: keyof ChurnTally) => `lasting.${name}` as const

/**
 * Adds what was seen of a keeper; of one that has stayed for long once more under names of their own.
 * @param agedAt when it has stayed for long, if not now: who returns takes back what was noted when it went
 */
async function note(
  { tallies }: Stores,
  history: PresenceHistory | undefined,
  seen: Partial<ChurnTally>,
  now: Millis,
  agedAt = now,
): Promise<void> {
  const stays = history !== undefined && agedAt - history.firstSeenAt >= LASTING_AGE
  const again: Tally = stays
    ? Object.fromEntries(Object.entries(seen).map(([name, amount]) => [lasting(name as keyof ChurnTally), amount]))
    : {}
  await tallies.add(dayOf(now), { ...seen, ...again })
}

const isGone = async ({ presences }: Stores, keeper: DeviceId): Promise<boolean> =>
  (await presences.get([keeper])).get(keeper)?.gone === true

const historyOf = async ({ presences }: Stores, keeper: DeviceId): Promise<PresenceHistory | undefined> =>
  (await presences.get([keeper])).get(keeper)?.history

/** Nobody looked for so long: that is no part of any life. */
export const noteUnseen = ({ watches }: Stores, ms: Millis): Promise<void> => watches.shift(ms)

/** From now on its life is watched. */
export const watch = ({ watches }: Stores, keeper: DeviceId, now: Millis): Promise<void> =>
  watches.put({ keeper, shards: 0, countedAt: now, goneAt: undefined })

/** A keeper does not count any more, or counts again. */
export async function noteTurn(stores: Stores, keeper: DeviceId, turn: 'gone' | 'back', now: Millis): Promise<void> {
  const { watches, reputations } = stores
  const known = await watches.get(keeper)
  if (known === undefined) return
  if (turn === 'gone' && known.goneAt === undefined) {
    const shards = await noteLife(stores, known, false, now, now)
    await note(stores, await historyOf(stores, keeper), { gone: shards }, now)
  }
  if (turn === 'back' && known.goneAt !== undefined) {
    const { shards, goneAt } = known
    // It is looked at again: it may be new by then. What it kept does not come back with it, and how long it was out says
    // nothing of how long keepers are away.
    if (isOut(await reputations.get(keeper), now)) return watches.put({ ...known, shards: 0, countedAt: now })
    await watches.put({ keeper, shards, countedAt: now, goneAt: undefined })
    const returnedAfter = shards * minutes(Math.max(0, now - goneAt))
    await note(stores, await historyOf(stores, keeper), { returned: shards, returnedAfter }, now, goneAt)
  }
}

/** Shards of a keeper are gone although it is not. */
export const noteLost = async (stores: Stores, keeper: DeviceId, shards: number, now: Millis): Promise<void> =>
  note(stores, await historyOf(stores, keeper), { gone: shards }, now)

/**
 * Adds what has passed of a keeper's life since it was last looked at.
 * @param goneAt when that life ends with this
 * @returns how many shards it keeps
 */
async function noteLife(
  stores: Stores,
  { keeper, countedAt }: Watch,
  isOnline: boolean,
  now: Millis,
  goneAt?: Millis,
): Promise<number> {
  const { watches, audits } = stores
  const shards = await audits.count(keeper, MOST_SHARDS)
  await watches.put({ keeper, shards, countedAt: now, goneAt })
  const passed = minutes(Math.min(Math.max(0, now - countedAt), LONGEST_MS))
  const history = await historyOf(stores, keeper)
  if (history === undefined || shards === 0) return shards
  const watched = shards * passed
  const seen = {
    watched,
    squares: shards * watched,
    online: isOnline ? watched : 0,
    grace: watched * Math.round(graceOf(history) / HOUR),
  }
  await note(stores, history, seen, now)
  return shards
}

const minutes = (ms: Millis): number => Math.round(ms / MINUTE)
