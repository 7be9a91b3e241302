/** The service worker between this page and the network. */
import type { Millis } from '../core/units.ts'

/** Until a worker that is still being installed, or is asked to take the page over, has done so. */
const PATIENCE_MS: Millis = 10_000

/**
 * The worker, once it stands there: on a first visit it is still being installed, and a page that was reloaded past it has
 * to be taken over. `undefined` where there is none, as in windows that are private or not secure.
 */
export async function controllingWorker(): Promise<ServiceWorker | undefined> {
  const workers = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined
  if (!workers) return undefined
  if (workers.controller) return workers.controller
  if ((await workers.getRegistration()) === undefined) return undefined
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, PATIENCE_MS)
    const taken = (): void => {
      clearTimeout(limit)
      resolve()
    }
    workers.addEventListener('controllerchange', taken, { once: true })
    void workers.ready.then(({ active }) => active?.postMessage({ type: 'claim' }))
  })
  const { controller }: { controller: ServiceWorker | null } = navigator.serviceWorker
  return controller ?? undefined
}
