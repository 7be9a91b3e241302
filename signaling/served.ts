/** For how long this coordinator could be asked: a time that no jump of its clock makes pass. */
import { DAY, type Millis } from '../src/core/units.ts'
import type { Stores } from './db/stores.ts'

/** Of a time in which nobody asked, no more counts: this coordinator may have been down, and its clock may have jumped. */
const MOST_UNSEEN_MS: Millis = DAY

/** Counts the time since this was asked last. @returns all of it */
export async function served({ condemnations }: Stores, now: Millis): Promise<Millis> {
  const noted = await condemnations.served()
  const passed = noted === undefined ? 0 : Math.min(Math.max(0, now - noted.notedAt), MOST_UNSEEN_MS)
  const servedMs = (noted?.servedMs ?? 0) + passed
  await condemnations.putServed({ servedMs, notedAt: now })
  return servedMs
}
