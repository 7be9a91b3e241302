/** T29: nothing that others chose the name of does more in the page than be read; and no script but ours runs in it. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { visibleName } from '../../src/app/visible-name.ts'
import { randomFolder } from './corpus.ts'
import { hostileNames } from './hostile-names.ts'
import { Network } from './network.ts'
import { root } from './program.ts'
import { test as story } from './story.ts'
import { expect, Profiles, test } from './tab.ts'

/** As a person reads it: what would not be seen is there as its code. */
const shown = (name: string): string =>
  visibleName(name)
    .map(({ text }) => text)
    .join('')

test('500 hostile names are read and do nothing, in every list of the page', async ({ network, profiles }) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, '<img src=x onerror=alert(1)>\u202Egnp.exe')
  await writeNames(source)
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  for (const name of hostileNames.slice(0, 60)) await rm(join(source, name), { recursive: true })
  await network.backup(owner, source)

  const tab = await profiles.fresh('restore')
  let dialogs = 0
  tab.page.on('dialog', (dialog) => {
    dialogs += 1
    void dialog.dismiss()
  })
  await tab.findBackups((await readFile(owner.phrase, 'utf8')).trim())
  const rows = tab.page.getByTestId('snapshot-row')
  await expect(rows).toHaveCount(2)
  for (const row of await rows.all()) await expect(row).toContainText('[U+202E]gnp.exe')
  await expectHarmless(tab.page)
  await tab.openNewest()

  // What has gone since the backup before, what is found by its name, and the versions of one file.
  await tab.press('What changed')
  await expect(tab.page.getByTestId('comparison')).toContainText(/[1-9]\d* gone/)
  await expectHarmless(tab.page)
  await tab.press('Files')
  await tab.page.getByRole('searchbox').fill('onerror')
  await tab.press('Find')
  const found = tab.page.getByTestId('found')
  await expect(found.first()).toBeVisible()
  await expectHarmless(tab.page)
  await tab.press(/^Back$/)

  await tab.click(tab.page.getByRole('button', { name: /^Open/ }).last())
  await expect(tab.page.getByRole('button', { name: 'Download a ZIP' })).toBeEnabled({ timeout: 60_000 })
  await openAll(tab.page)
  const listed = await tab.page.locator('main').innerText()
  const words = (text: string) => text.replaceAll(/\s+/g, ' ')
  const readable = words(listed)
  expect(hostileNames.filter((name) => !readable.includes(words(shown(name)).trim()))).toEqual([])
  await expectHarmless(tab.page)

  await tab.downloadZip()
  await expect(tab.restoring).toHaveText('Everything is back')
  await tab.page.locator('summary').click()
  await expectHarmless(tab.page)

  await tab.go('Backup')
  await tab.chooseFiles(source)
  await expect(tab.page.getByTestId('folder')).toContainText(shown('\u202Egnp.exe'))
  await tab.page.locator('summary').first().click()
  await expectHarmless(tab.page)

  const mistaken = await profiles.fresh('restore')
  await mistaken.findBackups(`<img src=x onerror=alert(1)> \u202E ${'abandon '.repeat(22)}`)
  await expect(mistaken.trouble).toBeVisible()
  await expectHarmless(mistaken.page)
  expect(dialogs).toBe(0)
})

/** Half of them as files, half as directories with a file each. */
async function writeNames(folder: string): Promise<void> {
  await mkdir(folder)
  for (const [i, name] of hostileNames.entries()) {
    const path = join(folder, name)
    if (i % 2 === 1) await mkdir(path)
    await writeFile(i % 2 === 1 ? join(path, 'in it') : path, `${i}`)
  }
}

/** Every directory, and the parts of long ones. */
async function openAll(page: Page): Promise<void> {
  const closed = page.locator('button[aria-expanded=false]')
  const more = page.getByRole('button', { name: /^Show .* more$/ })
  const reading = page.getByText('Reading the list of files')
  for (;;) {
    await expect(reading).toHaveCount(0)
    if ((await closed.count()) + (await more.count()) === 0) return
    await page.evaluate(() => {
      for (const button of document.querySelectorAll<HTMLElement>('main button[aria-expanded=false]')) button.click()
    })
    for (const button of await more.all()) await button.click()
  }
}

/** Nothing of a name has become an element, and nothing that turns or hides text has reached the page. */
async function expectHarmless(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const elements =
      'main :is(script, img, iframe, style, base, meta, object, embed), [onerror], [onload], [onmouseover]'
    const labels = Array.from(document.querySelectorAll('[aria-label]'), (one) => one.getAttribute('aria-label'))
    const text = `${document.body.innerText}${labels.join('')}${document.title}`
    return {
      elements: document.querySelectorAll(elements).length,
      // Not the isolates that we put around a name in a sentence, nor the ends of our own lines.
      unseen: text.match(/(?![\n\t\u2068\u2069])[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2066\u2067\uFEFF\u00AD]/gu),
    }
  })
  expect(found).toEqual({ elements: 0, unseen: null })
}

story(
  'no script but ours runs, and nothing is fetched from elsewhere, whatever gets into the page',
  async ({ browser }, info) => {
    const page = info.outputPath('page')
    await cp(join(root, 'dist'), page, { recursive: true })
    const html = await readFile(join(page, 'index.html'), 'utf8')
    const injected = `<script>window.ran = 'inline'</script>
    <img src="missing.png" onerror="window.ran = 'handler'">
    <script src="https://elsewhere.invalid/x.js"></script>
    <iframe src="https://elsewhere.invalid/"></iframe>
    <a id="link" href="javascript:void (window.ran = 'address')">go</a></body>`
    await writeFile(join(page, 'index.html'), html.replace('</body>', injected))
    const network = await Network.start(0, ['--one-machine', '--page', page])
    const profiles = new Profiles(browser, network.url)
    try {
      const tab = await profiles.fresh()
      await tab.page.evaluate(() => document.getElementById('link')?.click())
      const outcome = await tab.page.evaluate(
        () =>
          // In a turn of its own: what a driver evaluates may use eval whatever the policy says.
          new Promise<Record<string, string>>((resolve) => {
            setTimeout(() => {
              const attempt = (work: () => unknown): string => {
                try {
                  work()
                  return 'done'
                } catch (thrown) {
                  return (thrown as Error).name
                }
              }
              const script = document.createElement('script')
              const holder = document.createElement('div')
              void fetch('https://elsewhere.invalid/')
                .then(
                  () => 'fetched',
                  () => 'refused',
                )
                .then((fetched) =>
                  resolve({
                    eval: attempt(() => (0, eval)('window.ran = "eval"')),
                    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it must not work
                    function: attempt(() => Function('window.ran = "function"')()),
                    script: attempt(() => (script.text = 'window.ran = "script"')),
                    markup: attempt(() => (holder.innerHTML = '<img src=x onerror="window.ran = 1">')),
                    worker: attempt(() => new Worker('https://elsewhere.invalid/worker.js')),
                    blob: attempt(() => new Worker(URL.createObjectURL(new Blob(['1'])))),
                    fetched,
                    ran: String((window as { ran?: string }).ran),
                  }),
                )
            })
          }),
      )
      expect(outcome).toEqual({
        eval: 'EvalError',
        function: 'EvalError',
        script: 'TypeError',
        markup: 'TypeError',
        worker: 'TypeError',
        blob: 'TypeError',
        fetched: 'refused',
        ran: 'undefined',
      })
      const reported = (directive: string, what: string) =>
        profiles.complaints.filter((line) => line.startsWith(`The policy was violated: ${directive} ${what}`)).length
      await expect
        .poll(() => ({
          scripts: reported('script-src-elem', 'inline'),
          handlers: reported('script-src-attr', 'inline'),
          elsewhere: reported('script-src-elem', 'https://elsewhere.invalid/x.js'),
          frames: reported('frame-src', 'https://elsewhere.invalid'),
          fetches: reported('connect-src', 'https://elsewhere.invalid'),
          types: reported('require-trusted-types-for', 'trusted-types-sink'),
        }))
        // One of the scripts is the address of a link.
        .toEqual({ scripts: 2, handlers: 1, elsewhere: 1, frames: 1, fetches: 1, types: 6 })
    } finally {
      await profiles.closeAll()
      await network.stop()
    }
  },
)

test('as many sources as a backup can hold, with the longest names, are a list that still answers; one more is refused', async ({
  network,
  profiles,
}) => {
  const tab = await profiles.fresh()
  await tab.page.evaluate(rememberSources, 1024)
  await tab.page.reload()
  const rows = tab.page.getByTestId('folder')
  await expect(rows).toHaveCount(50)
  await tab.press('Show 50 more')
  await expect(rows).toHaveCount(100)
  await expect(rows.last()).toContainText('99'.padStart(255, 'n'))
  const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
  expect(await tab.page.evaluate(wider)).toBe(0)
  const more = join(network.folder, 'one more')
  await randomFolder(more, 1, 10)
  await tab.chooseFiles(more)
  await expect(tab.trouble).toContainText('At most 1,024 folders can be chosen.')
})

/** As if so many folders had been chosen at earlier visits. */
function rememberSources(count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-page')
    opening.onerror = () => reject(new Error('the page remembers nothing'))
    opening.onsuccess = () => {
      const db = opening.result
      const writing = db.transaction('folders', 'readwrite')
      for (let i = 0; i < count; i += 1) {
        const id = String(i).padStart(5, '0')
        writing.objectStore('folders').put({ id, name: String(i).padStart(255, 'n'), way: 'files', files: 1, bytes: 1 })
      }
      writing.oncomplete = () => {
        db.close()
        resolve()
      }
    }
  })
}
