/// <reference lib="webworker" />
/**
 * The page's shell, kept for when there is no network, and downloads that are streamed out of a page.
 * It keeps nothing but the files of the build, and never an answer of the coordinator. Notifications are in `notify.ts`,
 * downloads in `downloads.ts`, files that are looked at before they are restored in `streams.ts`.
 */
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching'
import { download } from './downloads.ts'
import { openScreen, tellOverdue } from './notify.ts'
import { stream } from './streams.ts'

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[]
}

// Before Workbox sees the request: a download is a navigation, and so is every address within the app.
self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url)
  if (origin !== self.location.origin) return
  const [, folder] = /^\/(v1|healthz|download|stream)(?:\/|$)/.exec(pathname) ?? []
  if (event.request.mode !== 'navigate' && folder !== 'stream') return
  if (folder === undefined) event.respondWith(shell(event.request))
  else if (folder === 'download') event.respondWith(download(pathname))
  else if (folder === 'stream') event.respondWith(stream(event.request, pathname))
  event.stopImmediatePropagation()
})

precacheAndRoute([...self.__WB_MANIFEST])
cleanupOutdatedCaches()

// The first visit is served at once; a later version waits until the page says that no transfer is running.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('message', (event) => {
  const message = event.data as { readonly type: 'SKIP_WAITING' | 'claim' | 'stay-alive' }
  if (message.type === 'SKIP_WAITING') void self.skipWaiting()
  if (message.type === 'claim') event.waitUntil(self.clients.claim())
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openScreen(event.notification))
})

// Chromium only, when it likes, for an installed app; the types do not know it.
self.addEventListener('periodicsync', (event) => (event as ExtendableEvent).waitUntil(tellOverdue()))

async function shell(request: Request): Promise<Response> {
  return (await matchPrecache('index.html')) ?? fetch(request)
}
