/**
 * Many false keepers at once, over the coordinator's own placement, vetting and succession and a real database; and one
 * hand that waits until a group is its own, over the rules of the draw.
 */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownPlace, weighted } from '../../signaling/candidates.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Stores, StoredKeeper } from '../../signaling/db/stores.ts'
import { createPlacement } from '../../signaling/placement.ts'
import { createSuccessors } from '../../signaling/successors.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import type { Random } from '../../src/core/clock.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idOf, parseAccountId, parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import { PLATFORMS } from '../../src/core/platform.ts'
import { DAY, GB, type Millis } from '../../src/core/units.ts'
import { capsOf, leastCrowding } from '../../src/durability/failure-domains.ts'
import { createNetworks } from '../../src/durability/networks.ts'
import { choosePlaces } from '../../src/durability/placement.ts'
import { drawWeight, firstSeen } from '../../src/durability/presence.ts'
import { after, newReputation, type Reputation } from '../../src/durability/reputation.ts'
import { noLives } from '../contract/coordinator-fixtures.ts'

export interface Wave {
  readonly honest: number
  readonly sybils: number
  /** New groups on each of these days after the wave. */
  readonly days: readonly number[]
  readonly groupsADay: number
  /** Honest keepers of each new group that leave it, so that their places are drawn anew as for a repair. */
  readonly repaired: number
}

/** Shards that were placed on a day, and how many of them with the wave. */
export interface Placed {
  readonly day: number
  readonly shards: number
  readonly withSybils: number
}

/** All of them join on one day, each with an account, an address block and a network of its own, and claim endless room. */
export async function waveOfSybils(
  { honest, sybils, days, groupsADay, repaired }: Wave,
  chance: () => number,
): Promise<Placed[]> {
  const random = randomOf(chance)
  const joined = 1000 * DAY
  let now: Millis = joined
  const clock = { now: () => now }
  const dataDir = mkdtempSync(join(tmpdir(), 'keeptab-sybils-'))
  const database = await openDatabase({ dataDir })
  try {
    const all = Array.from({ length: honest + sybils }, () => idOf(parseDeviceId, random.bytes(32)))
    const isSybil = new Set(all.slice(honest))
    await database.transaction(async (stores) => {
      for (const [i, device] of all.entries()) {
        const age = isSybil.has(device) ? 0 : Math.round(-60 * DAY * Math.log(1 - chance()))
        await enrol(stores, device, i, joined - age, isSybil.has(device) ? 1e6 * GB : 20 * GB, random)
        const known: Reputation = { ...newReputation(joined - age - 20 * DAY), passed: 200 }
        await stores.reputations.put(device, isSybil.has(device) ? newReputation(joined) : known)
      }
    })
    const parts = { clock, random, oneMachine: false, isOnline: () => true, networks: createNetworks([]) }
    const placement = createPlacement({ database, key: await signingKey(random.bytes(32)), lives: noLives, ...parts })
    const successors = createSuccessors(parts)
    const placed: Placed[] = []
    for (const day of days) {
      // They answer eight questions a day, like everybody.
      const since = Math.round((joined + day * DAY - now) / DAY)
      now = joined + day * DAY
      await database.transaction(async ({ reputations }) => {
        for (const device of isSybil) {
          let reputation = (await reputations.get(device)) ?? newReputation(joined)
          for (let i = 0; i < 8 * since; i += 1) reputation = after(reputation, 'proven', now - (i * DAY) / 8)
          await reputations.put(device, reputation)
        }
      })
      const drawn: DeviceId[] = []
      for (let i = 0; i < groupsADay; i += 1) {
        const owner = { device: idOf(parseDeviceId, random.bytes(32)), account: idOf(parseAccountId, random.bytes(32)) }
        const { id, slots } = await placement.open(owner)
        drawn.push(...slots.map(({ keeper }) => keeper))
        await database.transaction(async (stores) => {
          const known = await successors.know(stores, { id, owner: owner.account })
          if (known === undefined) return
          for (const { index, keeper } of slots.filter((slot) => !isSybil.has(slot.keeper)).slice(0, repaired)) {
            const vacancy = { index, holders: [], leaving: new Set([keeper]), not: new Set<DeviceId>() }
            const next = await successors.find(stores, known, vacancy)
            if (next === undefined) continue
            await successors.assign(stores, known, vacancy, next.keeper, 'gone')
            drawn.push(next.keeper)
          }
        })
      }
      placed.push({ day, shards: drawn.length, withSybils: drawn.filter((device) => isSybil.has(device)).length })
    }
    return placed
  } finally {
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function enrol(
  stores: Stores,
  device: DeviceId,
  i: number,
  since: Millis,
  room: number,
  random: Random,
): Promise<void> {
  const account = idOf(parseAccountId, random.bytes(32))
  const platform = PLATFORMS[i % 8] ?? 'other-other'
  const history = { ...firstSeen(since), online: true }
  await stores.devices.put({
    device,
    account,
    certificate: random.bytes(1),
    block: `block ${i}`,
    platform,
    seenAt: since,
  })
  await stores.devices.setKeeping(device, { limitBytes: room, freeBytes: room, paused: false })
  await stores.presences.put({ device, history, goneAt: undefined, gone: false })
}

/** How many of so many groups are his after a time, by drawing places as the coordinator does. All keepers have stayed equally long. */
export function captured(
  code: { readonly k: number; readonly n: number },
  { honest, sybils, waited, groups }: { honest: number; sybils: number; waited: number; groups: number },
  chance: () => number,
): { share: number; captured: number } {
  const random = randomOf(chance)
  const networks = createNetworks([])
  const keepers = Array.from({ length: honest + sybils }, (_, i) => {
    const keeper = `${i < honest ? 'honest' : 'sybil'} ${i}` as DeviceId
    const place = {
      account: idOf(parseAccountId, random.bytes(32)),
      block: `block ${i}`,
      platform: PLATFORMS[i % 8] ?? 'other-other',
    }
    const unsaid = { stated: {}, seenShare: undefined }
    const offer = { limitBytes: GB, freeBytes: GB, paused: false, knownSince: 0, seenAt: 0 }
    return { ...offer, ...unsaid, ...knownPlace(keeper, { ...place, ...unsaid }, networks, 0) }
  })
  const isHis = ({ keeper }: { keeper: DeviceId }): boolean => keeper.startsWith('sybil')
  const caps = capsOf(code)
  let count = 0
  for (let i = 0; i < groups; i += 1) {
    let group = choosePlaces(weighted(keepers, random, DAY), code.n, { oneMachine: false, caps }, random)
    const leavings = group.flatMap((_, seat) => {
      const times: { seat: number; at: number }[] = []
      for (let at = -Math.log(1 - chance()); at < waited; at -= Math.log(1 - chance())) times.push({ seat, at })
      return times
    })
    for (const { seat } of leavings.sort((a, b) => a.at - b.at)) {
      const leaving = group[seat]
      if (leaving === undefined || isHis(leaving)) continue
      const staying = group.filter((one) => one !== leaving)
      const apart = weighted(keepers, random, DAY).filter((one) => !group.includes(one))
      const [next] = leastCrowding(apart, staying, caps)
      if (next !== undefined) group = group.with(seat, next)
    }
    if (group.filter(isHis).length > code.n - code.k) count += 1
  }
  const weight = (some: readonly StoredKeeper[]): number =>
    some.reduce((sum, { freeBytes }) => sum + drawWeight(freeBytes, DAY), 0)
  return { share: weight(keepers.filter(isHis)) / weight(keepers), captured: count / groups }
}

const randomOf = (chance: () => number): Random => ({
  fraction: chance,
  bytes: (length): Bytes => Uint8Array.from({ length }, () => Math.floor(256 * chance())),
})
