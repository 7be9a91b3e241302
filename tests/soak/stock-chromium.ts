/**
 * A Chromium as people start it: none of the flags with which test tools keep hidden pages awake, and no debugger attached
 * while a page is hidden.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type BrowserContext } from '@playwright/test'
import WebSocket from 'ws'
import type { Millis } from '../../src/core/units.ts'
import { findChromium } from '../chromium.mjs'
import { expect } from '../e2e/story.ts'
import { Tab } from '../e2e/tab.ts'

/** What a page with a timer of a second saw while it was hidden. */
export interface Hidden {
  readonly hiddenMs: Millis
  /** The longest time between two ticks. */
  readonly longestGapMs: Millis
  /** How long it had been hidden when the browser first let half a minute pass between two ticks. */
  readonly throttledAfterMs?: Millis
}

/** Playwright is connected for a moment at a time. */
export class StockChromium {
  readonly #process: ChildProcess
  readonly #address: string

  private constructor(process: ChildProcess, address: string) {
    this.#process = process
    this.#address = address
  }

  static async start(profile: string): Promise<StockChromium> {
    const flags = ['--headless', '--no-first-run', '--no-default-browser-check', '--window-size=1200,800']
    // As root, in a container, Chromium does not start with its sandbox.
    if (process.getuid?.() === 0) flags.push('--no-sandbox')
    const program = findChromium() ?? chromium.executablePath()
    // What its page of debugging pages sets, without which it shows none.
    await mkdir(profile, { recursive: true })
    await writeFile(join(profile, 'Local State'), JSON.stringify({ internal_only_uis_enabled: true }))
    const args = [...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank']
    const started = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const address = await new Promise<string>((resolve, reject) => {
      createInterface(started.stderr).on('line', (line) => {
        const [, host] = /DevTools listening on ws:\/\/([^/]+)/.exec(line) ?? []
        if (host !== undefined) resolve(`http://${host}`)
      })
      started.once('exit', () => reject(new Error('Chromium does not start.')))
    })
    return new StockChromium(started, address)
  }

  async withPages<T>(work: (context: BrowserContext) => Promise<T>): Promise<T> {
    const browser = await chromium.connectOverCDP(this.#address)
    try {
      const [context] = browser.contexts()
      if (context === undefined) throw new Error('Chromium has no window.')
      return await work(context)
    } finally {
      await browser.close() // lets go of it; it goes on running
    }
  }

  /** In front of all others, which are hidden from then on. */
  async openInFront(url: string): Promise<void> {
    await fetch(`${this.#address}/json/new?${url}`, { method: 'PUT' })
  }

  /**
   * Throws the page at this address away as for memory; it stays among the tabs, and loads again when somebody comes to it.
   * Chromium spares a page to which a debugger is attached, so only its page of discards has one.
   */
  async discard(url: string): Promise<void> {
    const opened = await fetch(`${this.#address}/json/new?chrome://discards/`, { method: 'PUT' })
    const { id, webSocketDebuggerUrl } = (await opened.json()) as { id: string; webSocketDebuggerUrl: string }
    const socket = new WebSocket(webSocketDebuggerUrl)
    await once(socket, 'open')
    const run = async (expression: string): Promise<unknown> => {
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }))
      const [answer] = (await once(socket, 'message')) as [Buffer]
      const { result } = JSON.parse(answer.toString()) as { result: { result: { value?: unknown } } }
      return result.result.value
    }
    // What compiles the soak marks functions with their names, by a function that is not there.
    const asked = `((__name) => (${askToDiscard.toString()})(${JSON.stringify(url)}))((f) => f)`
    await expect.poll(() => run(asked)).toContain('discarded')
    socket.close()
    await fetch(`${this.#address}/json/close/${id}`)
  }

  /** As a click on its tab does. */
  async comeBackTo(url: string): Promise<void> {
    const targets = (await (await fetch(`${this.#address}/json/list`)).json()) as { id: string; url: string }[]
    const target = targets.find((one) => one.url.startsWith(url))
    if (target === undefined) throw new Error(`No tab is at ${url}.`)
    await fetch(`${this.#address}/json/activate/${target.id}`)
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await gone
  }
}

/** A new page that keeps for others. */
export async function keepingTab(context: BrowserContext, url: string): Promise<Tab> {
  const tab = await Tab.open(context, url, 'keep')
  await tab.keep()
  return tab
}

// ---- what runs in the pages

/** @returns what the table of Chromium's page of discards says of a tab; asks to throw it away when that was not done */
function askToDiscard(url: string): string {
  const inner = (one?: ParentNode | null, name = ''): ParentNode | null | undefined =>
    one?.querySelector(name)?.shadowRoot
  const rows = inner(inner(document, 'discards-main'), 'discards-tab')?.querySelectorAll<HTMLElement>('tbody tr')
  const row = Array.from(rows ?? []).find((one) => one.innerText.includes(url))
  const link = Array.from(row?.querySelectorAll<HTMLElement>('[is=action-link]') ?? []).find((one) =>
    one.innerText.includes('Urgent Discard'),
  )
  if (row !== undefined && !row.innerText.includes('discarded')) link?.click()
  return row?.innerText ?? ''
}

type Ticks = { -readonly [Field in keyof Hidden]: Hidden[Field] }

declare global {
  interface Window {
    ticks?: Ticks
  }
}

export function watchTicks(): void {
  const ticks: Ticks = (window.ticks = { hiddenMs: 0, longestGapMs: 0 })
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    if (document.visibilityState === 'hidden') {
      ticks.hiddenMs += now - last
      ticks.longestGapMs = Math.max(ticks.longestGapMs, now - last)
      if (now - last > 30_000) ticks.throttledAfterMs ??= ticks.hiddenMs
    }
    last = now
  }, 1000)
}

export const whatWasSeen = (): Ticks | undefined => window.ticks
