/** The rules for a battery and a connection that costs, with browsers that tell all, some, or nothing. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { holdOf, PowerState, type PowerFacts } from '../../src/app/power.svelte.ts'

class Battery extends EventTarget {
  charging: boolean
  constructor(charging: boolean) {
    super()
    this.charging = charging
  }
  plug(charging: boolean): void {
    this.charging = charging
    this.dispatchEvent(new Event('chargingchange'))
  }
}
class Connection extends EventTarget {
  readonly facts: { type?: string; saveData?: boolean }
  constructor(facts: Connection['facts']) {
    super()
    this.facts = facts
  }
  get type() {
    return this.facts.type
  }
  get saveData() {
    return this.facts.saveData
  }
  become(facts: Connection['facts']): void {
    Object.assign(this.facts, facts)
    this.dispatchEvent(new Event('change'))
  }
}

/** What the browser keeps of a page. */
let kept: Map<string, string>
beforeEach(() => {
  kept = new Map()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
})
afterEach(() => vi.unstubAllGlobals())

interface Parts {
  connection?: Connection
  getBattery?: () => Promise<Battery>
}

async function started(parts: Parts): Promise<PowerState> {
  vi.stubGlobal('navigator', parts)
  const power = new PowerState()
  await power.start()
  return power
}

test('work waits only where a rule asks for it and the browser says that it is so', () => {
  const facts = fc.record<PowerFacts>({
    onMains: fc.constantFrom(true, false, undefined),
    metered: fc.constantFrom(true, false, undefined),
    onlyOnMains: fc.boolean(),
    pauseWhenMetered: fc.boolean(),
  })
  fc.assert(
    fc.property(facts, (all) => {
      const why = new Set<string | undefined>()
      if (all.onlyOnMains && all.onMains === false) why.add('battery')
      if (all.pauseWhenMetered && all.metered === true) why.add('metered')
      expect(why.size === 0 ? [undefined] : [...why]).toContain(holdOf(all))
    }),
  )
})

test('a laptop that is unplugged holds the work at once, and lets it go on when it is plugged in', async () => {
  const battery = new Battery(true)
  const power = await started({ getBattery: () => Promise.resolve(battery) })
  power.setOnlyOnMains(true)
  expect(power.hold).toBeUndefined()
  battery.plug(false)
  expect(power.hold).toBe('battery')
  battery.plug(true)
  expect(power.hold).toBeUndefined()
  battery.plug(false)
  power.setOnlyOnMains(false)
  expect(power.hold).toBeUndefined()
})

test('a connection that costs is one by cellular, or of a person who wants to save data', async () => {
  const connection = new Connection({ type: 'wifi', saveData: false })
  const power = await started({ connection })
  power.setPauseWhenMetered(true)
  const held: unknown[] = []
  for (const facts of [{}, { type: 'cellular' }, { type: 'wifi' }, { saveData: true }, { saveData: false }]) {
    connection.become(facts)
    held.push(power.hold)
  }
  expect(held).toEqual([undefined, 'metered', undefined, 'metered', undefined])
  expect(power.knowsType).toBe(true)
  expect((await started({ connection: new Connection({ saveData: true }) })).knowsType).toBe(false)
})

test('a browser that tells nothing, or refuses to, never stops a backup', async () => {
  for (const parts of [
    {},
    { connection: new Connection({}) },
    { getBattery: () => Promise.reject(new DOMException('', 'NotAllowedError')) },
  ]) {
    const power = await started(parts)
    power.setOnlyOnMains(true)
    power.setPauseWhenMetered(true)
    expect([power.onMains, power.metered, power.hold]).toEqual([undefined, undefined, undefined])
  }
})

test('the rules are those of the last visit, and those of this visit where nothing can be kept', async () => {
  const parts = {
    getBattery: () => Promise.resolve(new Battery(false)),
    connection: new Connection({ saveData: true }),
  }
  const first = await started(parts)
  expect(first.hold).toBeUndefined()
  first.setPauseWhenMetered(true)
  expect((await started(parts)).hold).toBe('metered')
  first.setPauseWhenMetered(false)
  expect((await started(parts)).hold).toBeUndefined()

  const refuse = () => {
    throw new DOMException('', 'SecurityError')
  }
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse })
  const unkept = await started(parts)
  unkept.setOnlyOnMains(true)
  expect(unkept.hold).toBe('battery')
})
