/**
 * Leave to read shards. A restore, a drill, a repair and a stranger that looks whether a keeper gives back what it keeps all
 * come with the same ticket, under a name of the moment, so that a keeper cannot serve the one and refuse the other.
 */
import type { Clock } from '../src/core/clock.ts'
import type { SigningKey } from '../src/core/crypto.ts'
import type { DeviceId, PackId } from '../src/core/ids.ts'
import { MINUTE, type Millis } from '../src/core/units.ts'
import { signReadTicket } from '../src/protocol/records.ts'
import type { Holder } from './db/stores.ts'

/** From when it is signed, whatever it is for. */
const READ_MS: Millis = 30 * MINUTE

/** The holders of a pack, each with a ticket for this reader. */
export function withTickets<S extends Pick<Holder, 'index' | 'keeper'>>(
  { key, clock }: { readonly key: SigningKey; readonly clock: Clock },
  pack: PackId,
  holders: readonly S[],
  reader: DeviceId,
) {
  const expiresAt = clock.now() + READ_MS
  return Promise.all(
    holders.map(async (holder) => {
      const { index, keeper } = holder
      return { ...holder, ticket: await signReadTicket(key, { pack, index, keeper, reader, expiresAt }) }
    }),
  )
}
