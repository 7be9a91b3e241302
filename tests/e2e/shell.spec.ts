/** The shell of the app: it opens without a network, and a new version waits for a transfer to end. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StreamFacts } from '../../src/protocol/page-ports.ts'
import { randomFolder } from './corpus.ts'
import { Network } from './network.ts'
import { release } from './newer-version.ts'
import { FIRST_LOAD_LIMIT_KIB, firstLoadKib } from './page-weight.ts'
import { root } from './program.ts'
import { expect, Profiles, test, type Tab } from './tab.ts'

test('without a network the page opens and says what it can do', async ({ network, profiles }) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 3, 100_000)
  const tab = await profiles.fresh()
  await tab.chooseFiles(source)
  await tab.press('Start backup')
  const words = await tab.showWords()
  await expect(tab.state).toHaveText('Words needed')
  await tab.page.evaluate(() => navigator.serviceWorker.ready)

  await tab.page.context().setOffline(true)
  await tab.page.reload()
  await expect(tab.page.getByText('No network. Keeptab opened from this device')).toBeVisible()
  await expect(tab.state).toHaveText('Words needed')
  expect(await tab.showWords()).toEqual(words)
  for (const screen of ['Restore', 'Keep', 'Account'] as const) {
    await tab.go(screen)
    await expect(tab.heading).toBeVisible()
  }
  await expect(tab.page.getByText('This page opens from this device.')).toBeVisible()

  await tab.page.context().setOffline(false)
  await expect(tab.page.getByText('No network.')).toBeHidden()
  await tab.go('Restore')
  await tab.press('Show my backups')
  await expect(tab.restoring).toHaveText('1 backup can be brought back')
})

test('a first visit loads little', async ({ network, browser }) => {
  // A service worker fetches the rest for later; here only what the page itself asks for counts.
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const kib = await firstLoadKib(await context.newPage(), network.url)
  await context.close()
  expect(kib).toBeGreaterThan(20)
  expect(kib).toBeLessThanOrEqual(FIRST_LOAD_LIMIT_KIB)
})

test('a new version waits while a backup runs, and comes in when the person says so', async ({ browser }) => {
  const page = await mkdtemp(join(tmpdir(), 'keeptab-page-'))
  await cp(join(root, 'dist'), page, { recursive: true })
  const network = await Network.start(5, ['--one-machine', '--page', page])
  const profiles = new Profiles(browser, network.url)
  try {
    const source = join(network.folder, 'source')
    await randomFolder(source, 3, 100_000)
    const tab = await profiles.fresh()
    await tab.page.evaluate(() => navigator.serviceWorker.ready)
    await tab.chooseFiles(source)
    await tab.press('Start backup')
    await expect(tab.page.getByText('Waiting for keepers')).toBeVisible() // one too few

    await release(page)
    await tab.page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    await expect(tab.page.getByText('An update is here and waits for the transfer to end.')).toBeVisible()
    const restart = tab.page.getByRole('button', { name: 'Update ready: restart' })
    await expect(restart).toBeDisabled()
    await network.addKeepers(1)
    await expect(tab.state).toHaveText('Words needed')
    await expect(tab.page.getByText('A new version is here.')).toBeVisible()
    expect(await version(tab)).toBe(0)

    await tab.page.evaluate(askOfWorkerWithoutEnd)
    await tab.click(restart)
    await expect.poll(() => version(tab)).toBe(1)
    await expect(tab.state).toHaveText('Words needed')
    await expect(restart).toBeHidden()
    expect(profiles.complaints).toEqual([])
  } finally {
    await profiles.closeAll()
    await network.stop()
    await rm(page, { recursive: true })
  }
})

/** As a video does that is stopped halfway: as long as it waits for the rest, browsers let no other worker in. */
async function askOfWorkerWithoutEnd(): Promise<void> {
  navigator.serviceWorker.addEventListener('message', ({ ports: [port] }) =>
    port?.postMessage({ sizeBytes: 1000, contentType: 'text/plain' } satisfies StreamFacts),
  )
  navigator.serviceWorker.startMessages()
  const { status } = await fetch('/stream/without-end')
  if (status !== 200) throw new Error(`The worker answers with ${status}.`)
}

/** How many newer versions than the first one the tab runs. It may be on its way from one to the next. */
const version = (tab: Tab): Promise<number> => tab.page.locator('meta[name=newer-version]').count()
