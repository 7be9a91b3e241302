/**
 * The manifest: what a snapshot consists of, and the only thing its head points to (protocol.md, decisions 4 and 5).
 *
 *   {v: 1, snapshot: 16 B, createdAt: ms, epoch, sources, packs, indexes, history}, canonical CBOR
 *   sources  [{name, way, root: ids of the root node's chunks, files, directories, symlinks, leftOut, bytes, m?, p?}],
 *            m and p of the chosen directory itself, as in tree.ts
 *   packs    pack ids, rising: every pack the snapshot needs, those of trees and index segments included,
 *            so that garbage collection never reads a tree. The packs of the manifest itself are in the head.
 *   indexes  [{n: chunks in the segment, p: for each piece of the segment chunk id ‖ pack id}]
 *   history  [{snapshot, createdAt, manifest: pack ids, sources: [name], files, bytes}], newest first
 *
 * Version 2 has three more, and is written only where one of them says something:
 *   rule       null (everything stays) or {all, hourly, daily, weekly, monthly, yearly}, as in retention.ts
 *   protected  snapshot ids one behind the other, rising: those of the history, or this one, that no rule takes
 *   removed    [history entry and removedAt], newest removal first: taken out of the history, their packs not gone yet
 *
 * Its bytes are cut at every 1 MiB into chunks of kind `manifest`. A reader joins all chunks of that kind in the packs
 * of the head, in the head's order and within a pack in the directory's. So these packs hold one manifest only, and a
 * manifest chunk is packed again even if an equal one is known.
 */
import { z } from 'zod'
import { concat, type Bytes } from '../core/bytes.ts'
import {
  idBytes,
  idOf,
  parseChunkId,
  parsePackId,
  parseSnapshotId,
  type ChunkId,
  type PackId,
  type SnapshotId,
} from '../core/ids.ts'
import { fixedBytes, someBytes } from '../core/signed.ts'
import { DAY, type ByteCount, type Millis } from '../core/units.ts'
import { decode, encode } from '../core/wire.ts'
import { idList, joinIds, packIdsIn } from './id-list.ts'
import { FOR_EVER_DAYS, prunable, type KeepingRule } from './retention.ts'
import type { EntryMeta } from './tree-entry.ts'

/** How a source was chosen, which decides what it cannot see (browser.md). */
export const SOURCE_WAYS = ['folder', 'files', 'drop', 'path'] as const

export interface SnapshotSource extends EntryMeta {
  /** What the person calls it; the first component of its paths in a restore. Hostile as any name in a backup. */
  readonly name: string
  readonly way: (typeof SOURCE_WAYS)[number]
  /** Ids of the chunks of the root's node (`readTree`). */
  readonly root: Bytes
  readonly files: number
  readonly directories: number
  readonly symlinks: number
  /** Entries that could not be read and are therefore not in the snapshot. Ignored ones do not count. */
  readonly leftOut: number
  readonly bytes: ByteCount
}

/** Where an index segment lies. */
export interface IndexReference {
  /** Chunks the segment names, for the rule that merges segments. */
  readonly chunks: number
  /** Its pieces in order. They stand here because the index cannot name its own chunks. */
  readonly pieces: readonly { readonly chunk: ChunkId; readonly pack: PackId }[]
}

/** An earlier snapshot of this device, as the list of snapshots shows it. */
export interface PastSnapshot {
  readonly snapshot: SnapshotId
  readonly createdAt: Millis
  readonly manifest: readonly PackId[]
  readonly sources: readonly string[]
  readonly files: number
  readonly bytes: ByteCount
}

/** A snapshot that was taken out of the history. */
export interface RemovedSnapshot extends PastSnapshot {
  readonly removedAt: Millis
}

/** What the person wants with the snapshots of this device, and what came of it. */
export interface Retention {
  /** `undefined`: everything stays. */
  readonly rule: KeepingRule | undefined
  readonly protected: readonly SnapshotId[]
  /** Newest removal first. */
  readonly removed: readonly RemovedSnapshot[]
}

/** Everything stays, and nothing was said of any snapshot. */
export const keepsEverything: Retention = { rule: undefined, protected: [], removed: [] }

export interface Manifest {
  readonly snapshot: SnapshotId
  readonly createdAt: Millis
  /** Key epoch of everything the snapshot needs. */
  readonly epoch: number
  readonly sources: readonly SnapshotSource[]
  readonly packs: readonly PackId[]
  readonly indexes: readonly IndexReference[]
  /** Newest first. */
  readonly history: readonly PastSnapshot[]
  /** Absent: `keepsEverything`. */
  readonly retention?: Retention | undefined
}

/** A snapshot as lists show it, and as the history of the next one will. @param packs that hold its manifest, as in the head */
export const asPast = (manifest: Manifest, packs: readonly PackId[]): PastSnapshot => ({
  snapshot: manifest.snapshot,
  createdAt: manifest.createdAt,
  manifest: packs,
  sources: manifest.sources.map(({ name }) => name),
  files: manifest.sources.reduce((sum, { files }) => sum + files, 0),
  bytes: manifest.sources.reduce((sum, { bytes }) => sum + bytes, 0),
})

/** What is removed is listed for so long. The packs of it are there for at least as long (`protocol/condemnation`). */
export const REMOVED_MS: Millis = 30 * DAY

/** The manifest after its own rule: snapshots that do not stay are no longer in the history, and removals of long ago are forgotten. */
export function pruned(manifest: Manifest, now: Millis): Manifest {
  const { retention = keepsEverything, history } = manifest
  const isProtected = (id: SnapshotId) => retention.protected.includes(id)
  const gone = new Set(
    prunable([manifest, ...history], retention.rule, isProtected, now).map(({ snapshot }) => snapshot),
  )
  return without(manifest, (id) => gone.has(id), now)
}

/** The manifest with these snapshots removed. Its own stays whatever is asked: the head points to it. */
export function without(manifest: Manifest, isGone: (id: SnapshotId) => boolean, now: Millis): Manifest {
  const { retention = keepsEverything, history } = manifest
  const stay = history.filter(({ snapshot }) => !isGone(snapshot))
  const removed = history.filter(({ snapshot }) => isGone(snapshot)).map((past) => ({ ...past, removedAt: now }))
  const before = retention.removed.filter(({ removedAt }) => now - removedAt < REMOVED_MS)
  const listed = new Set([manifest, ...stay].map(({ snapshot }) => snapshot))
  return {
    ...manifest,
    history: stay,
    retention: {
      rule: retention.rule,
      protected: retention.protected.filter((id) => listed.has(id)),
      removed: [...removed, ...before],
    },
  }
}

const MAX_PACKS = 2 ** 20
/** Most earlier snapshots that are remembered. The history is sent with every snapshot. */
export const MAX_HISTORY = 4096

const count = z.int().min(0)
const name = z.string().min(1).max(1024)
const sources = z.array(
  z.strictObject({
    name,
    way: z.enum(SOURCE_WAYS),
    root: idList(4096).refine((ids) => ids.length > 0, 'must name the root'),
    files: count,
    directories: count,
    symlinks: count,
    leftOut: count,
    bytes: count,
    m: z.int().optional(),
    p: z.int().min(0).max(0o7777).optional(),
  }),
)

const pastFields = {
  snapshot: fixedBytes(16),
  createdAt: count,
  manifest: idList(4096),
  sources: z.array(name).max(1024),
  files: count,
  bytes: count,
}
const fields = {
  snapshot: fixedBytes(16),
  createdAt: count,
  epoch: count,
  sources: sources.min(1).max(1024),
  packs: idList(MAX_PACKS).refine(isRising, 'must rise'),
  indexes: z.array(z.strictObject({ n: z.int().min(1), p: idList(1024, 2) })).max(256),
  history: z.array(z.strictObject(pastFields)).max(MAX_HISTORY),
}

const days = z.int().min(0).max(FOR_EVER_DAYS)
const manifestSchema = z.discriminatedUnion('v', [
  z.strictObject({ v: z.literal(1), ...fields }),
  z.strictObject({
    v: z.literal(2),
    ...fields,
    rule: z
      .strictObject({ all: days, hourly: days, daily: days, weekly: days, monthly: days, yearly: days })
      .nullable(),
    protected: someBytes(16 * (MAX_HISTORY + 1)).refine(
      (list) => list.length % 16 === 0 && isSortedSet(snapshotIdsIn(list)),
      'must be a rising list of ids',
    ),
    removed: z.array(z.strictObject({ ...pastFields, removedAt: count })).max(MAX_HISTORY),
  }),
])

/**
 * The bytes of a manifest; packs are sorted and history is cut to its newest 4,096. Cut them with `evenPieces`.
 * @throws KeeptabError `malformed` when it is beyond a bound: what could not be read again is not written either
 */
export function encodeManifest(manifest: Manifest): Bytes {
  const { retention = keepsEverything } = manifest
  const saysSomething = retention.rule !== undefined || retention.protected.length + retention.removed.length > 0
  const bytes = encode({
    v: saysSomething ? 2 : 1,
    snapshot: idBytes(manifest.snapshot),
    createdAt: manifest.createdAt,
    epoch: manifest.epoch,
    sources: manifest.sources.map(({ modifiedMicros, mode, ...source }) => ({ ...source, m: modifiedMicros, p: mode })),
    packs: joinIds([...new Set(manifest.packs)].sort()),
    indexes: manifest.indexes.map(({ chunks, pieces }) => ({
      n: chunks,
      p: joinIds(pieces.flatMap(({ chunk, pack }) => [chunk, pack])),
    })),
    history: remembered(manifest.history, retention.protected).map(pastOnWire),
    ...(saysSomething && {
      rule: retention.rule === undefined ? null : { ...retention.rule },
      protected: concat(...[...new Set(retention.protected)].sort().map(idBytes)),
      removed: retention.removed
        .slice(0, MAX_HISTORY)
        .map(({ removedAt, ...past }) => ({ ...pastOnWire(past), removedAt })),
    }),
  })
  parseManifest(bytes)
  return bytes
}

/** @throws KeeptabError `malformed` */
export function parseManifest(bytes: Bytes): Manifest {
  const body = decode(manifestSchema, bytes)
  return {
    snapshot: idOf(parseSnapshotId, body.snapshot),
    createdAt: body.createdAt,
    epoch: body.epoch,
    sources: body.sources.map(({ m, p, ...source }) => ({ ...source, modifiedMicros: m, mode: p })),
    packs: packIdsIn(body.packs),
    indexes: body.indexes.map(({ n, p }) => ({ chunks: n, pieces: piecesIn(p) })),
    history: body.history.map(pastIn),
    ...(body.v === 2 && {
      retention: {
        rule: body.rule ?? undefined,
        protected: snapshotIdsIn(body.protected),
        removed: body.removed.map((past) => ({ ...pastIn(past), removedAt: past.removedAt })),
      },
    }),
  }
}

/** Where there are too many, the oldest are forgotten that nobody protects. */
function remembered(history: readonly PastSnapshot[], safe: readonly SnapshotId[]): readonly PastSnapshot[] {
  let surplus = history.length - MAX_HISTORY
  if (surplus <= 0) return history
  const kept = history.toReversed().filter(({ snapshot }) => safe.includes(snapshot) || (surplus -= 1) < 0)
  return kept.reverse().slice(0, MAX_HISTORY)
}

const pastOnWire = ({ snapshot, createdAt, manifest, sources, files, bytes }: PastSnapshot) => ({
  snapshot: idBytes(snapshot),
  createdAt,
  manifest: joinIds(manifest),
  sources,
  files,
  bytes,
})

const pastIn = (past: z.output<typeof fields.history>[number]): PastSnapshot => ({
  snapshot: idOf(parseSnapshotId, past.snapshot),
  createdAt: past.createdAt,
  manifest: packIdsIn(past.manifest),
  sources: past.sources,
  files: past.files,
  bytes: past.bytes,
})

const snapshotIdsIn = (list: Bytes): SnapshotId[] =>
  Array.from({ length: list.length / 16 }, (_, i) => idOf(parseSnapshotId, list.subarray(16 * i, 16 * i + 16)))

const piecesIn = (list: Bytes): IndexReference['pieces'] =>
  Array.from({ length: list.length / 64 }, (_, i) => ({
    chunk: idOf(parseChunkId, list.subarray(64 * i, 64 * i + 32)),
    pack: idOf(parsePackId, list.subarray(64 * i + 32, 64 * i + 64)),
  }))

function isRising(list: Bytes): boolean {
  return isSortedSet(packIdsIn(list))
}

function isSortedSet(ids: readonly string[]): boolean {
  return ids.every((id, i) => i === 0 || (ids[i - 1] ?? '') < id)
}
