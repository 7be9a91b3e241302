/** Notifications without a page: a click on one leads to its screen, and "overdue" is said when no tab is open to do it. */
/// <reference lib="webworker" />
import { isWithinHours } from '../src/core/hours.ts'
import { PageMemory } from '../src/store/indexeddb-page-memory.ts'

declare const self: ServiceWorkerGlobalScope

export async function openScreen({ data }: Notification): Promise<void> {
  const { screen } = data as { screen: string }
  const [tab] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (tab === undefined) {
    await self.clients.openWindow(`/#${screen}`)
    return
  }
  tab.postMessage({ type: 'open-screen', screen })
  await tab.focus()
}

/** Says what the page has planned for this case, once. The rules are the page's: here is only the clock. */
export async function tellOverdue(): Promise<void> {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (tabs.length > 0) return
  const memory = await PageMemory.open()
  const remembered = await memory.notices()
  if (remembered?.plan === undefined) return
  const { plan, ...rest } = remembered
  const now = new Date()
  const { fromHour, toHour } = rest.settings.quiet
  if (now.getTime() < plan.at || isWithinHours(now.getHours(), fromHour, toHour)) return
  await self.registration.showNotification(plan.title, plan.options)
  await memory.setNotices({ ...rest, told: { ...rest.told, overdue: [plan.thing] } })
}
