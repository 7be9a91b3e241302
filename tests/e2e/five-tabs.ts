/** Five tabs of one profile: one works, and when it is killed another takes over at once, without anything done twice. */
import type { Millis } from '../../src/core/units.ts'
import { expect, type Tab } from './tab.ts'

const WAITING = 'Keeptab is running in another tab'

/** @param open one more tab of the profile. @returns the tab that keeps now, the only one left, and how long nobody did */
export async function takeOver(open: () => Promise<Tab>): Promise<{ readonly heir: Tab; readonly takeOverMs: Millis }> {
  const first = await open()
  await first.keep()
  const others: Tab[] = []
  for (let i = 0; i < 4; i += 1) others.push(await open())
  for (const { heading } of others) await expect(heading).toHaveText(WAITING)

  const killedAt = performance.now()
  await first.crash()
  await expect.poll(() => working(others), { intervals: [20] }).toHaveLength(1)
  const [heir] = await working(others)
  if (heir === undefined) throw new Error('nobody took over')
  await expect(heir.keeping).toHaveText(/You are a keeper/)
  const takeOverMs = Math.round(performance.now() - killedAt)
  for (const tab of others.filter((tab) => tab !== heir)) {
    await expect(tab.heading).toHaveText(WAITING)
    await tab.close()
  }
  return { heir, takeOverMs }
}

/** The tabs that do not wait for another. */
async function working(tabs: readonly Tab[]): Promise<Tab[]> {
  const waiting = await Promise.all(tabs.map(({ heading }) => heading.innerText()))
  return tabs.filter((_, i) => waiting[i] !== WAITING)
}
