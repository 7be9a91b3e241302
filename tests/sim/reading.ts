/** Lets the time pass in a simulated network until the next whole shard is read, and lets it be read. */
import { vi } from 'vitest'
import type { Database } from '../../signaling/db/stores.ts'
import type { Clock } from '../../src/core/clock.ts'
import { HOUR, type Millis } from '../../src/core/units.ts'
import type { SimulatedNetwork } from './network.ts'

export interface ReadingParts {
  readonly network: SimulatedNetwork
  /** Of its coordinator. */
  readonly database: Database
  readonly clock: Clock
  /** Puts that clock forward. */
  readonly advance: (ms: Millis) => void
}

/** @returns when it was */
export async function nextRead({ network, database, clock, advance }: ReadingParts): Promise<Millis> {
  const times = (): Promise<Millis[]> =>
    database.transaction(async ({ reads }) => {
      const all: Millis[] = []
      for (const { device } of network.keepers) all.push((await reads.get(device))?.readAt ?? Infinity)
      return all
    })
  advance(Math.max(0, Math.min(...(await times())) - clock.now()))
  const began = clock.now()
  await network.catchUp()
  // Whoever is being read has the time until which it is waited for.
  const isOver = async () => !(await times()).some((at) => at >= began + HOUR && at <= clock.now() + HOUR)
  await vi.waitUntil(isOver, { timeout: 120_000, interval: 20 })
  return began
}

/** Lets shards be read until it holds. @throws Error when a hundred did not bring it about */
export async function readUntil(parts: ReadingParts, holds: () => Promise<boolean>): Promise<void> {
  for (let reads = 0; reads < 100; reads += 1) {
    if (await holds()) return
    await nextRead(parts)
  }
  throw new Error('A hundred reads did not bring it about.')
}
