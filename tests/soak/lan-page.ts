/** What `lan.ts` runs in a tab: the owner of a new account that speaks with one keeper at a time. */
import { newDeviceOf, random, startEngine } from '../../src/app/compose.ts'
import type { Millis } from '../../src/core/units.ts'
import { connections } from '../contract/made-connections.ts'
import { OneKeeper, type Moved } from './one-keeper.ts'

const keepers = new Map<string, OneKeeper>()

const lan = {
  async join(): Promise<void> {
    const { owner } = await startEngine(await newDeviceOf(random.bytes(32)), undefined)
    const { slots } = await owner.coordinator.group()
    for (const { keeper } of slots) keepers.set(keeper, await OneKeeper.meet(owner, keeper))
  },

  /** Bytes one way for so long: to the keeper, or back. */
  move(device: string, way: 'store' | 'read', ms: Millis): Promise<Moved> {
    const keeper = keepers.get(device)
    if (keeper === undefined) throw new Error(`${device} is not in the group.`)
    return way === 'store' ? keeper.storeFor(ms) : keeper.readFor(ms)
  },

  /** Types of the candidates at both ends of the pair that has carried most since this was asked last. */
  async busiest(): Promise<string> {
    let [most, types] = [0, '']
    for (const connection of connections) {
      const stats = await connection.getStats()
      for (const one of stats.values() as Iterable<RTCIceCandidatePairStats>) {
        if (one.type !== 'candidate-pair' || !one.nominated) continue
        const bytes = (one.bytesSent ?? 0) + (one.bytesReceived ?? 0)
        const more = bytes - (seen.get(one.id) ?? 0)
        seen.set(one.id, bytes)
        if (more <= most) continue
        const typeOf = (id: string): string => (stats.get(id) as { candidateType: string }).candidateType
        ;[most, types] = [more, `${typeOf(one.localCandidateId)} to ${typeOf(one.remoteCandidateId)}`]
      }
    }
    return types
  },
}
const seen = new Map<string, number>()

export type LanPage = typeof lan
Object.assign(globalThis, { lan })
