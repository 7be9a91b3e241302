/** New versions of the app: fetched by the service worker in the background, taken over when the person says so. */
import { Workbox } from 'workbox-window'

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
    // A blocked worker costs the app nothing but opening offline.
    workbox.register().catch(() => undefined)
    void navigator.serviceWorker.ready.then(() => (this.offlineReady = true))
  }

  /** Lets the new version in: every tab of the app reloads. Not while a transfer runs, which the caller knows. */
  apply(): void {
    this.#workbox?.messageSkipWaiting()
  }
}
