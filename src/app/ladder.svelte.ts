/** Four things that let a tab keep better: installed, opened with the browser, notifications, storage that stays. */
import type { PageMemory } from '../store/indexeddb-page-memory.ts'

/** What Chromium says when the page could be installed; no standard has its type yet. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

/** Which browser's words a how-to has to use. */
export type BrowserKind = 'android' | 'chromium' | 'edge' | 'firefox' | 'safari'

/** Said once, soon after the page has loaded, whichever part of it is there by then. */
let offered: InstallPrompt | undefined
let onOffer: () => void = () => undefined
export function listenForInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offered = event as InstallPrompt
    onOffer()
  })
}

export class LadderState {
  readonly #memory: PageMemory
  installed = $state(false)
  /** The browser lets the page ask to be installed. */
  installable = $state(false)
  /** Nothing in a page can tell: the person says so. */
  pinned = $state(false)
  notifications = $state<NotificationPermission | 'unsupported'>('unsupported')
  /** The browser promised not to throw the kept away when the disk gets full. */
  persisted = $state(false)
  /** It was asked for the promise and did not give it. */
  persistRefused = $state(false)

  readonly kind: BrowserKind = kindOf(navigator.userAgent)

  constructor(memory: PageMemory) {
    this.#memory = memory
    const standalone = matchMedia('(display-mode: standalone)')
    this.installed = standalone.matches
    standalone.addEventListener('change', ({ matches }) => (this.installed ||= matches))
    addEventListener('appinstalled', () => {
      this.installed = true
      this.installable = false
    })
    onOffer = () => (this.installable = offered !== undefined && !this.installed)
    onOffer()
  }

  async load(): Promise<void> {
    this.persisted = await navigator.storage.persisted()
    this.pinned = (await this.#memory.ladder())?.pinned ?? false
    if ('Notification' in globalThis) this.notifications = Notification.permission
  }

  async install(): Promise<void> {
    await offered?.prompt()
    // One offer can be taken up once; the browser makes another one when it was refused.
    offered = undefined
    this.installable = false
  }

  async setPinned(pinned: boolean): Promise<void> {
    this.pinned = pinned
    await this.#memory.setLadder({ pinned })
  }

  async allowNotifications(): Promise<void> {
    this.notifications = await Notification.requestPermission()
    // Some browsers promise to keep storage once they may notify.
    await this.persist()
  }

  async persist(): Promise<void> {
    this.persisted ||= await navigator.storage.persist()
    this.persistRefused = !this.persisted
  }
}

/** Where a page cannot ask: which menus there are. Nothing but words depends on it. */
export function kindOf(userAgent: string): BrowserKind {
  if (/android/i.test(userAgent)) return 'android'
  if (/firefox/i.test(userAgent)) return 'firefox'
  if (/edg\//i.test(userAgent)) return 'edge'
  return /chrom/i.test(userAgent) ? 'chromium' : 'safari'
}
