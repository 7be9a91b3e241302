/** A whole network under audit: the real coordinator, keepers that are honest or not, and a clock that is moved. */
import { rm } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createAudits } from '../../signaling/audits.ts'
import { openBeacon } from '../../signaling/beacon.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Stores } from '../../signaling/db/stores.ts'
import { own, type Bytes } from '../../src/core/bytes.ts'
import { dayOf } from '../../src/core/clock.ts'
import { idOf, parseDeviceId, parseGroupId, type DeviceId } from '../../src/core/ids.ts'
import { HOUR, MINUTE, KiB, MiB } from '../../src/core/units.ts'
import { chooseLeaf } from '../../src/durability/audit-proof.ts'
import { MOST_ROUNDS } from '../../src/durability/audit-schedule.ts'
import { earlierSecret, isBeaconSecret } from '../../src/durability/beacon.ts'
import type { Coordinator, LiveEvent } from '../../src/coordinator/coordinator.ts'
import type { KeeperContext } from '../../src/keeping/keeper.ts'
import { standingOf } from '../../src/durability/reputation.ts'
import { beaconsSchema, type LiveMessage } from '../../src/protocol/coordinator-messages.ts'
import {
  openAuditAnswer,
  openPackRecord,
  packIdOf,
  signAuditAnswer,
  signPackRecord,
} from '../../src/protocol/records.ts'
import { backUp, noise, sourceOf, startNetwork } from '../sim/network.ts'
import { seeded } from '../sim/audited.ts'
import { clock as machineClock, newIdentity, random, temporaryFolder, until } from './coordinator-fixtures.ts'

/** Longer than an answer may take, and not so long that a beat takes itself to have slept. */
const STEP = 9 * MINUTE

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Answering = (
  coordinator: Coordinator,
  answer: Bytes,
  context: KeeperContext,
) => ReturnType<Coordinator['answerAudit']>

/** Five honest keepers and one that answers as it is told, with a backup on all six. */
async function start(answering: Answering = (coordinator, answer) => coordinator.answerAudit(answer)) {
  let offset = 0
  const clock = { now: () => machineClock.now() + offset }
  const network = await startNetwork(5, { clock })
  ends.push(() => network.close())
  const database = await openDatabase({ dataDir: network.dataDir })
  ends.push(() => database.close())
  /** What the sixth was asked and what it answered, in order. */
  const heard: Extract<LiveEvent, { type: 'audit' }>[] = []
  const answers: Bytes[] = []
  const change = (context: KeeperContext): KeeperContext => {
    const { coordinator } = context
    return {
      ...context,
      coordinator: {
        ...coordinator,
        answerAudit(answer) {
          answers.push(answer)
          return answering(coordinator, answer, context)
        },
        goOnline: (onEvent) =>
          coordinator.goOnline((event) => {
            if (event.type === 'audit') heard.push(event)
            onEvent(event)
          }),
      },
    }
  }
  const sixth = await network.addKeeper({ change })
  const owner = await network.owner()
  await backUp(owner, sourceOf('source', { file: noise('file', 3 * MiB) }))
  const run = <T>(work: (stores: Stores) => Promise<T>): Promise<T> => database.transaction(work)
  const holdings = (keeper: DeviceId) => run(({ audits }) => audits.count(keeper, 100))
  const isQuiet = (keeper: DeviceId) => run(async ({ audits }) => (await audits.get(keeper))?.pending === undefined)

  const hasHeard = () =>
    run(async ({ audits }) => {
      const { pending, askAt } = (await audits.get(sixth.device)) ?? {}
      const isAsked = pending !== undefined && askAt === undefined
      return !isAsked || heard.filter(({ audit }) => audit === pending.id).length > pending.rounds
    })

  return {
    network,
    database,
    sixth,
    change,
    heard,
    answers,
    run,
    holdings,
    /** Time goes by; each keeper has heard what it was asked when it goes on, and has answered, unless it is the silent sixth. */
    async pass(ms: number, isSilent = false): Promise<void> {
      for (let left = ms; left > 0; left -= STEP) {
        offset += STEP
        await network.catchUp()
        for (const { device } of network.keepers) {
          await until(() => (isSilent && device === sixth.device ? hasHeard() : isQuiet(device)))
        }
      }
    },
    reputation: () => run(({ reputations }) => reputations.get(sixth.device)),
    now: () => clock.now(),
  }
}

type Story = Awaited<ReturnType<typeof start>>

/** Passes time until the sixth has been asked once more. */
async function untilAsked(story: Story, isSilent = false): Promise<void> {
  const before = story.heard.length
  while (story.heard.length === before) await story.pass(STEP, isSilent)
}

const stateOf = async (story: Story) => {
  const reputation = await story.reputation()
  return reputation && standingOf(reputation, story.now())
}

/** Whether the shard that the sixth was asked for first counts as its own. */
const counts = async (story: Story): Promise<boolean> => {
  const [asked] = story.heard
  if (asked === undefined) throw new Error('It was never asked.')
  const holders = await story.run(({ packs }) => packs.holders([asked.pack]))
  return holders.some(({ keeper, index }) => keeper === story.sixth.device && index === asked.index)
}

/** The keeper goes and comes again with another inventory. */
async function takeStock(story: Story): Promise<void> {
  const takenAt = () => story.run(({ inventories }) => inventories.takenAt(story.sixth.device))
  const before = await takenAt()
  await story.sixth.die()
  await story.pass(STEP, true)
  await story.network.addKeeper({ again: story.sixth, change: story.change })
  await until(async () => (await takenAt()) !== before)
}

describe('a keeper under audit', () => {
  it('with few shards is asked for each as often as for any other, wherever they lie on the ring', async () => {
    const dataDir = temporaryFolder()
    ends.push(() => rm(dataDir, { recursive: true, force: true }))
    const database = await openDatabase({ dataDir })
    ends.push(() => database.close())
    const chance = seeded(1)
    const [now, shards, keepers] = [machineClock.now(), 5, 100]
    const owner = await newIdentity()
    const roots = Array.from({ length: shards }, () => random.bytes(32))
    const record = await signPackRecord(owner, { k: 2, n: shards, shardBytes: MiB, roots })
    const [pack, group] = [await packIdOf(record), idOf(parseGroupId, random.bytes(16))]
    await database.transaction(async ({ packs, audits }) => {
      await packs.add({ id: pack, owner: owner.account, group, k: 2, n: shards, committedAt: now }, record)
      for (let i = 0; i < keepers; i += 1) {
        const keeper = idOf(parseDeviceId, chance.bytes(32))
        const held = roots.map((_, index) => ({ pack, index, keeper, group, seenAt: now }))
        await packs.addHolders(held)
        // Before each lies half of what is left of the ring.
        for (const one of held) await audits.redraw(one, (2 ** (47 - one.index)).toString(16).padStart(12, '0'))
        await audits.put({ keeper, askAt: now, owedAt: now, number: 0, pending: undefined })
      }
    })
    const asked = roots.map(() => 0)
    const tell = (_: DeviceId, message: LiveMessage) => {
      if (message.type === 'audit') asked[message.index] = (asked[message.index] ?? 0) + 1
    }
    const beacon = await openBeacon(database, machineClock, chance)
    const parts = { database, beacon, clock: machineClock, random: chance, isOnline: () => true, tell }
    await createAudits(parts).beat()
    const each = keepers / shards
    expect(asked.reduce((all, one) => all + one, 0)).toBe(keepers)
    // Chi-square of four degrees of freedom, the same in every run: over 30 for one seed of 200,000.
    expect(asked.reduce((all, one) => all + (one - each) ** 2 / each, 0)).toBeLessThan(30)
  })

  it('proves leaves that anyone can check to have been chosen by the beacon, for little more than their bytes', async () => {
    const story = await start()
    await story.pass(36 * HOUR)
    expect(story.heard.length).toBeGreaterThanOrEqual(4)
    await until(() => story.sixth.keeper.state().standing?.passed === story.heard.length)
    expect(story.sixth.keeper.state().standing).toMatchObject({
      state: 'new',
      reason: 'young',
      failed: 0,
      auditScore: 1,
    })
    // With what goes around it in HTTP less than a kilobyte more than the leaf, as the schedule reckons.
    for (const answer of story.answers) expect(answer.length).toBeLessThan(16 * KiB + 700)
    expect(story.sixth.keeper.state().servedBytes).toBeGreaterThan(0)

    // At least one whole day is over, and its secret is told.
    const { anchor, firstDay, past } = beaconsSchema.parse(
      await (await fetch(`${story.network.url}/v1/beacons`)).json(),
    )
    if (past === undefined) throw new Error('A day is over.')
    expect(isBeaconSecret(past.secret, past.day - firstDay, anchor)).toBe(true)
    const told = story.heard.filter(({ day }) => day <= past.day)
    expect(told.length).toBeGreaterThan(0)
    for (const { audit, day, number, pack, leaf } of told) {
      const choice = await chooseLeaf(earlierSecret(past.secret, past.day - day), story.sixth.device, number)
      const { shardBytes } = await openPackRecord((await story.run(({ packs }) => packs.record(pack))) ?? noise('', 0))
      expect({ audit, leaf }).toEqual({ audit: choice.id, leaf: choice.leafOf(shardBytes) })
    }
  })

  it('that answers with a wrong leaf is suspended at once, and the shard counts no more, whatever it says to hold', async () => {
    const story = await start(async (coordinator, signed, { identity }) => {
      const { keeper: _keeper, proof, ...answer } = await openAuditAnswer(signed)
      const bytes = own(proof?.bytes ?? new Uint8Array(1))
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return coordinator.answerAudit(
        await signAuditAnswer(identity.deviceKey, { ...answer, proof: { bytes, path: proof?.path ?? [] } }),
      )
    })
    await untilAsked(story)
    expect(await stateOf(story)).toMatchObject({ state: 'suspended', reason: 'wrong' })
    expect(await counts(story)).toBe(false)
    // Each result is counted by day, and a shard that was not proven is one that is gone.
    const days = await story.run(({ tallies }) => tallies.from(0))
    const sum = (name: 'wrong' | 'proven' | 'gone') => days.reduce((all, { tally }) => all + (tally[name] ?? 0), 0)
    expect({ wrong: sum('wrong'), gone: sum('gone') }).toEqual({ wrong: 1, gone: 1 })
    const passed = await story.run(({ reputations }) => reputations.all())
    expect(sum('proven')).toBe([...passed.values()].reduce((all, reputation) => all + reputation.passed, 0))
    await takeStock(story)
    expect(await counts(story)).toBe(false)
    const [asked] = story.heard
    const [disproof] = await story.run(({ audits }) => audits.disproofs(asked === undefined ? [] : [asked.pack]))
    // Its own signature under the wrong bytes is kept: whoever has the pack record can see that it lied.
    expect(await openAuditAnswer(disproof?.answer ?? new Uint8Array(0))).toMatchObject({
      keeper: story.sixth.device,
      leaf: asked?.leaf,
    })
  })

  it('that finds a shard gone says so, is warned, and admits the rest of its losses unasked', async () => {
    const story = await start()
    const before = await story.holdings(story.sixth.device)
    expect(before).toBeGreaterThan(1)
    story.sixth.shelf.shards.clear()
    await untilAsked(story)
    expect(await stateOf(story)).toMatchObject({ state: 'warned', reason: 'lost' })
    await until(async () => (await story.holdings(story.sixth.device)) === 0)
    expect((await story.reputation())?.failed).toBe(1)
  })

  it('that finds a spoilt byte admits the shard in place of answering with it', async () => {
    const story = await start()
    for (const shard of story.sixth.shelf.shards.values()) shard.bytes[0] = (shard.bytes[0] ?? 0) ^ 1
    await untilAsked(story)
    expect(await stateOf(story)).toMatchObject({ state: 'warned', reason: 'lost' })
    expect(await counts(story)).toBe(false)
    expect([...story.sixth.shelf.shards.values()].map(({ pack }) => pack)).not.toContain(story.heard[0]?.pack)
  })

  it('that never answers is asked for the same leaf again and only loses score, until it is suspended after hours', async () => {
    const story = await start(() => new Promise(() => undefined))
    await untilAsked(story, true)
    await story.pass(STEP, true)
    expect(await stateOf(story)).toMatchObject({ state: 'new', auditScore: 1 })
    expect((await stateOf(story))?.onlineScore).toBeLessThan(1)
    for (let round = 1; round < MOST_ROUNDS; round += 1) {
      expect(await counts(story)).toBe(true)
      await untilAsked(story, true)
    }
    expect(new Set(story.heard.map(({ audit }) => audit)).size).toBe(1)
    await story.pass(STEP, true)
    expect(await stateOf(story)).toMatchObject({ state: 'suspended', reason: 'silent' })
    expect(await counts(story)).toBe(false)
  })

  it('is asked for the same leaf by a coordinator that was started anew, and nothing is held against it', async () => {
    let isMute = true
    const story = await start((coordinator, answer) =>
      isMute ? new Promise(() => undefined) : coordinator.answerAudit(answer),
    )
    await untilAsked(story, true)
    const offline = story.network.keepers.map(({ keeper }) => until(() => !keeper.state().online))
    const restarted = story.network.restart()
    await Promise.all(offline)
    await restarted
    await Promise.all(story.network.keepers.map(({ keeper }) => until(() => keeper.state().online)))
    isMute = false
    await story.network.catchUp()
    expect(await stateOf(story)).toMatchObject({ onlineScore: 1 })
    await untilAsked(story, true)
    const [first, second] = story.heard
    expect(second).toEqual(first)
  })

  it('is asked next for the very shard that a reader got nothing of, also where it has few', async () => {
    const { database, sixth, run } = await start()
    const { device: keeper } = sixth
    const told: LiveMessage[] = []
    const secret = noise('secret', 32)
    const audits = createAudits({
      database,
      beacon: {
        today: () => ({ day: dayOf(machineClock.now()), secret }),
        published: () => ({ anchor: secret, firstDay: 0 }),
      },
      clock: machineClock,
      random,
      isOnline: () => true,
      tell: (device, message) => {
        if (device === keeper) told.push(message)
      },
    })
    const shards = [...sixth.shelf.shards.values()]
    expect(shards.length).toBeGreaterThan(1)
    for (const { pack, index } of shards) {
      await run(async (stores) => {
        const audit = await stores.audits.get(keeper)
        if (audit === undefined) throw new Error('It is never asked.')
        await audits.askFor(stores, { keeper, pack, index })
        await stores.audits.put({ ...audit, askAt: 0, pending: undefined })
      })
      await audits.beat()
      expect(told.at(-1)).toMatchObject({ type: 'audit', pack, index })
    }
  })

  it('is not asked for what it has handed over meanwhile', async () => {
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    const story = await start(async (coordinator, answer) => {
      await released
      return coordinator.answerAudit(answer)
    })
    story.sixth.shelf.shards.clear()
    await untilAsked(story, true)
    const [asked] = story.heard
    if (asked === undefined) throw new Error('It was asked.')
    await story.run(({ packs }) => packs.removeHolder({ ...asked, keeper: story.sixth.device }))
    release()
    await story.pass(STEP)
    expect(await stateOf(story)).toMatchObject({ state: 'new', auditScore: 1, onlineScore: 1 })
    expect((await story.reputation())?.failed).toBe(0)
  })
})
