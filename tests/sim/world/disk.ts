/** Disks of one seed: slow now and then, full for a while, gone with their process, torn by its end, decayed. */
import { KeeptabError } from '../../../src/core/errors.ts'
import type { PackId } from '../../../src/core/ids.ts'
import { MemoryShardStore, type ShardShelf } from '../../../src/store/memory.ts'
import type { NewShard, ShardName, ShardStore } from '../../../src/store/shard-store.ts'
import type { Fate } from './fate.ts'
import type { VirtualTime } from './time.ts'

const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

/** Whose end ends everything that it has under way. */
export interface Mortal {
  hasEnded(): boolean
}

/**
 * The same object for a process that can end at any moment: what it has begun comes to no end then, and what it begins
 * does not happen. Every method that gives a promise takes its time.
 */
export function mortal<T extends object>(of: T, life: Mortal, { time, fate }: { time: VirtualTime; fate: Fate }): T {
  return new Proxy(of, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        const run = (): unknown => (value as (...args: unknown[]) => unknown).apply(target, args)
        if (name === 'list') return listed(run as () => AsyncIterable<unknown>, life)
        return (async () => {
          if (fate.happens(0.2)) await time.sleep(fate.between(0, 40))
          if (life.hasEnded()) return never()
          try {
            return await run()
          } finally {
            if (life.hasEnded()) await never()
          }
        })()
      }
    },
  })
}

async function* listed(run: () => AsyncIterable<unknown>, life: Mortal): AsyncIterable<unknown> {
  for await (const one of run()) {
    if (life.hasEnded()) await never()
    yield one
  }
}

/** What a disk's owner sees of it, whatever the process on it believes. */
export interface ShardDisk {
  readonly shelf: ShardShelf
  /** Shards whose bytes have decayed. */
  readonly flipped: Set<string>
  /** Refuses new shards, as a full disk does. */
  full: boolean
}

export const newDisk = (shelf: ShardShelf): ShardDisk => ({ shelf, flipped: new Set(), full: false })

export const nameOf = ({ pack, index }: ShardName): string => `${pack}-${index}`

/** Shards of a pack that lie on a disk and are what they were. */
export function* soundOn({ shelf, flipped }: ShardDisk): Generator<{ pack: PackId; index: number }> {
  for (const [key, { pack, index, bytes, sizeBytes }] of shelf.shards) {
    if (!flipped.has(key) && bytes.length === sizeBytes) yield { pack, index }
  }
}

/** One bit of a shard is another, and nobody is told. */
export function flip({ shelf, flipped }: ShardDisk, key: string, fate: Fate): void {
  const shard = shelf.shards.get(key)
  if (shard === undefined || shard.bytes.length === 0) return
  const at = fate.below(shard.bytes.length)
  const bytes = shard.bytes.slice()
  bytes[at] = (bytes[at] ?? 0) ^ (1 << fate.below(8))
  shelf.shards.set(key, { ...shard, bytes })
  flipped.add(key)
}

export interface DiskEvents {
  readonly onPut: (shard: NewShard) => void
  readonly onRemove: (shard: ShardName, wasSound: boolean) => void
}

/** The store of a keeper's process on such a disk. */
export class DiskStore extends MemoryShardStore implements ShardStore {
  readonly #disk: ShardDisk
  readonly #events: DiskEvents
  /** What is being written. */
  #writing: NewShard | undefined
  readonly #parts: { readonly time: VirtualTime; readonly fate: Fate; readonly life: Mortal }

  constructor(disk: ShardDisk, events: DiskEvents, parts: { time: VirtualTime; fate: Fate; life: Mortal }) {
    super(disk.shelf)
    this.#disk = disk
    this.#events = events
    this.#parts = parts
  }

  override async put(shard: NewShard): Promise<void> {
    const { time, fate, life } = this.#parts
    if (this.#disk.full) throw new KeeptabError('store-failed', 'The disk is full.')
    this.#writing = shard
    await time.sleep(fate.between(1, 30))
    this.#writing = undefined
    if (life.hasEnded()) return never()
    await super.put(shard)
    this.#disk.flipped.delete(nameOf(shard))
    this.#events.onPut(shard)
  }

  override async remove(name: ShardName): Promise<void> {
    const shard = this.#disk.shelf.shards.get(nameOf(name))
    const isSound = shard?.bytes.length === shard?.sizeBytes && !this.#disk.flipped.has(nameOf(name))
    if (shard !== undefined) this.#events.onRemove(name, isSound)
    await super.remove(name)
  }

  /** The process ends here and now: half of what was being written may lie there. */
  tear(): void {
    const shard = this.#writing
    if (shard === undefined || this.#disk.shelf.shards.has(nameOf(shard))) return
    const bytes = shard.bytes.slice(0, Math.floor(shard.bytes.length * this.#parts.fate.fraction()))
    this.#disk.shelf.shards.set(nameOf(shard), { ...shard, bytes })
  }
}
