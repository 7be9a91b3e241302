import { describe, expect, it } from 'vitest'
import { CoordinatorClock } from '../../src/keeping/coordinator-clock.ts'
import { HOUR } from '../../src/core/units.ts'

describe("the coordinator's clock", () => {
  it('is right on a machine whose clock is days off', () => {
    let machine = 0
    const clock = new CoordinatorClock({ now: () => machine }, { now: () => 0 }, 1000 * HOUR)
    machine += 7
    expect(clock.now()).toBe(1000 * HOUR + 7)
  })

  it('does not go back when one answer took longer than another', () => {
    let machine = 48 * HOUR
    const clock = new CoordinatorClock({ now: () => machine }, { now: () => 0 }, 1000)
    const before = clock.now()
    machine += 3000
    clock.set(900)
    expect(clock.now()).toBe(before)
  })

  it('is right again when the machine’s clock has jumped and the coordinator was heard since', () => {
    let machine = 0
    const clock = new CoordinatorClock({ now: () => machine }, { now: () => 0 }, 1000)
    machine += 48 * HOUR
    expect(clock.now()).toBe(48 * HOUR + 1000)
    clock.set(2000)
    expect(clock.now()).toBe(2000)
  })

  it.each([
    ['forward', 48 * HOUR],
    ['back', -48 * HOUR],
  ])(
    'is in doubt when the machine’s clock was put %s, until the coordinator is heard, and not because time goes by',
    (_name, ms) => {
      let [machine, passed] = [0, 0.5]
      const clock = new CoordinatorClock({ now: () => machine }, { now: () => passed }, 1000)
      machine += 48 * HOUR
      passed += 48 * HOUR
      expect(clock.isDoubtful).toBe(false)
      machine += ms
      expect(clock.isDoubtful).toBe(true)
      clock.set(2000)
      expect(clock.isDoubtful).toBe(false)
    },
  )
})
