/** Which keepers can take shards now, and in what order they are asked. */
import type { Random } from '../src/core/clock.ts'
import type { AccountId, DeviceId } from '../src/core/ids.ts'
import { MAX_SHARD_BYTES } from '../src/core/shard-sizes.ts'
import type { ByteCount } from '../src/core/units.ts'
import type { Stores, StoredKeeper } from './db/stores.ts'

/** A keeper with less room is given nothing. */
const LEAST_FREE_BYTES: ByteCount = 2 * MAX_SHARD_BYTES

/** Keepers that can take shards of this owner now. */
export const eligibleFor = async (
  { devices }: Stores,
  owner: AccountId,
  isOnline: (device: DeviceId) => boolean,
): Promise<StoredKeeper[]> =>
  (await devices.keepers()).filter(
    ({ keeper, account, limitBytes, freeBytes, paused }) =>
      account !== owner && !paused && limitBytes > 0 && freeBytes >= LEAST_FREE_BYTES && isOnline(keeper),
  )

/**
 * A random order in which keepers with more room tend to come first, so that all fill up at about the same time
 * (Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir", A-ES).
 */
export function weighted(keepers: readonly StoredKeeper[], random: Random): StoredKeeper[] {
  return keepers
    .map((keeper) => ({ keeper, key: Math.log(1 - random.fraction()) / keeper.freeBytes }))
    .sort((a, b) => b.key - a.key)
    .map(({ keeper }) => keeper)
}
