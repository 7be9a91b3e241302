/** What tabs of one version say to each other; who of them works is shown in a browser (`many-tabs.spec.ts`). */
import { afterEach, expect, test, vi } from 'vitest'
import { joinTabs } from '../../src/app/tab-leader.ts'

/** Of the one lock that there is, as the browser keeps it for as long as its holder works. */
let held: Promise<void> | undefined
const request = async (_name: string, options: LockOptions, work: (lock: Lock | null) => Promise<void>) => {
  if (held !== undefined) return options.ifAvailable === true ? work(null) : new Promise<void>(() => undefined)
  return (held = work({ name: '', mode: 'exclusive' }))
}
const tabs: { resign(): void }[] = []

afterEach(() => {
  for (const tab of tabs.splice(0)) tab.resign()
  held = undefined
  vi.unstubAllGlobals()
})

function open(version: string) {
  vi.stubGlobal('navigator', { locks: { request } })
  const heard: (string | undefined)[] = []
  const tab = joinTabs<string>(version, { onLead: () => undefined, onFollow: (summary) => heard.push(summary) })
  tabs.push(tab)
  return { heard, tell: (summary: string) => tab.tell(summary) }
}

test('a tab hears what the one that works says, and nothing of one of another version', async () => {
  const works = open('older')
  works.tell('before')
  const [alike, unlike] = [open('older'), open('newer')]
  await vi.waitUntil(() => alike.heard.includes('before'), { timeout: 20_000 })
  works.tell('after')
  await vi.waitUntil(() => alike.heard.includes('after'), { timeout: 20_000 })
  expect(unlike.heard).toEqual([undefined])
})
