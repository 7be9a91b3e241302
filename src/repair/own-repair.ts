/**
 * Repair by the owner itself, whose device still has what it has backed up: it makes its packs again from that, and moves
 * only the shards that are missing, while a stranger must read k others for them. Done behind a backup, under what holds
 * that up. What it cannot make again, or not in time, strangers do, who wait for nobody.
 */
import type { Bytes } from '../core/bytes.ts'
import { throwIfAborted } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'
import type { PackId } from '../core/ids.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { ownRecord } from '../backup/own-record.ts'
import type { Source } from '../backup/source.ts'
import type { RepairJob } from '../protocol/coordinator-messages.ts'
import type { PackRecord } from '../protocol/records.ts'
import { SourcePacks, type RemadePack } from './source-packs.ts'
import { AT_ONCE, bringTo } from './successor.ts'

/** Packs looked for in one walk through the newest snapshot, the most endangered first; the others behind a later backup. */
const LOOKED_FOR = 256
/** Packs in memory, and asked for, at once. */
const BATCH = 4

export interface OwnRepairs {
  /** Packs of which shards were made, and how many. */
  readonly packs: number
  readonly shards: number
}

/**
 * Makes missing shards of this account's packs, as far as these sources have what is in them.
 * @throws KeeptabError as the coordinator; `store-failed`, `aborted`
 */
export async function repairOwn(
  owner: OwnerContext,
  sources: readonly Source[],
  signal?: AbortSignal,
): Promise<OwnRepairs> {
  const self = { ...owner } // one key epoch
  const done = { packs: 0, shards: 0 }
  const wanted = (await self.coordinator.ownRepairs()).sort((a, b) => a.risk - b.risk).slice(0, LOOKED_FOR)
  if (wanted.length === 0) return done
  const packs = await SourcePacks.open(self, sources, signal)
  if (packs === undefined) return done
  const lost = wanted.filter(({ risk }) => risk < 0)
  const here = await packs.here(new Set(wanted.map(({ pack }) => pack)), new Set(lost.map(({ pack }) => pack)))
  const ids = wanted.map(({ pack }) => pack).filter((pack) => here.has(pack))
  for (let i = 0; i < ids.length; i += BATCH) {
    throwIfAborted(signal)
    for (const shards of await repairBatch(self, packs, ids.slice(i, i + BATCH), signal)) {
      done.packs += shards > 0 ? 1 : 0
      done.shards += shards
    }
  }
  return done
}

/** @returns for each pack that could be taken how many shards of it count now */
async function repairBatch(
  owner: OwnerContext,
  packs: SourcePacks,
  ids: readonly PackId[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const taken = new Map<PackId, RepairJob>()
  const made: number[] = []
  try {
    const records = new Map<PackId, PackRecord>()
    for (const id of ids) {
      const job = await owner.coordinator.takeOwnRepair(id)
      if (job === undefined) continue
      taken.set(id, job)
      records.set(id, await ownRecord(owner, job))
    }
    for await (const { id, shards, readBytes = 0 } of packs.make([...records.values()])) {
      const [job, record] = [taken.get(id), records.get(id)]
      if (job === undefined || record === undefined || shards === undefined) continue
      const receipts = await bring(owner, job, record, shards, signal)
      taken.delete(id)
      const read = Math.ceil(readBytes / record.shardBytes)
      made.push((await owner.coordinator.reportRepair({ pack: id, receipts, read, failed: [] })).length)
    }
  } finally {
    // So that strangers need not wait for what comes to nothing here.
    for (const pack of taken.keys()) await owner.coordinator.reportRepair({ pack, receipts: [], read: 0, failed: [] })
  }
  return made
}

/** The receipts of those who took their shard. */
async function bring(
  { transport }: OwnerContext,
  job: RepairJob,
  record: PackRecord,
  shards: RemadePack['shards'],
  signal: AbortSignal = new AbortController().signal,
): Promise<Bytes[]> {
  const gate = new Gate(AT_ONCE)
  const receipts = await Promise.all(
    job.successors.map((successor) =>
      gate.run(async () => {
        const bytes = shards[successor.index]
        if (bytes === undefined || signal.aborted) return undefined
        const connect = () => transport.connect(successor.keeper, { signal })
        return bringTo(successor, { record, signed: job.record, bytes }, connect, signal)
      }),
    ),
  )
  return receipts.filter((receipt) => receipt !== undefined)
}
