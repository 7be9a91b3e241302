/** Peers that read and repair for others when they are asked: who can be asked, and what their word has turned out to be worth. */
import type { DeviceId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import { afterWord, reached } from '../src/durability/hand.ts'
import type { StoredKeeper, Stores } from './db/stores.ts'

/** Peers that keep and are here now, those whose word is not taken any more among them. */
export const workersOf = async (
  { devices }: Stores,
  isOnline: (device: DeviceId) => boolean,
): Promise<StoredKeeper[]> =>
  (await devices.keepers()).filter(({ keeper, limitBytes, paused }) => limitBytes > 0 && !paused && isOnline(keeper))

export async function noteWord({ hands }: Stores, device: DeviceId, wasRight: boolean, now: Millis): Promise<void> {
  await hands.put(device, afterWord(await hands.get(device), wasRight, now))
}

/** It got through to a keeper, so its line is good for it. */
export async function noteReached({ hands }: Stores, device: DeviceId, now: Millis): Promise<void> {
  await hands.put(device, reached(await hands.get(device), now))
}
