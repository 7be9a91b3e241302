/**
 * People at Firefox. It is driven over WebDriver BiDi, a web standard: Playwright brings a Firefox of its own, and what
 * counts is the one that people have. Each person gets a container, whose storage is apart from all others.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import WebSocket from 'ws'
import { findFirefox } from '../firefox.mjs'
import { expect } from './story.ts'

type Params = Record<string, unknown>

/** Dialogs need no waiting, downloads no asking; and nothing is fetched from elsewhere. */
const preferences: Record<string, string | number | boolean> = {
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.download.alwaysOpenPanel': false,
  'browser.download.always_ask_before_handling_new_types': false,
  'browser.download.folderList': 2,
  'browser.download.useDownloadDir': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'security.dialog_enable_delay': 0,
  'toolkit.telemetry.enabled': false,
}

export class Firefox {
  /** Every error in a console, the page's policy included. */
  readonly complaints: string[] = []
  readonly #process: ChildProcess
  readonly #socket: WebSocket
  readonly #pending = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>()
  readonly downloads: string
  #commands = 0

  private constructor(process: ChildProcess, socket: WebSocket, downloads: string) {
    this.#process = process
    this.#socket = socket
    this.downloads = downloads
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Params))
  }

  /** @param folder for its profile and its downloads. @param isPrivate all of its windows are */
  static async launch(folder: string, isPrivate = false): Promise<Firefox> {
    const [profile, downloads] = [join(folder, 'firefox-profile'), join(folder, 'firefox-downloads')]
    await Promise.all([profile, downloads].map((path) => mkdir(path, { recursive: true })))
    const lines = Object.entries({
      ...preferences,
      'browser.download.dir': downloads,
      'browser.privatebrowsing.autostart': isPrivate,
    }).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
    await writeFile(join(profile, 'user.js'), lines.join('\n'))
    const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0']
    // The second lets the story answer Firefox's own dialogs, which no page can.
    const child = spawn(findFirefox() ?? 'firefox', [...args, '--remote-allow-system-access', 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
    })
    const address = await listening(child)
    const socket = new WebSocket(`${address}/session`)
    await once(socket, 'open')
    const firefox = new Firefox(child, socket, downloads)
    await firefox.send('session.new', {
      capabilities: { alwaysMatch: { unhandledPromptBehavior: { default: 'ignore' } } },
    })
    await firefox.send('session.subscribe', { events: ['log.entryAdded'] })
    return firefox
  }

  /** A person who has never been here, with one tab. */
  async fresh(url: string): Promise<FirefoxTab> {
    const { userContext } = await this.send('browser.createUserContext')
    const { context } = await this.send('browsingContext.create', { type: 'tab', userContext })
    const tab = new FirefoxTab(this, String(context))
    await this.send('browsingContext.navigate', { context, url, wait: 'complete' })
    await expect.poll(() => tab.text('h1')).not.toBe('')
    return tab
  }

  /** The ZIP in the folder of the downloads, once it is all there and alone. */
  async downloaded(): Promise<string> {
    await expect.poll(() => readdir(this.downloads)).toEqual(['keeptab-restore.zip'])
    return join(this.downloads, 'keeptab-restore.zip')
  }

  async send(method: string, params: Params = {}): Promise<Params> {
    const id = ++this.#commands
    const answer = new Promise<Params>((resolve, reject) => this.#pending.set(id, { resolve, reject }))
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answer
  }

  /** Runs in a page, or where Firefox's own windows are; the result goes through JSON. */
  async run<T>(context: string, code: string): Promise<T> {
    // What compiles the soak marks functions with their names, by a function that is not there.
    const expression = `((__name) => Promise.resolve(${code}).then((value) => JSON.stringify({ value })))((f) => f)`
    const answer = (await this.send('script.evaluate', {
      expression,
      target: { context },
      awaitPromise: true,
    })) as { type: string; result?: { value: string }; exceptionDetails?: { text: string } }
    if (answer.result === undefined) throw new Error(answer.exceptionDetails?.text)
    return (JSON.parse(answer.result.value) as { value: T }).value
  }

  /** The window around all tabs. */
  async window(): Promise<string> {
    const { contexts } = (await this.send('browsingContext.getTree', { 'moz:scope': 'chrome' })) as {
      contexts: { context: string }[]
    }
    return contexts[0]?.context ?? ''
  }

  async close(): Promise<void> {
    this.#socket.terminate()
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await gone
  }

  #take(message: Params): void {
    if (message['type'] === 'event') {
      const { level, text } = message['params'] as { level: string; text: string }
      const isAnswer = /can.t establish a connection|Failed to load resource|NetworkError/.test(text)
      if (level === 'error' && !isAnswer) this.complaints.push(text)
      return
    }
    const waiting = this.#pending.get(Number(message['id']))
    this.#pending.delete(Number(message['id']))
    if (message['type'] === 'success') waiting?.resolve(message['result'] as Params)
    else waiting?.reject(new Error(`${String(message['error'])}: ${String(message['message'])}`))
  }
}

export class FirefoxTab {
  readonly #firefox: Firefox
  readonly #context: string

  constructor(firefox: Firefox, context: string) {
    this.#firefox = firefox
    this.#context = context
  }

  run<T>(code: string): Promise<T> {
    return this.#firefox.run(this.#context, code)
  }

  async reload(): Promise<void> {
    await this.#firefox.send('browsingContext.reload', { context: this.#context, wait: 'complete' })
  }

  /** What can be read there; nothing where there is no such element. */
  text(selector: string): Promise<string> {
    return this.run(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`)
  }

  state(): Promise<string> {
    return this.text('[data-testid=state]')
  }

  /** Clicks what says this, once it can be clicked. */
  async press(label: string): Promise<void> {
    let at: { x: number; y: number } | undefined
    const find = `(${placeOfControl.toString()})(${JSON.stringify(label)})`
    await expect.poll(async () => (at = await this.run(find)), { message: label }).toBeDefined()
    const { x, y } = at ?? { x: 0, y: 0 }
    await this.#actions('pointer', [
      { type: 'pointerMove', x, y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ])
  }

  /** Types where the selector points. */
  async type(selector: string, text: string): Promise<void> {
    await expect.poll(() => this.run(`document.querySelector(${JSON.stringify(selector)}) !== null`)).toBe(true)
    await this.run(`document.querySelector(${JSON.stringify(selector)}).focus()`)
    const keys = Array.from(text).flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await this.#actions('key', keys)
  }

  /** On the screen for restoring; at its end there is something to open. */
  async findBackups(words: string): Promise<void> {
    await this.type('textarea', words)
    await this.press('Find my backups')
    await expect.poll(() => this.text('[data-testid=snapshot-row]')).not.toBe('')
  }

  /** Chooses a folder where Firefox asks for one, and confirms that all its files may be read. */
  async chooseFolder(label: string, folder: string): Promise<void> {
    const window = await this.#firefox.window()
    await this.#firefox.run(window, `(${answerFolderDialog.toString()})(${JSON.stringify(folder)})`)
    await this.press(label)
    await expect.poll(() => this.#firefox.run(window, `(${confirmUpload.toString()})()`)).toBe(true)
  }

  async #actions(type: 'pointer' | 'key', actions: readonly unknown[]): Promise<void> {
    const context = this.#context
    const parameters = type === 'pointer' ? { parameters: { pointerType: 'mouse' } } : {}
    await this.#firefox.send('input.performActions', { context, actions: [{ type, id: type, ...parameters, actions }] })
  }
}

/** The address that Firefox listens at, or what it said instead. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    if (child.stderr === null) throw new Error('pipes were asked for')
    createInterface(child.stderr).on('line', (line) => {
      said.push(line)
      const [, address] = /WebDriver BiDi listening on (\S+)/.exec(line) ?? []
      if (address !== undefined) resolve(address)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`Firefox ended.\n${said.join('\n')}`)))
  })
}

// ---- what runs in the page

/** Where to click on what says this; `undefined` while it is not there, moves, is covered or cannot be used. */
async function placeOfControl(label: string): Promise<{ x: number; y: number } | undefined> {
  const found = [...document.querySelectorAll<HTMLElement>('button, a, label, summary')].find((one) =>
    one.innerText.trim().startsWith(label),
  )
  if (found === undefined || (found as HTMLButtonElement).disabled) return undefined
  found.scrollIntoView({ block: 'center', behavior: 'instant' })
  const middle = () => {
    const { x, y, width, height } = found.getBoundingClientRect()
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }
  }
  const before = middle()
  await new Promise((resolve) => setTimeout(resolve, 100)) // no frames are painted in a tab behind another
  const { x, y } = middle()
  const hit = document.elementFromPoint(x, y)
  return x === before.x && y === before.y && hit !== null && found.contains(hit) ? { x, y } : undefined
}

// ---- what runs in Firefox's own window

/* eslint-disable -- Firefox's insides have no types */
declare const Components: any, Cc: any, Ci: any, ChromeUtils: any, Services: any, gBrowser: any

/** From now on the system's dialog chooses this folder. All that Firefox does with the answer is its own. */
function answerFolderDialog(path: string): void {
  const all = globalThis as any
  all.keeptabFolder = path
  if (all.keeptabAnswers) return
  all.keeptabAnswers = true
  const file = () => {
    const file = Cc['@mozilla.org/file/local;1'].createInstance(Ci.nsIFile)
    file.initWithPath(all.keeptabFolder)
    return file
  }
  const createInstance = () => ({
    QueryInterface: ChromeUtils.generateQI(['nsIFilePicker']),
    init: () => undefined,
    appendFilter: () => undefined,
    appendFilters: () => undefined,
    get file() {
      return file()
    },
    open: (callback: any) => Services.tm.dispatchToMainThread(() => callback.done(Ci.nsIFilePicker.returnOK)),
  })
  Components.manager
    .QueryInterface(Ci.nsIComponentRegistrar)
    .registerFactory(Services.uuid.generateUUID(), '', '@mozilla.org/filepicker;1', {
      QueryInterface: ChromeUtils.generateQI(['nsIFactory']),
      createInstance: (iid: any) => (createInstance() as any).QueryInterface(iid),
    })
}

/** Presses the button of "Are you sure you want to upload all files". @returns whether it was there */
function confirmUpload(): boolean {
  for (const { linkedBrowser } of gBrowser.tabs) {
    const [shown] = gBrowser.getTabDialogBox(linkedBrowser).getTabDialogManager()._dialogs
    const dialog = shown?._frame?.contentDocument?.querySelector('dialog')
    const button = dialog?._buttons?.accept
    if (!button || button.disabled) continue
    button.click()
    return true
  }
  return false
}
