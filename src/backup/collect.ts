/**
 * Collecting any k shards of a pack from whoever holds them, fastest first, with a hedge where one is slow.
 * No byte is used before it matched its signed root.
 */
import { equal, type Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, messageOf, throwIfAborted, type ErrorCode } from '../core/errors.ts'
import type { DeviceId } from '../core/ids.ts'
import { merkleRoot } from '../core/merkle.ts'
import type { Millis } from '../core/units.ts'
import type { IndexedShard } from '../erasure/erasure-codec.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { PackRecord } from '../protocol/records.ts'
import { readShard } from '../transport/keeper-client.ts'
import type { Link, Transport } from '../transport/transport.ts'
import type { KeeperTrouble } from './events.ts'

/** A shard that takes longer than this many times the usual is asked of another keeper as well. */
const HEDGE_FACTOR = 3
const FEWEST_HEDGE_MS = 1000
const FIRST_HEDGE_MS = 3000
/** A read that hangs this long has failed, whatever the link says. */
export const READ_TIMEOUT_MS: Millis = 60_000

/** Where a shard lies. */
export interface Holder {
  readonly index: number
  readonly keeper: DeviceId
  readonly online: boolean
  /** Read ticket for the visit. Without one it is read under this device's own name, which only an owner may. */
  readonly ticket?: Bytes | undefined
}

export interface CollectorParts {
  readonly connect: Transport['connect']
  /** Hears what was wrong with a keeper, and which shard was asked for. */
  readonly onTrouble: (trouble: KeeperTrouble & { readonly index: number; readonly reached: Reached }) => void
  /** A minute when left out. */
  readonly readTimeoutMs?: Millis
  /** Whether a slow shard is asked of another keeper as well, so that some are read in vain; they are unless this says no. */
  readonly hedges?: boolean
}

export interface CollectOptions {
  /** Shards that are here already, and verified. */
  readonly own?: readonly IndexedShard[]
  /** Hears of every shard that was read and matches its root, also when there are too few of them in the end. */
  readonly onShard?: (shard: IndexedShard) => void
  /** The name to read under. */
  readonly visit?: Visitor | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is known of the keepers from earlier reads: who is fast, who lied, who is away. One for each restore or repair. */
export class Collector {
  readonly #parts: CollectorParts
  /** Milliseconds a shard took, smoothed; keepers not met yet stand in between. */
  readonly #paceMs = new Map<DeviceId, number>()
  /** How long a keeper that gave nothing the last time was waited for. Kept apart, so that it makes no hedge slower. */
  readonly #stuckMs = new Map<DeviceId, number>()
  /** Keepers that lied once are asked last. */
  readonly #liars = new Set<DeviceId>()

  constructor(parts: CollectorParts) {
    this.#parts = parts
  }

  /**
   * k shards that match the roots of the record, the own ones among them.
   * @throws KeeptabError `too-few-shards` with {needed, reachable, away} when every holder was tried, `away` being shards
   *   whose holders were not there to be asked; `aborted`
   */
  collect(record: PackRecord, holders: readonly Holder[], options: CollectOptions = {}): Promise<IndexedShard[]> {
    return this.#shards(record, this.#inOrder(holders), options)
  }

  /** Fast and honest first; among equals the data shards, which need no arithmetic. */
  #inOrder(holders: readonly Holder[]): readonly Holder[] {
    const usual = this.#usualMs() ?? 0
    const cost = (holder: Holder): number =>
      (this.#stuckMs.get(holder.keeper) ?? this.#paceMs.get(holder.keeper) ?? usual) +
      (holder.online ? 0 : 1e6) +
      (this.#liars.has(holder.keeper) ? 1e9 : 0)
    return [...holders].sort((a, b) => cost(a) - cost(b) || a.index - b.index)
  }

  #shards(
    record: PackRecord,
    holders: readonly Holder[],
    { own = [], onShard, visit, signal }: CollectOptions,
  ): Promise<IndexedShard[]> {
    const good = new Map(own.map(({ index, bytes }) => [index, bytes]))
    const running = new Map<number, number>() // shard index → reads under way
    const away = new Set<number>() // shards of holders that did not answer
    const queue = holders.filter(({ index }) => index < record.n) // a coordinator may say what it likes
    const stop = new AbortController()

    return new Promise<IndexedShard[]>((resolve, reject) => {
      let hedge: ReturnType<typeof setTimeout> | undefined
      let ended = false
      const end = (settle: () => void) => {
        if (ended) return
        ended = true
        clearTimeout(hedge)
        signal?.removeEventListener('abort', abort)
        stop.abort()
        settle()
      }
      const abort = () => {
        end(() => {
          reject(new KeeptabError('aborted'))
        })
      }
      const underWay = () => [...running.values()].reduce((sum, reads) => sum + reads, 0)

      /** Starts the next read that can help; `false` when there is none left. */
      const startNext = (): boolean => {
        // An index that is here is of no use again; one under way only when nothing else is left.
        let at = queue.findIndex(({ index }) => !good.has(index) && !running.has(index))
        if (at < 0) at = queue.findIndex(({ index }) => !good.has(index))
        const holder = queue.splice(at, at < 0 ? 0 : 1)[0]
        if (holder === undefined) return false
        running.set(holder.index, (running.get(holder.index) ?? 0) + 1)
        void this.#read(record, holder, visit, stop.signal).then((read) => {
          const left = (running.get(holder.index) ?? 1) - 1
          if (left === 0) running.delete(holder.index)
          else running.set(holder.index, left)
          if (read === 'away') away.add(holder.index)
          else if (read !== undefined) {
            if (!good.has(holder.index)) onShard?.({ index: holder.index, bytes: read })
            good.set(holder.index, read)
          }
          proceed()
        })
        return true
      }

      const proceed = () => {
        if (ended) return
        if (good.size >= record.k) {
          end(() => {
            resolve([...good].slice(0, record.k).map(([index, bytes]) => ({ index, bytes })))
          })
          return
        }
        while (good.size + running.size < record.k && startNext());
        if (underWay() === 0) {
          const stillAway = [...away].filter((index) => !good.has(index)).length
          const data = { needed: record.k, reachable: good.size, away: stillAway }
          const detail = `${good.size} of ${record.k} needed shards of a pack could be read.`
          end(() => {
            reject(new KeeptabError('too-few-shards', detail, data))
          })
          return
        }
        clearTimeout(hedge)
        if (this.#parts.hedges === false) return
        hedge = setTimeout(() => {
          if (startNext()) proceed()
        }, this.#hedgeMs())
      }

      signal?.addEventListener('abort', abort, { once: true })
      if (signal?.aborted) abort()
      else proceed()
    })
  }

  /** What a shard usually takes; `undefined` before the first one. */
  #usualMs(): number | undefined {
    return median([...this.#paceMs.values()])
  }

  #hedgeMs(): number {
    const usual = this.#usualMs()
    return usual === undefined ? FIRST_HEDGE_MS : Math.max(FEWEST_HEDGE_MS, HEDGE_FACTOR * usual)
  }

  /** A verified shard; or, after saying what was wrong with the keeper, `away` or `undefined`. Never rejects. */
  async #read(
    record: PackRecord,
    { keeper, index, ticket }: Holder,
    visit: Visitor | undefined,
    stop: AbortSignal,
  ): Promise<Bytes | 'away' | undefined> {
    const { connect, onTrouble, readTimeoutMs = READ_TIMEOUT_MS } = this.#parts
    const startedAt = performance.now()
    const signal = AbortSignal.any([stop, AbortSignal.timeout(readTimeoutMs)])
    let reached = reachedOver(undefined)
    try {
      const link = await connect(keeper, { signal, visit: ticket && visit })
      reached = reachedOver(link)
      const bytes = await readShard(link, record.id, index, record.shardBytes, signal, ticket)
      throwIfAborted(stop)
      const root = record.roots[index]
      if (root === undefined || !equal(await merkleRoot(bytes), root)) throw new KeeptabError('shard-corrupt')
      const tookMs = performance.now() - startedAt
      this.#paceMs.set(keeper, 0.7 * (this.#paceMs.get(keeper) ?? tookMs) + 0.3 * tookMs)
      this.#stuckMs.delete(keeper)
      return bytes
    } catch (thrown) {
      if (stop.aborted) {
        // Overtaken by others: it is at least this slow, and is not to be among the first for the next pack too.
        const soFarMs = performance.now() - startedAt
        if (soFarMs > (this.#paceMs.get(keeper) ?? this.#usualMs() ?? 0)) this.#stuckMs.set(keeper, soFarMs)
        return undefined
      }
      const what = keeperTroubleOf(codeOf(thrown))
      if (what === 'corrupt') this.#liars.add(keeper)
      this.#stuckMs.set(keeper, readTimeoutMs)
      onTrouble({ keeper, index, what, reached: reached(), detail: messageOf(thrown) })
      return isFailed(codeOf(thrown)) ? undefined : 'away'
    }
  }
}

/** Whether a keeper has shown that it cannot give a shard. One that rests says no, and gives it another time. */
const isFailed = (code: ErrorCode): boolean =>
  code === 'shard-corrupt' || code === 'shard-unknown' || code === 'peer-impostor'

const troubles: Partial<Record<ErrorCode, KeeperTrouble['what']>> = {
  'shard-corrupt': 'corrupt',
  'peer-unreachable': 'unreachable',
  'peer-impostor': 'refused',
  'connection-lost': 'unreachable',
  'timeout': 'slow',
  'aborted': 'slow', // only our own timeout gets here: a fired `stop` has returned before
}

/** How far a read came: no link · one over which nothing of the shard came · bytes, though not all of them. */
export type Reached = 'nobody' | 'silence' | 'bytes'

/** Tells it of a read that begins now. Where a link is shared, bytes of another read count: nobody is blamed for less. */
export function reachedOver(link: Link | undefined): () => Reached {
  const before = link?.receivedBytes
  return () => (link === undefined ? 'nobody' : link.receivedBytes === before ? 'silence' : 'bytes')
}

/** What an error of a read says of the keeper. */
export const keeperTroubleOf = (code: ErrorCode): KeeperTrouble['what'] => troubles[code] ?? 'refused'

function median(values: number[]): number | undefined {
  values.sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)]
}
