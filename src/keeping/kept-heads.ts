/**
 * Heads that a keeper remembers of those whose shards it keeps. They lie beside the room that it gives, and an account can
 * certify devices without end: so there is an end to what is remembered of one account.
 */
import { KeeptabError } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'
import { KiB, type ByteCount } from '../core/units.ts'
import { openHead, type Head } from '../protocol/records.ts'
import type { ShardStore } from '../store/shard-store.ts'

const MOST_OF_ACCOUNT = 64
const MOST_BYTES_OF_ACCOUNT: ByteCount = 256 * KiB

export class KeptHeads {
  readonly #store: ShardStore
  /** So that many at once are not each told that there is room. */
  readonly #turn = new Gate(1)

  constructor(store: ShardStore) {
    this.#store = store
  }

  /**
   * Remembers it in place of an older one of its device, also where there are more than one may have by now.
   * @throws KeeptabError `limit-exceeded` where its account has as many of other devices as one may
   */
  keep(head: Head): Promise<void> {
    return this.#turn.run(async () => {
      if (!(await this.#hasRoom(head))) {
        const detail = `Heads of ${MOST_OF_ACCOUNT} devices of an account are remembered, in ${MOST_BYTES_OF_ACCOUNT} bytes: those of the others are at the coordinator alone.`
        throw new KeeptabError('limit-exceeded', detail)
      }
      await this.#store.keepHead(head)
    })
  }

  async #hasRoom({ account, device, signed }: Head): Promise<boolean> {
    const kept = await this.#store.heads(account)
    const fits = (others: readonly Uint8Array[]): boolean =>
      others.length < Math.max(MOST_OF_ACCOUNT, kept.length) &&
      sizeOf(others) + signed.length <= Math.max(MOST_BYTES_OF_ACCOUNT, sizeOf(kept))
    if (fits(kept)) return true
    const devices = await Promise.all(
      kept.map((one) =>
        openHead(one).then(
          (head) => head.device,
          () => undefined,
        ),
      ),
    )
    return fits(kept.filter((_, at) => devices[at] !== device))
  }
}

const sizeOf = (heads: readonly Uint8Array[]): ByteCount => heads.reduce((bytes, { length }) => bytes + length, 0)
