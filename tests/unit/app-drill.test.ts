/** The page's own part in restore drills, over a whole network in memory. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AccountState } from '../../src/app/account.svelte.ts'
import type { Engine } from '../../src/app/compose.ts'
import { DrillState } from '../../src/app/drill.svelte.ts'
import { backup } from '../../src/backup/backup.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { HOUR, type Millis } from '../../src/core/units.ts'
import type { PageMemory } from '../../src/store/indexeddb-page-memory.ts'
import type { RememberedDrill } from '../../src/store/remembered-drill.ts'
import { noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

const LONG = { timeout: 30_000 }

let network: SimulatedNetwork
let owner: OwnerContext
beforeAll(async () => {
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('addEventListener', () => undefined)
  network = await startNetwork(6)
  owner = await network.owner()
  await backup(owner, [
    sourceOf('photos', { one: noise('one', 50_000) }),
    sourceOf('letters', { two: noise('two', 500) }),
  ])
})
afterAll(async () => {
  await network.close()
  vi.unstubAllGlobals()
})

/** A page of this account. @param as the device at work */
async function page(
  as: () => Promise<OwnerContext> = () => Promise.resolve(owner),
  shelf: { drill?: RememberedDrill } = {},
  backedUpAt: () => Millis | undefined = () => 1,
) {
  const memory = {
    drill: () => Promise.resolve(shelf.drill),
    setDrill: (drill: RememberedDrill) => Promise.resolve(void (shelf.drill = drill)),
  } as Partial<PageMemory> as PageMemory
  const account = { identity: owner.identity } as object as AccountState
  const drill = new DrillState(memory, account, async () => ({ owner: await as() }) as Engine, backedUpAt)
  await drill.load()
  return { drill, shelf }
}

type Connect = OwnerContext['transport']['connect']
const connecting = (connect: Connect): OwnerContext => ({
  ...owner,
  transport: { ...owner.transport, visit: owner.transport.visit.bind(owner.transport), connect },
})
/** The same device while all keepers refuse to hand out what they keep. */
const deceived = () => connecting(() => Promise.reject(new KeeptabError('peer-impostor')))
/** Ends only when it is told to. */
const aborted = (signal = new AbortController().signal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new KeeptabError('aborted'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })

describe('a drill in a page', () => {
  test('proves each source, and the next page knows since when', async () => {
    const { drill, shelf } = await page()
    await drill.start()
    expect(drill).toMatchObject({ running: false, trouble: undefined, failed: undefined })
    const { drill: next } = await page(undefined, shelf)
    for (const name of ['photos', 'letters']) {
      expect(next.proofOf(name)).toEqual({ provenAt: drill.provenAt, failed: undefined })
    }
    expect(next.proofOf('added since')).toEqual({ provenAt: undefined, failed: undefined })
  })

  test('tells a failure beside what was proven before, until it is proven again', async () => {
    let now = owner
    const { drill } = await page(() => Promise.resolve(now))
    await drill.start()
    const { provenAt } = drill
    now = deceived()
    await drill.start()
    expect(drill.proofOf('photos')).toMatchObject({ provenAt, failed: { away: false } })
    expect(drill).toMatchObject({ provenAt, elsewhere: false, trouble: undefined })
    expect(['photos', 'letters'].map((name) => drill.isWorrying(name))).toEqual([true, true])
    now = owner
    await drill.start()
    expect(drill.failed).toBeUndefined()
    expect(drill.isWorrying('photos')).toBe(false)
    expect(drill.provenAt).toBeGreaterThan(provenAt ?? Infinity)
  })

  test('gives way to work that goes first, remembers nothing of it, and begins again by itself', async () => {
    let asked = 0
    const never = connecting((_, options) => aborted(options?.signal))
    const { drill, shelf } = await page(() => Promise.resolve((asked += 1) === 1 ? never : owner))
    drill.wake()
    expect(asked).toBe(0) // a page that was just opened has other things to do
    const later = Date.now() + HOUR
    const clock = vi.spyOn(Date, 'now').mockReturnValue(later)
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.waitUntil(() => asked === 1, LONG)
    drill.giveWay('work')
    clock.mockRestore()
    expect(shelf.drill).toBeUndefined()
    await drill.start() // nor by a click meanwhile
    expect(asked).toBe(1)
    drill.giveWay(undefined)
    await vi.waitUntil(() => shelf.drill !== undefined, LONG)
    expect(drill.provenAt).toBeDefined()
  })

  test('follows the work of a page that is open for no longer, unless that was its first backup', async () => {
    let finished: Millis | undefined
    const { drill, shelf } = await page(undefined, {}, () => finished)
    drill.wake()
    const backUp = (at: Millis) => {
      drill.giveWay('work')
      finished = at
      drill.giveWay(undefined)
    }
    backUp(Date.now() - HOUR)
    expect(drill.running).toBe(false)
    backUp(Date.now())
    expect(drill.running).toBe(true)
    await vi.waitUntil(() => shelf.drill !== undefined, LONG)
    expect(drill.provenAt).toBeDefined()
  })

  test('says why there was no end to whoever asked for one, and to nobody else', async () => {
    const away = () => Promise.reject(new KeeptabError('coordinator-unreachable'))
    const { drill, shelf } = await page(away)
    await drill.start(false)
    expect(drill.trouble).toBeUndefined()
    await drill.start()
    expect(drill.trouble?.code).toBe('coordinator-unreachable')
    expect(shelf.drill).toBeUndefined()
  })
})
