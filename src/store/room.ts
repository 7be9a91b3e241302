/** How a keeper's space is shared out: what is used, and what is set aside for shards on their way. */
import { KeeptabError } from '../core/errors.ts'
import type { ByteCount } from '../core/units.ts'
import type { ShardName, StoreUsage } from './shard-store.ts'

/** Text form of a shard's name: key of maps, name of files. */
export const shardKey = ({ pack, index }: ShardName): string => `${pack}-${index}`

/** Every step is synchronous, so of two that race for the last room exactly one gets it. */
export class Room {
  limitBytes: ByteCount
  #usedBytes: ByteCount = 0
  #shards = 0
  #reservedBytes: ByteCount = 0
  readonly #reserved = new Map<string, ByteCount>()

  constructor(limitBytes: ByteCount) {
    this.limitBytes = limitBytes
  }

  usage(): StoreUsage {
    const { limitBytes } = this
    return { limitBytes, usedBytes: this.#usedBytes, reservedBytes: this.#reservedBytes, shards: this.#shards }
  }

  /** Sets room aside in place of what was set aside for this key before. @throws KeeptabError `store-full` */
  reserve(key: string, sizeBytes: ByteCount): void {
    const before = this.#reserved.get(key) ?? 0
    const wanted = this.#usedBytes + this.#reservedBytes - before + sizeBytes
    // Room already set aside stays promised when the limit is lowered under it.
    if (sizeBytes > before && wanted > this.limitBytes) {
      throw new KeeptabError('store-full', undefined, { ...this.usage(), sizeBytes })
    }
    this.#set(key, sizeBytes)
  }

  release(key: string): void {
    this.#set(key, undefined)
  }

  /**
   * Runs `store` with room set aside. What it stored is used room afterwards; when it throws, nothing has changed.
   * @param store whether the shard is new; `false` when it was there already
   * @throws KeeptabError `store-full`, without calling `store`
   */
  async fill(key: string, sizeBytes: ByteCount, store: () => Promise<boolean>): Promise<void> {
    const before = this.#reserved.get(key)
    if (before === undefined || before < sizeBytes) this.reserve(key, sizeBytes)
    let isNew: boolean
    try {
      isNew = await store()
    } catch (thrown) {
      if (this.#reserved.has(key)) this.#set(key, before)
      throw thrown
    }
    this.release(key)
    if (isNew) this.keep(sizeBytes)
  }

  /** Counts a shard that lies in the store. */
  keep(sizeBytes: ByteCount): void {
    this.#usedBytes += sizeBytes
    this.#shards += 1
  }

  /** Counts a shard that is gone. */
  lose(sizeBytes: ByteCount): void {
    this.#usedBytes -= sizeBytes
    this.#shards -= 1
  }

  #set(key: string, sizeBytes: ByteCount | undefined): void {
    this.#reservedBytes += (sizeBytes ?? 0) - (this.#reserved.get(key) ?? 0)
    if (sizeBytes === undefined) this.#reserved.delete(key)
    else this.#reserved.set(key, sizeBytes)
  }
}

/** @throws KeeptabError `malformed` when a shard's bytes are not as many as it says */
export function checkLength(shard: { sizeBytes: ByteCount; bytes: Uint8Array }): void {
  if (shard.bytes.length === shard.sizeBytes) return
  throw new KeeptabError('malformed', `A shard of ${shard.sizeBytes} bytes came with ${shard.bytes.length}.`)
}
