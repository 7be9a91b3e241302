/** Days that pass in a simulated network, one at a time, with keepers that clear away what has to go. */
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { PackId } from '../../src/core/ids.ts'
import { DAY, type Millis } from '../../src/core/units.ts'
import { Clearing } from '../../src/keeping/clearing.ts'
import { machineStopwatch } from '../../src/keeping/rate.ts'
import { MemoryShardStore } from '../../src/store/memory.ts'
import { connect } from '../contract/coordinator-fixtures.ts'
import type { SimulatedNetwork } from './network.ts'

/** A time that only the test moves. */
export class TestTime implements Clock {
  at: Millis = Date.UTC(2026, 0, 5, 12)
  now = (): Millis => this.at
}

/** Days pass. On each somebody asks the coordinator; every keeper looks on each third day, or less often, and on the last. */
export async function daysPass(
  network: SimulatedNetwork,
  time: TestTime,
  count: number,
  somebody: OwnerContext,
  lookEvery = 3,
): Promise<void> {
  for (let i = 1; i <= count; i += 1) {
    time.at += DAY
    if (i % lookEvery === 0 || i === count) await keepersLook(network, time)
    else await somebody.coordinator.condemned()
  }
}

/** Every keeper looks at what is condemned, as it does by itself several times a day. */
async function keepersLook(network: SimulatedNetwork, clock: Clock): Promise<void> {
  for (const { identity, shelf } of network.keepers) {
    const coordinator = connect(network.url, identity, undefined, undefined, clock)
    const { publicKey } = await coordinator.info()
    const clearing = new Clearing({
      device: identity.device,
      coordinator,
      coordinatorKey: publicKey,
      store: new MemoryShardStore(shelf),
      clock,
      stopwatch: machineStopwatch,
      alone: (work) => work(),
      onUnneeded: () => undefined,
      onGone: () => Promise.resolve(),
    })
    await clearing.look()
  }
}

/** Packs of which some keeper has a shard. */
export const keptPacks = ({ keepers }: SimulatedNetwork): Set<PackId> =>
  new Set(keepers.flatMap(({ shelf }) => [...shelf.shards.values()].map(({ pack }) => pack)))
