/**
 * Making lost shards of others again, without a key: any k shards of a pack, each checked against the root that its owner
 * signed, give those that are missing, each checked the same way before it goes to its new keeper.
 * One job at a time, within the limits of the keeper that does it; at most k and a few shards are in memory. Where fewer
 * than k holders are online, those that were read stay there until the others come, because k of them may never be online
 * at once.
 */
import { Collector, keeperTroubleOf, READ_TIMEOUT_MS, reachedOver, type Reached } from '../backup/collect.ts'
import type { KeeperTrouble } from '../backup/events.ts'
import { equal, type Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, throwIfAborted } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'
import type { PackId } from '../core/ids.ts'
import { merkleRoot } from '../core/merkle.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { Millis } from '../core/units.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { ErasureCodec, IndexedShard } from '../erasure/erasure-codec.ts'
import type { Allowance, StartWork, Work } from '../keeping/work.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { RepairJob, RepairReport } from '../protocol/coordinator-messages.ts'
import { openPackRecord, type PackRecord } from '../protocol/records.ts'
import type { ShardStore } from '../store/shard-store.ts'
import { keepHeads, readShard } from '../transport/keeper-client.ts'
import type { Transport } from '../transport/transport.ts'
import { AT_ONCE, bringTo, type Successor } from './successor.ts'

/** Shards made, and in memory beside the k they come from, at once. */
const BATCH = 8
/** A holder may take so long for a shard of a repair: both ends may keep to a low rate, and nobody waits for this. */
const REPAIR_TIMEOUT_MS: Millis = 10 * 60_000

export interface RepairContext {
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly store: ShardStore
  readonly codec: ErasureCodec
}

type Failed = RepairReport['failed'][number]

/** The work of repairing, for a keeper to do when it is asked to. */
export const repairing =
  (context: RepairContext): StartWork =>
  (allowance) =>
    new Repairer(context, allowance)

class Repairer implements Work {
  readonly #context: RepairContext
  readonly #allowance: Allowance
  readonly #stop = new AbortController()
  /** Ends the job, but not the repairer. */
  #halt = new AbortController()
  #running: Promise<void> | undefined
  #again = false
  /** Verified shards of a job that wants more of them. */
  #gathered: { readonly pack: PackId; readonly shards: Map<number, Bytes> } | undefined

  constructor(context: RepairContext, allowance: Allowance) {
    this.#context = context
    this.#allowance = allowance
  }

  wake(): void {
    if (!this.#allowance.mayWork()) {
      this.#halt.abort()
      return
    }
    this.#again = true
    if (this.#running !== undefined || this.#stop.signal.aborted) return
    this.#running = this.#run()
      .catch(() => undefined) // the coordinator is away; it asks again when it is back
      .finally(() => {
        this.#running = undefined
      })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#halt.abort()
    await this.#running
  }

  /** One job after the other, until there is none. */
  async #run(): Promise<void> {
    while (this.#again && this.#allowance.mayWork() && !this.#stop.signal.aborted) {
      this.#again = false
      this.#halt = new AbortController()
      await this.#context.transport.visit((visit) => this.#next(visit))
    }
  }

  async #next(visit: Visitor): Promise<void> {
    const { coordinator } = this.#context
    const job = await unlessAborted(coordinator.takeRepair(visit), this.#stop.signal)
    // A read that comes in between leaves what was gathered.
    const isLook = job?.successors.length === 0
    if (!isLook && job?.pack !== this.#gathered?.pack) this.#gathered = undefined
    if (job === undefined) return
    const report = await (isLook ? this.#look(job, visit) : this.#repair(job, visit))
    await unlessAborted(coordinator.reportRepair(report), this.#stop.signal)
    // What came to nothing may be the same job again: it is asked for when that makes sense.
    if (report.receipts.length > 0) this.#again = true
  }

  /**
   * Reads the shards of a job of which nothing is to be made, to say whether their keepers give them back. Never rejects;
   * says nothing where it was stopped.
   */
  async #look({ pack, record: signed, holders }: RepairJob, visit: Visitor): Promise<RepairReport> {
    const failed: Failed[] = []
    let read = 0
    const record = await openPackRecord(signed).catch(() => undefined)
    for (const { index, keeper, ticket } of holders) {
      if (record?.id !== pack) break
      const what = await this.#met(record, { index, keeper, ticket }, visit)
      if (this.#halt.signal.aborted) break
      if (what === 'served') read += 1
      else failed.push({ index, keeper, what })
    }
    return { pack, receipts: [], read, failed }
  }

  /** What came of reading a shard as whoever restores reads it: as fast, for as long, with the same requests. */
  async #met(
    record: PackRecord,
    { index, keeper, ticket }: RepairJob['holders'][number],
    visit: Visitor,
  ): Promise<'served' | Failed['what']> {
    const halt = this.#halt.signal
    let reached = reachedOver(undefined)
    try {
      const counted = await this.#allowance.prepaid(record.shardBytes, halt)
      const signal = AbortSignal.any([halt, AbortSignal.timeout(READ_TIMEOUT_MS)])
      const link = counted(await this.#context.transport.connect(keeper, { signal, visit }))
      reached = reachedOver(link)
      const bytes = await readShard(link, record.id, index, record.shardBytes, signal, ticket)
      const root = record.roots[index]
      return root !== undefined && equal(await merkleRoot(bytes), root) ? 'served' : 'corrupt'
    } catch (thrown) {
      return failureOf(keeperTroubleOf(codeOf(thrown)), reached())
    }
  }

  /** Never rejects: what went wrong is said in the report, and what was made until then counts. */
  async #repair({ pack, record: signed, holders, successors }: RepairJob, visit: Visitor): Promise<RepairReport> {
    const { codec } = this.#context
    const receipts: Bytes[] = []
    const failed: Failed[] = []
    let spoiltCode: RepairReport['spoiltCode']
    const gathered = (this.#gathered ??= { pack, shards: new Map<number, Bytes>() }).shards
    try {
      const { signal } = this.#halt
      const record = await openPackRecord(signed)
      if (record.id !== pack) throw new KeeptabError('signature-invalid', 'A pack record has another name.')
      const code = { k: record.k, n: record.n }
      const own = await this.#ownShards(record)
      const collector = new Collector({
        connect: async (keeper, options) =>
          this.#allowance.limited(await this.#context.transport.connect(keeper, options)),
        onTrouble: ({ keeper, what, index, reached }) => failed.push({ index, keeper, what: failureOf(what, reached) }),
        readTimeoutMs: REPAIR_TIMEOUT_MS,
        hedges: false,
      })
      const shards = await collector.collect(
        record,
        holders.map((holder) => ({ ...holder, online: true })),
        {
          own: [...own, ...Array.from(gathered, ([index, bytes]) => ({ index, bytes }))],
          onShard: ({ index, bytes }) => gathered.set(index, bytes),
          visit,
          signal,
        },
      )
      this.#gathered = undefined
      for (let i = 0; i < successors.length; i += BATCH) {
        const batch = successors.slice(i, i + BATCH)
        const indices = batch.map(({ index }) => index)
        const made = await codec.rebuild(code, shards, indices, { signal })
        const gate = new Gate(AT_ONCE)
        const stored = await Promise.all(
          batch.map((successor, at) => gate.run(() => this.#store(record, signed, successor, made[at], signal))),
        )
        receipts.push(...stored.filter((one) => one !== undefined && one !== 'another'))
        throwIfAborted(signal)
        const odd = batch.find((_, at) => stored[at] === 'another')
        if (odd === undefined) continue
        spoiltCode = { from: shards.map(({ index }) => index), index: odd.index }
        break
      }
    } catch {
      // Too few shards could be read, the job made no sense, or it was stopped: the coordinator sees it by what is missing.
    }
    return { pack, receipts, read: gathered.size, failed, ...(spoiltCode && { spoiltCode }) }
  }

  /** What is kept here of the pack, if it is what its owner signed. */
  async #ownShards(record: PackRecord): Promise<IndexedShard[]> {
    const own: IndexedShard[] = []
    for (const [index, root] of record.roots.entries()) {
      if (own.length === record.k) break
      const bytes = await this.#context.store.read({ pack: record.id, index }, 0, record.shardBytes)
      if (bytes !== undefined && equal(await merkleRoot(bytes), root)) own.push({ index, bytes })
    }
    return own
  }

  /**
   * The new keeper's receipt, checked; `undefined` when it did not take the shard, `another` when that is not what its owner
   * signed: all that it was made from is, so the owner has signed what is no code. Never rejects.
   */
  async #store(
    record: PackRecord,
    signed: Bytes,
    successor: Successor,
    bytes: Bytes | undefined,
    signal: AbortSignal,
  ): Promise<Bytes | 'another' | undefined> {
    const { transport, store } = this.#context
    const { index, keeper } = successor
    const root = record.roots[index]
    if (bytes === undefined || root === undefined) return undefined
    if (!equal(await merkleRoot(bytes), root)) return 'another'
    const connect = async () => this.#allowance.limited(await transport.connect(keeper, { signal }))
    return bringTo(successor, { record, signed, bytes }, connect, signal, async (link) =>
      keepHeads(link, await store.heads(record.owner)),
    )
  }
}

/**
 * What is said of a holder that gave no shard. A line breaks, and is slow, without anybody's doing; one that is open, and
 * over which nothing comes, is held open by somebody.
 */
function failureOf(what: KeeperTrouble['what'], reached: Reached): Failed['what'] {
  if (reached === 'nobody') return 'unreachable'
  if (what === 'corrupt' || what === 'refused') return what
  return what === 'slow' && reached === 'silence' ? 'slow' : 'unreachable'
}
