/** What this browser says of itself, for the rules of `browser-limits.ts`. */
import type { AppState, Desk } from './app.svelte.ts'
import type { BrowserFacts } from './browser-limits.ts'
import { eventLog } from './event-log.ts'
import { noTicks } from './hidden-ticks.ts'
import { windowMemory } from './private-window.ts'

export async function collectFacts({ power, hidden }: AppState, desk: Desk | undefined): Promise<BrowserFacts> {
  const storage = (navigator as { storage?: StorageManager }).storage
  const [estimate, persisted, memory] = await Promise.all([
    storage?.estimate().catch(() => undefined),
    storage?.persisted().catch(() => false),
    windowMemory(),
  ])
  const { quota, usage } = estimate ?? {}
  const keeping = desk?.keep.on === true
  return {
    secure: isSecureContext,
    hidden: hidden?.record.ticks ?? noTicks,
    wasDiscarded: (document as { wasDiscarded?: boolean }).wasDiscarded === true,
    wasFrozen: eventLog.entries.some(({ what }) => what === 'tab-frozen'),
    persisted: persisted === true,
    forgets: memory === 'forgets',
    freeBytes: quota === undefined ? undefined : quota - (usage ?? 0),
    notifications: 'Notification' in globalThis ? Notification.permission : undefined,
    installed: matchMedia('(display-mode: standalone)').matches,
    wakeLock: 'wakeLock' in navigator,
    onMains: power.onMains,
    metered: power.metered,
    observesFolders: 'FileSystemObserver' in globalThis,
    locks: 'locks' in navigator,
    keeping,
    // Only a keeper has an engine for certain; asking for it must not start one.
    openLinks: keeping ? (await desk.engine()).owner.transport.openLinks : 0,
  }
}
