/**
 * M3: Firefox restores what Chromium backed up, keeps shards for others, and backs up a folder that is chosen again. X13:
 * it plays a file under an address of the page.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { differences, randomFolder } from './corpus.ts'
import { Firefox, type FirefoxTab } from './firefox.ts'
import { pageScript } from './page-script.ts'
import { expect, test as story } from './tab.ts'
import { unzip } from './unzip.ts'
import { waveByte } from './wave.ts'

const test = story.extend<{ firefox: Firefox }>({
  firefox: async ({ network }, use) => {
    const firefox = await Firefox.launch(network.folder)
    await use(firefox)
    await firefox.close()
    expect(firefox.complaints).toEqual([])
  },
})

const FILES = 20
const SIZE = 4_000_000

test('Firefox keeps and serves a backup of Chromium, restores it, and backs up a folder that is chosen again', async ({
  network,
  profiles,
  firefox,
}) => {
  const source = join(network.folder, 'source')
  await randomFolder(source, FILES, SIZE / FILES)
  const [together] = await Promise.all([network.addKeepersTogether(4), network.addKeeper()])
  const keeping = await firefox.fresh(`${network.url}/#keep`)
  await keeping.press('Keep for others')
  await expect.poll(() => keeping.text('h1')).toMatch(/You are a keeper|You keep/)

  const owner = await profiles.fresh()
  await owner.chooseFiles(source)
  await owner.press('Start backup')
  const words = await owner.confirmWords()
  await expect(owner.state).toHaveText('Safe')
  await owner.page.context().close()

  // Two are needed, and only one other is left.
  await together.kill()
  const restoring = await firefox.fresh(`${network.url}/#restore`)
  await restoring.findBackups(words)
  await restoring.press('Open')
  await restoring.press('Download a ZIP')
  await expect.poll(() => restoring.text('h1')).toBe('Everything is back')
  const zip = await firefox.downloaded()
  const unpacked = unzip(zip, network.freshPath('unzipped'))
  expect(await differences(source, join(unpacked, 'source'), { meta: false })).toEqual([])

  await network.addKeepersTogether(4)
  const kept = await network.receivedBytes()
  const mine = join(network.folder, 'mine')
  await randomFolder(mine, FILES, SIZE / FILES)
  await restoring.press('Backup')
  await restoring.chooseFolder('Choose a folder', mine)
  await restoring.press('Start backup')
  await expect.poll(() => restoring.state()).toBe('Safe')
  const whole = (await network.receivedBytes()) - kept
  expect(whole).toBeGreaterThan(SIZE / 2)

  // In the same visit: what was read once shows no change of the disk, so the folder has to be chosen again.
  await writeFile(join(mine, 'later'), 'written between two backups')
  await expect.poll(() => restoring.text('[data-testid=folder]')).toContain('choose it again')
  await expect.poll(() => restoring.text('main')).toContain('choose it again for the next one')
  expect(await restoring.text('main')).not.toMatch(/Back up now|Read again|noticed/)
  await restoring.chooseFolder('Choose a folder', mine)
  await restoring.press('Start backup')
  await expect.poll(() => restoring.text('[data-testid=folder]')).toContain(`${FILES + 1} files`)
  await expect.poll(() => restoring.state()).toBe('Safe')
  const again = (await network.receivedBytes()) - kept - whole
  expect(again).toBeGreaterThan(0)
  expect(again).toBeLessThan(whole / 10)
  expect(await restoring.text('main')).not.toContain('in the list already')
  await restoring.reload()
  await expect.poll(() => restoring.text('[data-testid=folder]')).toMatch(/mine[^]*choose it again/)

  await playsAtAnyPlace(restoring)
  // What it says when a sound that is moved needs the rest of an answer no more.
  const left = /A ServiceWorker intercepted the request and encountered an unexpected error/
  firefox.complaints.splice(0, Infinity, ...firefox.complaints.filter((complaint) => !left.test(complaint)))
})

test('a private window is told that it forgets, is not offered to keep, and brings a backup back from the words', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 2, SIZE / FILES)
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  const firefox = await Firefox.launch(network.folder, true)
  try {
    const tab = await firefox.fresh(`${network.url}/#keep`)
    await expect.poll(() => tab.text('[data-testid=private-window]')).toContain('nothing can be kept for others')
    expect(await tab.text('main')).not.toContain('Keep for others')
    await tab.press('Backup')
    await tab.chooseFolder('Choose a folder', source)
    await expect.poll(() => tab.text('[data-testid=private-window]')).toContain('your folders, and who you are')
    await tab.press('Check')
    await expect.poll(() => tab.text('[data-testid=limit-private-window]')).toContain('A private window')
    await tab.press('Restore')
    await tab.findBackups((await readFile(owner.phrase, 'utf8')).trim())
    await tab.press('Open')
    await tab.press('Download a ZIP')
    await expect.poll(() => tab.text('h1')).toBe('Everything is back')
    const unpacked = unzip(await firefox.downloaded(), network.freshPath('unzipped'))
    expect(await differences(source, join(unpacked, 'source'), { meta: false })).toEqual([])
  } finally {
    await firefox.close()
  }
  expect(firefox.complaints).toEqual([])
})

async function playsAtAnyPlace(tab: FirefoxTab): Promise<void> {
  const { byteAt } = waveByte(60)
  await tab.run(`(() => { ${await pageScript('streams-page.ts')} })()`)
  const wave = await tab.run<string>(`streams.wave(60)`)
  const { status, body } = await tab.run<{ status: number; body: number[] }>(`streams.asked('${wave}', 'bytes=9-11')`)
  expect([status, body]).toEqual([206, [9, 10, 11].map(byteAt)])
  const { at, duration } = await tab.run<{ at: number; duration: number }>(`streams.play('${wave}', 50)`)
  expect(duration).toBe(60)
  expect(at).toBeGreaterThan(50)
}
