/** The Backup screen: what is stopped stays stopped, what rules promise is what happens, and folders are read again alone. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentsOf, randomFolder } from './corpus.ts'
import { expect, test, type Tab } from './tab.ts'

const MB = 1_000_000
const FILES = 20
const LONG = { timeout: 2 * 60_000 }

const menuOf = (tab: Tab, name: string) => tab.click(tab.page.getByLabel(new RegExp(`More about .${name}`)))

test('a paused backup sends nothing more, stays paused over a reload, and goes on from there by one click', async ({
  network,
  profiles,
}) => {
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, FILES, MB)
  const tab = await profiles.fresh()
  await tab.drop(source)
  await tab.press('Start backup')
  await tab.progressUntil(4 * MB)
  await tab.press('Pause')
  const pausedAt = Date.now()
  await expect(tab.heading).toHaveText('Backups are paused; nothing is sent until you go on')
  // What M12 asks: within a second nothing leaves any more. Then two looks, a second apart, see the same.
  await expect.poll(() => Date.now() - pausedAt).toBeGreaterThan(1000)
  const received = await network.receivedBytes()
  await expect.poll(() => Date.now() - pausedAt).toBeGreaterThan(2500)
  expect(await network.receivedBytes()).toBe(received)
  expect(received).toBeLessThan(2.5 * FILES * MB)

  await tab.page.reload()
  await expect(tab.heading).toHaveText('Backups are paused; nothing is sent until you go on')
  expect(await network.receivedBytes()).toBe(received)
  await expect(tab.page).toHaveTitle(/^○ /)
  await tab.press('Go on')
  // From now on nobody looks at it: what is told is told by the tab itself.
  await tab.page.evaluate(hide)
  await expect(tab.page).toHaveTitle(/^◕ /, LONG)
  await expect(tab.page.locator('link[rel="icon"]')).toHaveAttribute('href', '/icon-spreading.svg')
  await expect(tab.state).toHaveText('Words needed')
  // Three shards for each byte, what makes them shards, and nothing twice.
  expect(await network.receivedBytes()).toBeLessThan(3.2 * FILES * MB)
})

test('rules show what they do while they are typed, and a backup does just that and says so', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(join(source, 'keep'), 5, 1000)
  await randomFolder(join(source, 'cache/deep'), 7, 1000)
  await writeFile(join(source, 'keep/.keeptabignore'), 'file-0\n')
  await writeFile(join(source, '.nfs0001'), 'deleted but still open')
  const tab = await profiles.fresh()
  await tab.drop(source)
  await menuOf(tab, 'source')
  await tab.press('What is left out: rules')
  const effect = tab.page.getByTestId('rules-effect')
  await expect(effect).toContainText('In: 12 files')
  await expect(effect).toContainText('Out: 2 files')
  await tab.page.getByLabel('Your rules').fill('cache/\n!nothing')
  await expect(effect).toContainText('In: 5 files')
  await expect(effect).toContainText('Out: 9 files')
  await expect(effect).toContainText(/source\/cache.*cache\//)
  await expect(tab.page.getByTestId('rules')).toContainText('keep/.keeptabignore')
  await tab.page.getByLabel('Also leave out what systems make').uncheck()
  await expect(effect).toContainText('In: 6 files')
  await tab.press('Use these rules')
  await expect(tab.page.getByText('This backup: 6 files')).toBeVisible()
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Words needed')
  await expect(tab.page.getByTestId('folder')).toContainText('6 files')

  // A few files come back from nothing, and the date is shown, over a reload too.
  await tab.click(tab.page.getByText('Not proven yet that your backup comes back.'))
  await tab.press('Test a restore now')
  await expect(tab.page.getByTestId('drill')).toContainText('Proven today', LONG)
  await expect(tab.page.getByTestId('proof')).toHaveText(/^proven restorable today/)

  await tab.page.reload()
  await expect(tab.page.getByTestId('proof')).toHaveText(/^proven restorable today/)
  const leftOut = tab.page.getByTestId('left-out')
  await expect(leftOut).toContainText('2 left out by rules')
  await tab.click(leftOut.locator('summary'))
  await expect(leftOut).toContainText(/Rule .cache\/.: 1 entry/)
  await expect(leftOut).toContainText('source/keep/file-0')
  const download = tab.page.waitForEvent('download')
  await tab.press('Save as text')
  expect((await download).suggestedFilename()).toBe('left out of source.txt')
})

test('a change in a folder is backed up without a click; a folder without permission keeps its last version until it is reconnected', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  const away = join(network.folder, 'away')
  await randomFolder(source, 3, 1000)
  await mkdir(away)
  await writeFile(join(away, 'letter'), 'kept')
  const tab = await profiles.fresh()
  await tab.drop(source)
  await tab.dropAnother(away, 2)
  await tab.press('Start backup')
  await tab.confirmWords()
  await expect(tab.state).toHaveText('Safe')

  await tab.page.addInitScript(takePermission, 'away')
  await tab.page.reload()
  const rows = tab.page.getByTestId('folder')
  await expect(rows.filter({ hasText: 'away' })).toContainText('The browser needs your permission')
  await expect(rows.filter({ hasText: 'away' }).getByRole('button', { name: /Reconnect .away/ })).toBeVisible()
  await expect(tab.page.getByText('Read again every hour')).not.toContainText('noticed')
  const observed = rows.filter({ hasText: 'source' })
  // Both ways lead here: the browser's observer tells, or the folder is read again on time.
  await writeFile(join(source, 'later'), 'written while the tab was open')
  await expect(observed).toContainText('4 files', { timeout: 60_000 })
  await expect(tab.state).toHaveText('Safe')
  await tab.go('Restore')
  await tab.press('Show my backups')
  await tab.click(tab.page.getByRole('button', { name: /^Open/ }).first())
  await tab.press('Restore to a folder')
  await expect(tab.restoring).toHaveText('Everything is back')
  expect([...(await tab.restored('source')).keys()]).toContain('later')
  expect([...(await tab.restored('away')).keys()]).toEqual(['letter'])

  // Whoever works in that folder since then loses nothing unasked.
  await tab.writePicked('source/later', 'written since then')
  const [mine, kept] = [await tab.restored('source'), await contentsOf(source, { meta: false })]
  const again = async (answer: string) => {
    await tab.press('Back')
    await tab.press('Restore to a folder')
    await expect(tab.restoring).toHaveText('Something else is there already')
    await tab.go('Keep') // the question stays, and is told there
    await expect(tab.page.getByText('Bringing back waits for your answer.')).toBeVisible()
    await expect(tab.page).toHaveTitle(/waits for your answer/)
    await tab.page.getByRole('link', { name: 'Show it' }).click()
    await expect(tab.page.getByTestId('different')).toContainText(/other version of .{0,2}source\/later/)
    await tab.press(answer)
    await expect(tab.restoring).toHaveText('Everything is back')
  }
  await again('Put the copy into a new folder')
  expect(await tab.restored('source')).toEqual(mine)
  const [beside] = /picked \(backup of [-\d]+\)/.exec(await tab.page.getByTestId('restore-result').innerText()) ?? []
  expect(await tab.restored(`${beside}/source`)).toEqual(kept)
  await again('Replace it')
  expect(await tab.restored('source')).toEqual(kept)

  // Asked for by a click, the permission is given; from then on this folder is like the other one.
  await tab.go('Backup')
  await writeFile(join(away, 'reply'), 'written while nobody could read it')
  await tab.click(rows.filter({ hasText: 'away' }).getByRole('button', { name: /Reconnect .away/ }))
  await expect(rows.filter({ hasText: 'away' })).not.toContainText('permission')
  await expect(tab.page.getByText('Changes are noticed within seconds.')).toBeVisible()
  await expect(rows.filter({ hasText: 'away' })).toContainText('2 files', { timeout: 60_000 })
  await expect(tab.state).toHaveText('Safe')
})

/** As a browser hides a page: it says so, and draws nothing any more. */
function hide(): void {
  Object.defineProperties(document, { hidden: { value: true }, visibilityState: { value: 'hidden' } })
  globalThis.requestAnimationFrame = () => 0
  document.dispatchEvent(new Event('visibilitychange'))
}

/** As a browser does that has taken the permission for one folder back, until a person who is asked gives it again. */
function takePermission(name: string): void {
  const { prototype } = FileSystemHandle
  const before = Object.getOwnPropertyDescriptor(prototype, 'queryPermission')
    ?.value as typeof prototype.queryPermission
  let given = false
  prototype.queryPermission = function (wanted) {
    return this.name === name && !given ? Promise.resolve('prompt') : before.call(this, wanted)
  }
  prototype.requestPermission = function (wanted) {
    given ||= navigator.userActivation.isActive
    return this.queryPermission(wanted)
  }
}
