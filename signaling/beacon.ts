/** This coordinator's beacon: one seed, made at its first start, and a secret for each day out of it. */
import { u32, type Bytes } from '../src/core/bytes.ts'
import { dayOf, type Clock, type Random } from '../src/core/clock.ts'
import { beaconAnchor, beaconSecret, earlierSecret } from '../src/durability/beacon.ts'
import type { Beacons } from '../src/protocol/coordinator-messages.ts'
import type { Database } from './db/stores.ts'

const DAYS_AHEAD = 30

export interface Beacon {
  /** The day that it is, from 1970 on, and its secret: not to be told before the day is over. */
  today(): { readonly day: number; readonly secret: Bytes }
  /** What everybody may know. */
  published(): Beacons
}

/** Takes up the chain where there is one. */
export async function openBeacon(database: Database, clock: Clock, random: Random): Promise<Beacon> {
  const { seed, firstDay } = await database.transaction(async ({ meta }) => {
    await meta.putOnce('beacon-seed', random.bytes(32))
    await meta.putOnce('beacon-first-day', u32(dayOf(clock.now())))
    const [seed, first] = [await meta.get('beacon-seed'), await meta.get('beacon-first-day')]
    if (seed?.length !== 32 || first?.length !== 4) throw new Error('The database has a damaged beacon.')
    return { seed, firstDay: new DataView(first.buffer, first.byteOffset).getUint32(0) }
  })
  /** The secret of a day not far from now: those before it follow from it with a few hashes, and it took tens of thousands. */
  let ahead: { readonly day: number; readonly secret: Bytes } | undefined
  let anchor: Bytes | undefined
  const secretOf = (day: number): Bytes => {
    if (ahead === undefined || day > ahead.day || day < ahead.day - 2 * DAYS_AHEAD) {
      ahead = { day: day + DAYS_AHEAD, secret: beaconSecret(seed, day + DAYS_AHEAD - firstDay) }
    }
    return earlierSecret(ahead.secret, ahead.day - day)
  }
  // The clock may jump back to before the first day.
  const now = (): number => Math.max(firstDay, dayOf(clock.now()))

  return {
    today: () => ({ day: now(), secret: secretOf(now()) }),
    published() {
      anchor ??= beaconAnchor(seed)
      const day = now() - 1
      return { anchor, firstDay, ...(day < firstDay ? {} : { past: { day, secret: secretOf(day) } }) }
    },
  }
}
