/** Days that go by on the clock of a coordinator whose time is told to it (`hasty-coordinator.ts`); all else is as it always is. */
import { query } from './coordinator-database.ts'
import type { Network } from './network.ts'
import { expect } from './story.ts'

/** A keeper has two minutes to answer, and all are forgiven when no beat came for more than ten. */
const STEP_MINUTES = 10
/** For what is under way when time is about to go on. */
export const patience = () => ({ timeout: 30_000, intervals: [20] })

/** Waits until audits are answered and repairs are done, then lets time go on by one step. @param silent those who never answer */
export async function goOn(network: Network, silent: readonly string[]): Promise<number> {
  const names = silent.map((device) => `'${device}'`).join()
  const audits = `select keeper from audits where audit is not null and ask_at is null and keeper not in (${names})`
  const repairs = 'select repairer from repairs where repairer is not null'
  // A question can be lost with the connection it went over: then its keeper is late, as it would be.
  await expect
    .poll(() => [...query(network, audits), ...query(network, repairs)], patience())
    .toEqual([])
    .catch(() => undefined)
  await network.pass(STEP_MINUTES)
  return STEP_MINUTES
}
