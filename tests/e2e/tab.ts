/** People at their browsers: profiles that know nothing of each other, tabs with Keeptab in them, every click counted. */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from '@playwright/test'
import type { Millis } from '../../src/core/units.ts'
import { expect, test as story } from './story.ts'

export { expect }

/** The folder that stands for the one a person would pick: a headless browser has no dialogs. */
const PICKED = 'picked'

/** One tab, and what a person does in it. */
export class Tab {
  readonly page: Page
  /** Since the tab was opened. Typing is none, and the system's own dialogs are not on the page. */
  clicks = 0

  private constructor(page: Page) {
    this.page = page
  }

  static async open(context: BrowserContext, url: string, screen = ''): Promise<Tab> {
    const tab = new Tab(await context.newPage())
    await tab.page.goto(screen === '' ? url : `${url}/#${screen}`)
    await expect(tab.heading).toBeVisible()
    await expect(tab.page.getByText('Opening what this browser remembers')).toBeHidden()
    return tab
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 })
  }

  /** The pill over the backup as a whole. */
  get state(): Locator {
    return this.page.getByTestId('state')
  }

  get keeping(): Locator {
    return this.page.getByTestId('keep-state')
  }

  get restoring(): Locator {
    return this.page.getByTestId('restore-state')
  }

  get trouble(): Locator {
    return this.page.getByRole('alert').locator('.trouble')
  }

  async click(button: Locator): Promise<void> {
    this.clicks += 1
    await button.click()
  }

  press(name: string | RegExp): Promise<void> {
    return this.click(this.page.getByRole('button', { name }))
  }

  go(screen: 'Backup' | 'Restore' | 'Keep' | 'Account' | 'Check'): Promise<void> {
    return this.click(this.page.getByRole('link', { name: screen, exact: true }))
  }

  // ---- backing up

  /** Through the dialog of `<input webkitdirectory>`. */
  async chooseFiles(folder: string): Promise<void> {
    const dialog = this.page.waitForEvent('filechooser')
    await this.click(this.page.getByText(/Choose (files instead|the files again)/))
    await (await dialog).setFiles(folder)
  }

  /** With a real handle, as a file manager would. */
  drop(folder: string): Promise<void> {
    return this.dropAnother(folder, 1)
  }

  /** @param count of folders in the list afterwards */
  async dropAnother(folder: string, count: number): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page)
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    const folders = this.page.getByTestId('folder')
    // Chromium drops nothing when the page's answer to dragging over it has not come yet.
    await expect(async () => {
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
      }
      await expect(folders).toHaveCount(count, { timeout: 2000 })
    }).toPass({ timeout: 60_000 })
    await devtools.detach()
  }

  /** Shows the words, writes them down and proves it. */
  async confirmWords(): Promise<string> {
    const words = await this.showWords()
    await this.press('I have written them down')
    await this.answer((position) => words[position - 1] ?? '')
    await expect(this.page.getByRole('heading', { name: 'Three of them' })).toBeHidden()
    return words.join(' ')
  }

  /** Says which words stand at the places that are asked for. */
  async answer(wordAt: (position: number) => string, submit = 'Confirm'): Promise<void> {
    const questions = this.page.locator('label').filter({ hasText: /Word \d+/ })
    await expect(questions).toHaveCount(3)
    for (const question of await questions.all()) {
      const position = /\d+/.exec(await question.innerText())?.[0]
      await question.getByRole('textbox').fill(wordAt(Number(position)))
    }
    await this.click(this.page.getByRole('button', { name: submit, exact: true }))
  }

  async showWords(): Promise<string[]> {
    await this.press('Show the words')
    const list = this.page.getByRole('list', { name: 'The 24 words' }).getByRole('listitem')
    await expect(list).toHaveCount(24)
    const lines = await list.allInnerTexts()
    return lines.map((line) => line.replace(/^\d+\s*/, ''))
  }

  /** How many of the words the page says anywhere, shown or not. */
  async wordsOnPage(words: readonly string[]): Promise<number> {
    const page = await this.page.content()
    return words.filter((word) => new RegExp(`\\b${word}\\b`).test(page)).length
  }

  /** What a screen reader would say by itself: texts that change in polite regions which were there before. */
  async listen(): Promise<string[]> {
    const told: string[] = []
    await this.page.exposeFunction('told', (text: string) => void told.push(text))
    await this.page.evaluate(() => {
      const tell = (window as unknown as { told: (text: string) => void }).told
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement
          const region = element?.closest('[aria-live=polite], [role=status]')
          if (region?.textContent) tell(region.textContent.trim())
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    })
    return told
  }

  // ---- bringing back

  async findBackups(words: string): Promise<void> {
    await this.page.getByLabel('I have 24 words').fill(words)
    await this.press('Find my backups')
  }

  /** Up to the list of what is in the newest backup. */
  async openNewest(): Promise<void> {
    await this.click(this.page.getByRole('button', { name: /^Open/ }).first())
    await expect(this.page.getByRole('button', { name: 'Download a ZIP' })).toBeEnabled({ timeout: 60_000 })
  }

  /** @returns where the browser has put the ZIP, once it is all there */
  async downloadZip(): Promise<string> {
    await this.page.evaluate(() => navigator.serviceWorker.ready)
    const download = this.page.waitForEvent('download')
    await this.press('Download a ZIP')
    return (await download).path()
  }

  /** What lies in a folder of the one that was picked, by its path, as `contentsOf` says it of a folder on disk. */
  async restored(name: string): Promise<Map<string, string>> {
    return new Map(await this.page.evaluate(describePicked, [PICKED, name] as const))
  }

  /** A file in the folder that is picked. */
  async writePicked(path: string, text: string): Promise<void> {
    await this.page.evaluate(writePicked, [PICKED, path, text] as const)
  }

  /** Waits until so many bytes are kept, or are back. @returns how many it were then */
  async progressUntil(bytes: number, patience: { readonly timeout?: Millis } = {}): Promise<number> {
    const bar = await this.page.getByTestId('progress').elementHandle()
    const reached = ([bar, bytes]: readonly [Element | null, number]) => {
      const { value, isConnected } = bar as HTMLProgressElement
      if (!isConnected) throw new Error('It ended first.')
      return value >= bytes ? { value } : undefined
    }
    return (await (await this.page.waitForFunction(reached, [bar, bytes] as const, patience)).jsonValue())?.value ?? 0
  }

  // ---- keeping

  async keep(): Promise<void> {
    await this.press('Keep for others')
    await expect(this.keeping).toHaveText(/You are a keeper|You keep/)
  }

  /** Moves the slider. @param gigabytes from 1 */
  async limitTo(gigabytes: number): Promise<void> {
    const slider = this.page.getByRole('slider', { name: 'Space limit' })
    await slider.fill(String(gigabytes))
  }

  // ---- behind the screen

  /** The name under which it keeps; the screen is Keep afterwards. */
  async device(): Promise<string> {
    await this.go('Account')
    const device = await this.page.locator('dt', { hasText: 'This device' }).locator('+ dd').innerText()
    await this.go('Keep')
    return device
  }

  /** How many entries a store of the profile's database has. */
  stored(store: string, database = 'keeptab'): Promise<number> {
    return this.page.evaluate(countStored, [database, store] as const)
  }

  close(): Promise<void> {
    return this.page.close()
  }

  /** Closes it, does something to what its profile has stored, and opens it again where it was. */
  async meanwhile(work: (bare: Page) => Promise<unknown>): Promise<Tab> {
    const context = this.page.context()
    const { origin, hash } = new URL(this.page.url())
    await this.close()
    // Of the same origin, and without the app, which every address that is not the coordinator's leads to.
    const bare = await context.newPage()
    await bare.goto(`${origin}/healthz`)
    await work(bare)
    await bare.close()
    return Tab.open(context, origin, hash.slice(1))
  }

  /** As an out-of-memory killer would: nothing in the page runs any more. */
  async crash(): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page)
    const crashed = this.page.waitForEvent('crash')
    void devtools.send('Page.crash').catch(() => undefined) // nobody is left to answer
    await crashed
    await this.page.close()
  }
}

/** Takes the bytes of so many kept shards away, in the order of their names, as a browser that is short of disk might. */
export const loseShards = (page: Page, count: number): Promise<void> => page.evaluate(deleteShardBytes, count)

/** What a person does who clears the data of this site, or a browser that needs all of its room. */
export async function clearSiteData(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'all' })
  await devtools.detach()
}

/** The browsers of one story, and everything they complain about. */
export class Profiles {
  readonly complaints: string[] = []
  readonly #browser: Browser
  readonly #url: string

  constructor(browser: Browser, url: string) {
    this.#browser = browser
    this.#url = url
  }

  /** A profile that has never been here, with one tab. */
  async fresh(screen = '', options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await this.#browser.newContext(options)
    await this.watch(context)
    return Tab.open(context, this.#url, screen)
  }

  /** Another tab of the same profile. */
  another(tab: Tab, screen = ''): Promise<Tab> {
    return Tab.open(tab.page.context(), this.#url, screen)
  }

  /** Gives a profile the dialogs that it lacks, and listens to what it complains about. */
  async watch(context: BrowserContext): Promise<void> {
    context.setDefaultTimeout(60_000)
    await context.addInitScript(answerDialogs, PICKED)
    context.on('weberror', (error) => this.complaints.push(String(error.error())))
    context.on('console', (message) => {
      // A status that says no, or a coordinator that is away, is a line in the console too.
      const isAnswer = /^Failed to load resource|WebSocket connection to .* failed/.test(message.text())
      if (message.type() === 'error' && !isAnswer) this.complaints.push(message.text())
    })
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()))
  }
}

/** Stories with people in them: at their end no browser has complained, of the page's policy (CSP) least of all. */
export const test = story.extend<{ profiles: Profiles }>({
  profiles: async ({ browser, network }, use) => {
    const profiles = new Profiles(browser, network.url)
    await use(profiles)
    await profiles.closeAll()
    expect(profiles.complaints).toEqual([])
  },
})

// ---- what runs in the page

function answerDialogs(picked: string): void {
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`The policy was violated: ${violatedDirective} ${blockedURI}`),
  )
  window.showDirectoryPicker = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(picked, { create: true })
  // Without it a ZIP is streamed through the service worker, as in browsers that have no such dialog.
  delete window.showSaveFilePicker
}

async function writePicked([picked, path, text]: readonly [string, string, string]): Promise<void> {
  let folder = await navigator.storage.getDirectory()
  const names = [picked, ...path.split('/')]
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true })
  const file = await folder.getFileHandle(names.at(-1) ?? '', { create: true })
  const writable = await file.createWritable()
  await writable.write(text)
  await writable.close()
}

async function describePicked([picked, path]: readonly [string, string]): Promise<[string, string][]> {
  const found: [string, string][] = []
  let top = await navigator.storage.getDirectory()
  for (const name of [picked, ...path.split('/')]) top = await top.getDirectoryHandle(name)
  // A list and no recursion: a function in this one would not survive every way of getting into the page.
  const waiting: [string, FileSystemDirectoryHandle][] = [['', top]]
  for (const [path, directory] of waiting) {
    for await (const [name, handle] of directory.entries()) {
      if (handle.kind === 'directory') {
        found.push([path + name, 'directory'])
        waiting.push([`${path}${name}/`, handle])
      } else {
        const bytes = await (await handle.getFile()).arrayBuffer()
        const hash = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
          byte.toString(16).padStart(2, '0'),
        )
        found.push([path + name, `file of ${bytes.byteLength} ${hash.join('')}`])
      }
    }
  }
  return found
}

function countStored([database, store]: readonly [string, string]): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database)
    opening.onerror = () => reject(new Error(String(opening.error)))
    opening.onsuccess = () => {
      const counting = opening.result.transaction(store).objectStore(store).count()
      counting.onsuccess = () => {
        opening.result.close()
        resolve(counting.result)
      }
    }
  })
}

function deleteShardBytes(count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab')
    opening.onerror = () => reject(new Error(String(opening.error)))
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('shardBytes', 'readwrite')
      const finding = transaction.objectStore('shardBytes').getAllKeys(null, count)
      finding.onsuccess = () => finding.result.forEach((key) => transaction.objectStore('shardBytes').delete(key))
      transaction.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })
}
