/** Keep and Check, in one tab that is one of the keepers. */
import { DAY } from '../../../src/core/units.ts'
import { newReputation, standingOf, type Reputation } from '../../../src/durability/reputation.ts'
import { clearSiteData, expect, loseShards, type Tab } from '../tab.ts'
import { remembering, type Walk } from './walk.ts'

export async function beginKeeping({ profiles, visit }: Walk): Promise<Tab> {
  const tab = await profiles.fresh('keep')
  await visit('keep-off', tab)
  await tab.press('Nights')
  await tab.page.getByText(/hours a week/).click()
  await visit('keep-hours', tab)
  await tab.press('Always')
  await tab.keep()
  return tab
}

/** Steps of a keeper that keeps something, while nobody who keeps with it has left. */
export async function checking({ visit }: Walk, tab: Tab): Promise<void> {
  await expect(tab.keeping).toHaveText('You keep pieces of one person’s backup')
  await tab.go('Check')
  await visit('check-start', tab)
  await tab.press('Check the connection')
  await expect(tab.page.getByRole('button', { name: 'Check again' })).toBeVisible()
  await tab.page.getByText('What happened lately').click()
  await visit('check-done', tab)
}

export async function keeping({ network, profiles, visit }: Walk, tab: Tab): Promise<void> {
  await tab.go('Keep')
  const standing = tab.page.getByTestId('standing')
  await expect(standing).toHaveText('New: you are getting to be known')
  await visit('keep-on', tab)
  await tab.press('For a week')
  await expect(tab.keeping).toContainText('Paused until')
  await visit('keep-away', tab)
  await tab.press('Go on')
  // Everybody else has a part of each pack already.
  await network.addKeeper()
  await roomForOne(tab)
  await tab.press('Give everything back')
  await expect(tab.page.getByText('Nobody else has room yet')).toBeVisible()
  await expect(tab.page.getByTestId('giving')).not.toContainText(/^0 bytes of/)
  await visit('keep-giving-back', tab)
  await tab.press('Keep the rest after all')
  await expect(tab.page.getByTestId('giving')).toBeHidden()
  for (const [state, reason, reputation] of standings) {
    await thoughtOf(tab, reputation)
    await expect(standing).toContainText(state)
    await visit(`keep-${state.toLowerCase()}${reason}`, tab)
  }
  await remembering(tab, 'keeping', { limitBytes: 60e9 })
  const again = await tab.meanwhile(async (bare) => {
    await loseShards(bare, 1)
    await bare.evaluate(keepMore, { shards: 900, owners: 61, sizeBytes: 55e6 })
  })
  await expect(again.keeping).toHaveText('You keep pieces of 62 people’s backups')
  await expect(again.page.getByText('1 piece that you kept is gone from this device.')).toBeVisible()
  await visit('keep-crowded', again)
  const beside = await profiles.another(again)
  await clearSiteData(again.page)
  await expect(beside.page.getByText('deleted everything that Keeptab had stored here')).toBeVisible()
  await visit('elsewhere-gone', beside)
}

/** As if whoever takes things over were full after the first. */
async function roomForOne({ page }: Tab): Promise<void> {
  let room = 1
  await page.route('**/v1/handovers', async (route) => {
    const response = await route.fetch()
    const { handovers } = (await response.json()) as { handovers: readonly object[] }
    await route.fulfill({ response, json: { handovers: handovers.slice(0, room) } })
    if (handovers.length > 0) room = 0
  })
}

/** As it would look if that were what the coordinator remembers of it. */
async function thoughtOf({ page }: Tab, reputation: Reputation): Promise<void> {
  const { passed, failed, since, lastProvenAt } = reputation
  const json = { ...standingOf(reputation, NOW), passed, failed, since, lastProvenAt, hereShare: 0.87 }
  await page.unroute('**/v1/standing')
  await page.route('**/v1/standing', (route) => route.fulfill({ json }))
  await page.reload()
}

const NOW = Date.now()
const trusted = { ...newReputation(NOW - 20 * DAY), passed: 240, lastProvenAt: NOW }
const lost = { ...trusted, failed: 1, lost: 1 }
const barred = (state: 'suspended' | 'out', why: 'silent' | 'wrong') => ({ state, why, at: NOW, streak: 0 })
/** What a keeper can come to. */
const standings = [
  ['Trusted', '', trusted],
  ['Warned', '-late', { ...trusted, prompt: 10, late: 40 }],
  ['Warned', '', lost],
  ['Suspended', '-silent', { ...lost, barred: barred('suspended', 'silent') }],
  ['Suspended', '', { ...lost, barred: barred('suspended', 'wrong') }],
  ['Suspended', '-unread', { ...lost, unread: { why: 'withheld', at: NOW, left: 3 } }],
  ['Suspended', '-unreachable', { ...trusted, unread: { why: 'unreachable', at: NOW, left: 3 } }],
  ['Out', '', { ...lost, barred: barred('out', 'wrong') }],
] as const

// ---- what runs in the page

/** As after years: pieces of which only the size is right, and all that was moved for them. */
function keepMore({ shards, owners, sizeBytes }: { shards: number; owners: number; sizeBytes: number }): Promise<void> {
  const hex = (bytes: number, number: number) => number.toString(16).padStart(2 * bytes, '0')
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab')
    opening.onsuccess = () => {
      const writing = opening.result.transaction(['shards', 'shardBytes', 'limits'], 'readwrite')
      for (let i = 1; i <= shards; i += 1) {
        const key = new Uint8Array(33).fill(255)
        new DataView(key.buffer).setUint32(28, i)
        writing.objectStore('shards').put({ group: hex(16, 1), owner: hex(32, i % owners), sizeBytes }, key.buffer)
        writing.objectStore('shardBytes').put(new ArrayBuffer(1), key.buffer)
      }
      const moved = {
        month: new Date().toISOString().slice(0, 7),
        monthServedBytes: 1.2e12,
        monthReceivedBytes: 3.4e11,
      }
      writing.objectStore('limits').put({ ...moved, servedBytes: 5.6e13, receivedBytes: 7.8e12 }, 'traffic')
      writing.onabort = () => reject(new Error(String(writing.error)))
      writing.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })
}
