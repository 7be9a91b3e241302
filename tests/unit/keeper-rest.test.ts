/** M21, M22: a keeper goes and comes back by itself, as its person said; the network is told before and is not lied to. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Keeping } from '../../src/protocol/coordinator-messages.ts'
import type { KeeperContext, KeeperState } from '../../src/keeping/keeper.ts'
import { isOpen } from '../../src/core/week-hours.ts'
import { nights, type KeepingLimits, type WallClock } from '../../src/keeping/limits.ts'
import { HOUR, GiB } from '../../src/core/units.ts'
import type { Link } from '../../src/transport/transport.ts'
import { noise, sourceOf, startNetwork, backUp, type SimulatedNetwork } from '../sim/network.ts'
import { VirtualTime } from './virtual-time.ts'

const QUARTER = HOUR / 4
const LOOK = 20_000
/** A Friday night, three days before the month ends. */
const START = Date.UTC(2026, 10, 27, 23)
const utc: WallClock = (at) => {
  const date = new Date(at)
  return { weekday: (date.getUTCDay() + 6) % 7, hour: date.getUTCHours(), month: date.toISOString().slice(0, 7) }
}

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

/** What the coordinator is told, and when by the keeper's clock; `gone` and `back` are its live socket. */
type Told = { readonly at: number } & (Keeping | { readonly presence: 'gone' | 'back' })

/** A keeper whose week passes when the test says so. */
async function start(network: SimulatedNetwork, limits: KeepingLimits) {
  const time = new VirtualTime(START)
  const told: Told[] = []
  const change = (context: KeeperContext): KeeperContext => ({
    ...context,
    clock: time,
    stopwatch: time,
    wallClock: utc,
    coordinator: {
      ...context.coordinator,
      keep: async (keeping) => {
        await context.coordinator.keep(keeping)
        told.push({ at: time.now(), ...keeping })
      },
      goOnline: (onEvent) => {
        told.push({ at: time.now(), presence: 'back' })
        const end = context.coordinator.goOnline(onEvent)
        return () => {
          told.push({ at: time.now(), presence: 'gone' })
          end()
        }
      },
    },
  })
  const { keeper, device } = await network.addKeeper({ limits, change })
  const reaches = async (wanted: Partial<KeeperState>) => {
    await expect.poll(() => keeper.state()).toMatchObject(wanted)
  }
  return { time, told, keeper, device, reaches }
}

const answers = (link: Link): Promise<boolean> =>
  link.call({ head: { type: 'heads' } }).then(
    () => true,
    () => false,
  )

describe('hours of the week', () => {
  it('through a simulated week a keeper is there in its hours and in no other, without anybody’s click', async () => {
    network = await startNetwork(0)
    const { time, told, keeper, device, reaches } = await start(network, { limitBytes: GiB, hours: nights })
    const link = await (await network.owner()).transport.connect(device)
    for (let passed = 0; passed < 7 * 24; passed += 1) {
      await time.pass(HOUR, QUARTER)
      const { weekday, hour } = utc(time.now())
      const open = isOpen(nights, weekday, hour)
      if (keeper.state().online !== open) await reaches({ online: open })
      expect(await answers(link)).toBe(open)
    }
    // Every night it said when it would be back, before it left, and was back then.
    const left = told.filter((one) => 'presence' in one && one.presence === 'gone')
    expect(left).toHaveLength(7)
    for (const gone of left) {
      const before = told.slice(0, told.indexOf(gone)).findLast((one) => 'paused' in one)
      const back = told.slice(told.indexOf(gone)).find((one) => 'presence' in one && one.presence === 'back')
      expect(before).toMatchObject({ paused: true })
      expect(utc(gone.at).hour).toBe(7)
      if (back !== undefined) expect(before).toMatchObject({ until: back.at })
    }
  })
})

describe('a month’s bytes', () => {
  it('a keeper that has moved them stops, tells when it is back, and is back with the new month', async () => {
    network = await startNetwork(5)
    const { time, told, keeper, device, reaches } = await start(network, { limitBytes: GiB, monthBytes: 1 })
    const owner = await network.owner()
    await backUp(owner, sourceOf('home', { file: noise('file', 100_000) }))
    const december = Date.UTC(2026, 11)
    await reaches({ online: false, rest: { why: 'month', until: december } })
    expect(told.findLast((one) => 'paused' in one)).toMatchObject({ paused: true, until: december })
    const link = await owner.transport.connect(device)
    expect(await answers(link)).toBe(false)

    await time.pass(december - 1 - START, QUARTER)
    expect(keeper.state().online).toBe(false)
    await time.pass(QUARTER, LOOK)
    await reaches({ online: true, paused: false, month: { servedBytes: 0, receivedBytes: 0 } })
    expect(told.findLast((one) => 'paused' in one)).toMatchObject({ paused: false })
    expect(await answers(link)).toBe(true)
    expect(keeper.state().allTime.receivedBytes).toBeGreaterThan(0)
  })
})

describe('a pause', () => {
  it('with a promised end takes nothing new, serves what is kept, and ends without a click', async () => {
    network = await startNetwork(5)
    const { time, told, keeper, device, reaches } = await start(network, { limitBytes: GiB })
    const owner = await network.owner()
    await backUp(owner, sourceOf('home', { file: noise('file', 100_000) }))
    const { shards } = keeper.state()
    expect(shards).toBeGreaterThan(0)
    const until = START + HOUR
    await keeper.pause(until)
    expect(told.at(-1)).toMatchObject({ paused: true, until })
    const other = await network.owner()
    await expect(other.coordinator.group()).rejects.toMatchObject({ code: 'not-enough-keepers' })
    expect(await answers(await owner.transport.connect(device))).toBe(true)
    expect(keeper.state()).toMatchObject({ online: true, paused: true, rest: { why: 'pause', until } })

    await time.pass(HOUR - 1, LOOK)
    expect(keeper.state().paused).toBe(true)
    await time.pass(LOOK + 1, LOOK)
    await reaches({ paused: false, rest: undefined })
    await expect.poll(() => told.findLast((one) => 'paused' in one)).toMatchObject({ paused: false })
    await backUp(other, sourceOf('other', { file: noise('other', 100_000) }))
    expect(keeper.state().shards).toBeGreaterThan(shards)
  })
})
