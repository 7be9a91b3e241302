/** Keeping in a tab: one click, a limit, a pause that still serves, one engine in a profile. */
import { join } from 'node:path'
import Database from 'libsql'
import { differences, randomFolder } from './corpus.ts'
import { expectCode, type Network, type Owner } from './network.ts'
import { expect, test, type Tab } from './tab.ts'

const MB = 1_000_000
/** In the code that six keepers earn. */
const K = 2

test('a tab that is paused takes nothing new and serves what it has', async ({ network, profiles }) => {
  const tab = await profiles.fresh('keep')
  const { owner, source } = await keptWithTab(network, tab)
  const held = await tab.stored('shards')

  await tab.press('Until I say so')
  await expect(tab.keeping).toHaveText('Paused: you take nothing new and still serve what you keep')
  await network.addKeepers(1) // for the tab's place
  const both = join(network.folder, 'both')
  await randomFolder(join(both, 'more'), 3, MB)
  const { events } = await network.backup(owner, source, both)
  const device = await tab.device()
  expect(events).toContainEqual(expect.objectContaining({ event: 'keeper-trouble', keeper: device, what: 'full' }))
  expect(await tab.stored('shards')).toBe(held)

  // Of the first backup one process and the tab are left; of the second that process and the new one.
  await Promise.all(network.keepers.slice(1, 5).map(({ program }) => program.kill()))
  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
  expect(await differences(both, join(to, 'both'))).toEqual([])
})

test('where a browser deletes what is stored after a week, keeping is said to be for the installed page, and not offered', async ({
  profiles,
}) => {
  const tab = await profiles.fresh()
  await tab.page.addInitScript(() => {
    Object.assign(globalThis, { GestureEvent: Event })
    delete window.showDirectoryPicker
  })
  await tab.page.reload()
  await tab.go('Keep')
  await expect(tab.page.getByTestId('keep-intro')).toContainText('after a week without a visit')
  await expect(tab.page.getByText('this browser does not tell us whether it is one')).toBeVisible()
  await expect(tab.page.getByRole('button', { name: 'Keep for others' })).toHaveCount(0)
})

test('a tab keeps no more than its limit, and others take what does not fit', async ({ network, profiles }) => {
  const tab = await profiles.fresh('keep')
  // A window of Playwright's is a private one, and Chromium does not say so.
  await expect(tab.page.getByText('this browser does not tell us whether it is one')).toBeVisible()
  await tab.limitTo(1)
  await expect(tab.page.getByText('1 GB', { exact: true })).toBeVisible()
  await keptWithTab(network, tab)
  await tab.page.reload()
  await expect(tab.page.getByText('1 GB', { exact: true })).toBeVisible()
  await expect(tab.keeping).toHaveText('You keep pieces of one person’s backup')
})

test('of two tabs of a profile one works, and the other takes over as soon as it closes', async ({
  network,
  profiles,
}) => {
  const first = await profiles.fresh('keep')
  const { owner, source } = await keptWithTab(network, first)
  const second = await profiles.another(first, 'keep')
  await expect(second.heading).toHaveText('Keeptab is running in another tab')
  await expect(second.page.getByText('You keep pieces of one person’s backup')).toBeVisible()

  await first.close()
  await expect(second.keeping).toHaveText('You keep pieces of one person’s backup', { timeout: 3000 })
  await killAllBut(1, network)
  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

test('a tab that gives everything back hands it to others first, and nobody misses it', async ({
  network,
  profiles,
}) => {
  const tab = await profiles.fresh('keep')
  const { owner, source } = await keptWithTab(network, tab)
  const device = await tab.device()
  // Everybody else has a part of each pack already.
  const [successor] = await addedKeepers(network, 1)
  await tab.press('Give everything back')
  await expect.poll(() => tab.stored('shards'), { timeout: 120_000 }).toBe(0)
  expect(shardsKnownOf(device, network)).toBe(0)
  await tab.close()
  // The new one and one of the old ones are all that is left, and all that is needed.
  await Promise.all(network.keepers.filter((one, i) => i > 0 && one !== successor).map(({ program }) => program.kill()))
  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

async function addedKeepers(network: Network, count: number): Promise<Network['keepers']> {
  const before = network.keepers.length
  await network.addKeepers(count)
  return network.keepers.slice(before)
}

/** Backs a folder up at the tab, which becomes a keeper by one click, and five processes. */
async function keptWithTab(network: Network, tab: Tab): Promise<{ owner: Owner; source: string }> {
  await Promise.all([tab.keep(), network.addKeepers(5)])
  const source = join(network.folder, 'source')
  await randomFolder(source, 10, MB)
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  await expect(tab.keeping).toHaveText('You keep pieces of one person’s backup')
  expect(await tab.stored('shards')).toBeGreaterThan(K)
  return { owner, source }
}

const killAllBut = (survivors: number, { keepers }: Network): Promise<unknown> =>
  Promise.all(keepers.slice(survivors).map(({ program }) => program.kill()))

/** How many shards the coordinator believes a device to hold. */
function shardsKnownOf(device: string, { coordinatorData }: Network): number {
  const database = new Database(join(coordinatorData, 'coordinator.sqlite'), { readonly: true })
  try {
    const row = database.prepare('select count(*) as shards from holders where keeper = ?').get(device)
    return (row as { shards: number }).shards
  } finally {
    database.close()
  }
}
