/** New versions of the app: fetched by the service worker in the background, taken over when the person says so. */
import { Workbox } from 'workbox-window'
import type { Millis } from '../core/units.ts'

/** What is still asked of the old version, as by a video that was stopped, holds the new one back: for so long it is waited for. */
const HELD_BACK_MS: Millis = 3000
/** In `sessionStorage`: this tab was loaded anew to end all that it asked of the old version. */
const LET_GO = 'keeptab-let-go'

export class UpdateState {
  #workbox: Workbox | undefined
  /** A new version is here and waits. */
  ready = $state(false)
  /** The shell is kept on this device, so the app opens without a network. */
  offlineReady = $state(false)
  online = $state(navigator.onLine)

  /** In development there is no service worker. */
  start(): void {
    addEventListener('online', () => (this.online = true))
    addEventListener('offline', () => (this.online = false))
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
    const workbox = new Workbox('/service-worker.js')
    this.#workbox = workbox
    workbox.addEventListener('waiting', () => (this.ready = true))
    workbox.addEventListener('activated', () => (this.offlineReady = true))
    // Another tab may have let the new version in; the parts of this one that are not loaded yet are gone then.
    // In the tab of the first visit Workbox takes no version for an update, so what has waited counts as one too.
    workbox.addEventListener('controlling', ({ isUpdate }) => {
      // Nobody takes over where the worker goes with all that the site has stored (`storage-gone.ts`).
      if (navigator.serviceWorker.controller !== null && (isUpdate === true || this.ready)) location.reload()
    })
    void workbox.register().then(
      () => this.#takeOver(workbox),
      () => undefined, // a blocked worker costs the app nothing but opening offline
    )
    void navigator.serviceWorker.ready.then(() => (this.offlineReady = true))
  }

  /** Lets the new version in: every tab of the app reloads. Not while a transfer runs, which the caller knows. */
  apply(): void {
    this.#workbox?.messageSkipWaiting()
    setTimeout(() => {
      sessionStorage.setItem(LET_GO, 'yes')
      location.reload()
    }, HELD_BACK_MS)
  }

  /** The new version may have come in while this page was loading out of the old one, before anything could hear of it. */
  async #takeOver(workbox: Workbox): Promise<void> {
    if (sessionStorage.getItem(LET_GO) === null) return
    sessionStorage.removeItem(LET_GO)
    const { waiting } = await navigator.serviceWorker.ready
    if (waiting === null) location.reload()
    else workbox.messageSkipWaiting()
  }
}
