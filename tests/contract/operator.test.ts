/** What an operator is told of the cost to hold a group, over a real database. */
import { rmSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import { createOperator } from '../../signaling/operator.ts'
import { idOf, parseAccountId, parseDeviceId, parseGroupId } from '../../src/core/ids.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { DAY, GB } from '../../src/core/units.ts'
import { YEAR } from '../../src/durability/forecast.ts'
import { lifetimeAtLeast } from '../../src/durability/outlook.ts'
import { drawWeight, firstSeen } from '../../src/durability/presence.ts'
import { newReputation } from '../../src/durability/reputation.ts'
import { costToHold } from '../../src/durability/sybil-cost.ts'
import { random, temporaryFolder } from './coordinator-fixtures.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const NOW = 20_000 * DAY
const measured = {
  watched: 70 * 90 * DAY,
  gone: 40,
  returned: 5,
  returnedAfter: DAY,
  availability: 0.5,
  grace: 2 * DAY,
}

async function network(vetted: number, others: number, days: number) {
  const dataDir = temporaryFolder()
  const database = await openDatabase({ dataDir })
  closers.push(
    () => rmSync(dataDir, { recursive: true, force: true }),
    () => database.close(),
  )
  await database.transaction(async ({ devices, groups, presences, reputations }) => {
    for (let i = 0; i < vetted + others; i += 1) {
      const [device, account] = [idOf(parseDeviceId, random.bytes(32)), idOf(parseAccountId, random.bytes(32))]
      const place = { certificate: random.bytes(1), block: `block ${i}`, platform: NO_PLATFORM, seenAt: NOW }
      await devices.put({ device, account, ...place })
      if (i === 0) {
        const id = idOf(parseGroupId, random.bytes(16))
        await groups.add({ id, owner: account, k: 16, n: 48, storedBytes: 0, rebuilt: false, madeAt: NOW })
        await groups.addBytes({ id, owner: account }, 10 * GB)
      }
      await devices.setKeeping(device, { limitBytes: 20 * GB, freeBytes: 10 * GB, paused: false })
      await presences.put({ device, history: firstSeen(NOW - 60 * DAY), goneAt: undefined, gone: false })
      await reputations.put(device, { ...newReputation(NOW - 60 * DAY), passed: i < vetted ? 100 : 0 })
    }
  })
  const [clock, token] = [{ now: () => NOW }, 'the-token-of-the-operator']
  const churn = () => Promise.resolve({ keepers: vetted + others, days, measured })
  return createOperator({ database, clock, token, online: () => 0, churn }).figures(token)
}

it('what one hand needs to hold a group counts vetted keepers alone, with lives as short as they may be', async () => {
  const { capture } = await network(70, 30, 90)
  const cost = costToHold({ k: 16, n: 48 }, 'given', YEAR - 14 * DAY, {
    weight: 70 * drawWeight(10 * GB, 60 * DAY),
    lifetime: lifetimeAtLeast(measured),
    groups: 1,
    shardBytes: 30 * GB,
  })
  expect(capture).toEqual({
    code: { k: 16, n: 48 },
    places: 33,
    accounts: cost.accounts,
    blocks: 33,
    keptBytes: Math.round(cost.gb * GB),
  })
  expect((await network(20, 60, 90)).capture).toMatchObject({ code: { k: 4, n: 12 }, places: 9, blocks: 9 })
})

it('nothing is said of it before enough was seen, nor where nobody is vetted', async () => {
  expect((await network(70, 30, 13)).capture).toBeUndefined()
  expect((await network(5, 30, 90)).capture).toBeUndefined()
})
