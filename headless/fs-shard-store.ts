/**
 * A keeper's disk as plain files.
 *
 *   limit                                 how many bytes the keeper is willing to keep, decimal
 *   traffic                               canonical CBOR {v, month, …}: what it has sent and taken in
 *   condemned                             canonical CBOR {v, watchedMs, notedAt, heard, unneeded?}: what it has heard is to go
 *   scrubbed                              canonical CBOR {v, at, pack, index}: how far it has looked through its shards
 *   shards/<2 hex>/<pack>-<index>         "KTS" ‖ 0x01 ‖ u32 length ‖ header (CBOR) ‖ the shard's bytes
 *   records/<2 hex>/<pack>                the signed pack record, once for all shards of a pack
 *   heads/<account>/<device>              canonical CBOR {v, sequence, signed}
 *   unreadable/<pack>-<index>             shards on a part of the disk that is broken: no longer kept, never used again
 *
 * <2 hex> are the first two digits of the pack, so that no directory grows too large. The header travels in the
 * shard's own file, so that one rename makes both appear. Two processes must not share one: `data-dir` holds the lock.
 */
import { open, rename, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { concat, equal, fromHex, toHex, u32, utf8, type Bytes } from '../src/core/bytes.ts'
import { codeOf, KeeptabError } from '../src/core/errors.ts'
import {
  idBytes,
  idOf,
  parseAccountId,
  parseGroupId,
  parsePackId,
  type AccountId,
  type DeviceId,
  type PackId,
} from '../src/core/ids.ts'
import { fixedBytes, someBytes } from '../src/core/signed.ts'
import { MiB, type ByteCount } from '../src/core/units.ts'
import { decode, encode } from '../src/core/wire.ts'
import { checkLength, Room, shardKey } from '../src/store/room.ts'
import type {
  CondemnedNotes,
  KeptShard,
  NewShard,
  ScrubNotes,
  ShardName,
  ShardStore,
  StoreUsage,
  Traffic,
} from '../src/store/shard-store.ts'
import {
  diskError,
  isMissing,
  makeDirectory,
  namesIn,
  readIfThere,
  removeFile,
  systemCode,
  tidyNamesIn,
  using,
  writeDurably,
} from './durable-files.ts'
import { Turns } from './turns.ts'

/** A shard that lies on the disk, and where its bytes begin in its file. */
interface Filed extends KeptShard {
  readonly offsetBytes: ByteCount
}

const MAGIC = utf8('KTS')
const VERSION = 1
const PREFIX_BYTES = 8
/** More than any header has; one read brings prefix and header. */
const FIRST_READ_BYTES = 512

const headerSchema = z.strictObject({
  pack: fixedBytes(32),
  index: z.int().min(0).max(255),
  group: fixedBytes(16),
  owner: fixedBytes(32),
  sizeBytes: z.int().min(0),
})

const headSchema = z.strictObject({ v: z.literal(1), sequence: z.int().min(0), signed: someBytes(MiB) })

const counted = z.int().min(0)
const trafficSchema = z.strictObject({
  v: z.literal(1),
  month: z.string().max(10),
  monthServedBytes: counted,
  monthReceivedBytes: counted,
  servedBytes: counted,
  receivedBytes: counted,
})

const shardIndex = z.int().min(0).max(255)

const condemnedSchema = z.strictObject({
  v: z.literal(1),
  watchedMs: counted,
  notedAt: z.int(),
  heard: z.array(
    z.strictObject({ pack: fixedBytes(32), condemnation: fixedBytes(32), watchedMs: counted, heardAt: counted }),
  ),
  unneeded: z
    .array(z.strictObject({ pack: fixedBytes(32), index: shardIndex, watchedMs: counted, heardAt: counted }))
    .optional(),
})

const scrubbedSchema = z.strictObject({
  v: z.literal(1),
  at: z.int(),
  pack: fixedBytes(32),
  index: shardIndex,
})

/**
 * Opens a keeper's disk, made if it is not there. Leftovers of a kill are removed and what is kept is counted anew.
 * @throws KeeptabError `store-failed`, or `unsupported-version` when a newer Keeptab has written here
 */
export async function openFsShardStore(directory: string): Promise<ShardStore> {
  const at = (...names: string[]): string => join(directory, ...names)
  await Promise.all(['shards', 'records', 'heads'].map((name) => makeDirectory(at(name))))
  await tidyNamesIn(directory)
  const limit = await readIfThere(at('limit'))
  const store = new FsShardStore(directory, limit === undefined ? 0 : Number(new TextDecoder().decode(limit)))
  await store.scan()
  return store
}

class FsShardStore implements ShardStore {
  readonly #directory: string
  readonly #room: Room
  readonly #filed = new Map<string, Filed>()
  /** How many shards of a pack are filed; packs without any are left out. */
  readonly #perPack = new Map<PackId, number>()
  /** Shards of one pack share its record, so they come and go one at a time. */
  readonly #turns = new Turns()

  constructor(directory: string, limitBytes: ByteCount) {
    this.#directory = directory
    this.#room = new Room(limitBytes)
  }

  /** Counts what is there and removes what no kill may leave behind. */
  async scan(): Promise<void> {
    for (const part of await tidyNamesIn(join(this.#directory, 'shards'))) {
      const names = await tidyNamesIn(join(this.#directory, 'shards', part))
      await inBatches(names.filter(isShardName), async (name) => {
        const path = join(this.#directory, 'shards', part, name)
        const shard = await readHeader(path).catch((thrown: unknown) => this.#setAside(path, thrown))
        if (shard === 'unreadable') return
        if (shard === undefined || shardKey(shard) !== name) {
          await removeFile(path)
        } else {
          this.#file(shard)
          this.#room.keep(shard.sizeBytes)
        }
      })
    }
    const packs: ReadonlySet<string> = new Set(this.#perPack.keys())
    for (const part of await tidyNamesIn(join(this.#directory, 'records'))) {
      const names = await tidyNamesIn(join(this.#directory, 'records', part))
      const orphans = names.filter((name) => !packs.has(name))
      await inBatches(orphans, (name) => removeFile(join(this.#directory, 'records', part, name)))
    }
    for (const account of await tidyNamesIn(join(this.#directory, 'heads'))) {
      await tidyNamesIn(join(this.#directory, 'heads', account))
    }
  }

  usage(): Promise<StoreUsage> {
    return Promise.resolve(this.#room.usage())
  }

  setLimit(limitBytes: ByteCount): Promise<void> {
    return this.#turns.take('limit', async () => {
      await writeDurably(join(this.#directory, 'limit'), utf8(String(limitBytes)))
      this.#room.limitBytes = limitBytes
    })
  }

  reserve(name: ShardName, sizeBytes: ByteCount): Promise<void> {
    return this.#turns.take(name.pack, async () => {
      if (!(await this.has(name))) this.#room.reserve(shardKey(name), sizeBytes)
    })
  }

  release(name: ShardName): Promise<void> {
    this.#room.release(shardKey(name))
    return Promise.resolve()
  }

  async put(shard: NewShard): Promise<void> {
    checkLength(shard)
    await this.#turns.take(shard.pack, async () => {
      const key = shardKey(shard)
      if (this.#filed.has(key)) return
      await this.#room.fill(key, shard.sizeBytes, async () => {
        // Record first: one without a shard is a leftover that the next start removes.
        if (!this.#perPack.has(shard.pack)) await writeIn(this.#recordPath(shard.pack), shard.record)
        const header = headerOf(shard)
        await writeIn(this.#shardPath(shard), header, shard.bytes)
        const { pack, index, group, owner, sizeBytes } = shard
        this.#file({ pack, index, group, owner, sizeBytes, offsetBytes: header.length })
        return true
      })
    })
  }

  async read(name: ShardName, offset: number, length: number): Promise<Bytes | undefined> {
    const shard = this.#filed.get(shardKey(name))
    if (shard === undefined) return undefined
    const path = this.#shardPath(name)
    const bytes = await readRange(path, shard, offset, length).catch((thrown: unknown) => this.#setAside(path, thrown))
    if (bytes === 'unreadable') await this.#forget(shard)
    else if (bytes === undefined) await this.remove(name)
    else return bytes
    return undefined
  }

  has(name: ShardName): Promise<boolean> {
    return Promise.resolve(this.#filed.has(shardKey(name)))
  }

  async record(pack: PackId): Promise<Bytes | undefined> {
    return this.#perPack.has(pack) ? readIfSound(this.#recordPath(pack)) : undefined
  }

  keepRecord(pack: PackId, record: Bytes): Promise<void> {
    return this.#turns.take(pack, async () => {
      if (this.#perPack.has(pack)) await writeIn(this.#recordPath(pack), record)
    })
  }

  remove(name: ShardName): Promise<void> {
    return this.#forget(name, () => removeFile(this.#shardPath(name)))
  }

  /** Takes a shard out of the books, after what happens to its file. */
  #forget(name: ShardName, first: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    return this.#turns.take(name.pack, async () => {
      const shard = this.#filed.get(shardKey(name))
      if (shard === undefined) return
      await first()
      this.#filed.delete(shardKey(name))
      this.#room.lose(shard.sizeBytes)
      const others = (this.#perPack.get(name.pack) ?? 1) - 1
      if (others > 0) {
        this.#perPack.set(name.pack, others)
      } else {
        this.#perPack.delete(name.pack)
        await removeFile(this.#recordPath(name.pack))
      }
    })
  }

  async *list(): AsyncIterable<KeptShard> {
    const all = [...this.#filed.values()]
    for (let start = 0; start < all.length; start += FILES_AT_ONCE) {
      const batch = all.slice(start, start + FILES_AT_ONCE)
      // Reading nothing at all still finds out whether the file is there in its full length.
      const found = await Promise.all(batch.map((shard) => this.read(shard, 0, 0)))
      for (const [i, { pack, index, group, owner, sizeBytes }] of batch.entries()) {
        if (found[i] !== undefined) yield { pack, index, group, owner, sizeBytes }
      }
    }
  }

  keepHead(head: { account: AccountId; device: DeviceId; sequence: number; signed: Bytes }): Promise<void> {
    const path = join(this.#directory, 'heads', head.account, head.device)
    return this.#turns.take(path, async () => {
      const before = await readHead(path)
      if (before !== undefined && before.sequence >= head.sequence) return
      await writeIn(path, encode({ v: 1, sequence: head.sequence, signed: head.signed }))
    })
  }

  async heads(account: AccountId): Promise<Bytes[]> {
    const directory = join(this.#directory, 'heads', account)
    const heads = await Promise.all((await namesIn(directory)).map((name) => readHead(join(directory, name))))
    return heads.flatMap((head) => (head === undefined ? [] : [head.signed]))
  }

  async traffic(): Promise<Traffic | undefined> {
    const bytes = await readIfThere(join(this.#directory, 'traffic'))
    const read = bytes && decodeIfSound(trafficSchema, bytes)
    if (read === undefined) return undefined
    const { month, monthServedBytes, monthReceivedBytes, servedBytes, receivedBytes } = read
    return { month, monthServedBytes, monthReceivedBytes, servedBytes, receivedBytes }
  }

  keepTraffic({ month, monthServedBytes, monthReceivedBytes, servedBytes, receivedBytes }: Traffic): Promise<void> {
    const all = { v: 1, month, monthServedBytes, monthReceivedBytes, servedBytes, receivedBytes }
    return this.#turns.take('traffic', () => writeDurably(join(this.#directory, 'traffic'), encode(all)))
  }

  async condemned(): Promise<CondemnedNotes | undefined> {
    const bytes = await readIfThere(join(this.#directory, 'condemned'))
    const read = bytes && decodeIfSound(condemnedSchema, bytes)
    if (read === undefined) return undefined
    const heard = read.heard.map(({ pack, condemnation, watchedMs, heardAt }) => ({
      pack: idOf(parsePackId, pack),
      condemnation: toHex(condemnation),
      watchedMs,
      heardAt,
    }))
    const unneeded = read.unneeded?.map(({ pack, ...rest }) => ({ pack: idOf(parsePackId, pack), ...rest }))
    return { watchedMs: read.watchedMs, notedAt: read.notedAt, heard, ...(unneeded && { unneeded }) }
  }

  keepCondemned({ watchedMs, notedAt, heard, unneeded }: CondemnedNotes): Promise<void> {
    const all = heard.map((one) => ({
      pack: idBytes(one.pack),
      condemnation: fromHex(one.condemnation, 32) ?? new Uint8Array(32),
      watchedMs: one.watchedMs,
      heardAt: one.heardAt,
    }))
    const shards = unneeded?.map(({ pack, index, watchedMs, heardAt }) => ({
      pack: idBytes(pack),
      index,
      watchedMs,
      heardAt,
    }))
    const notes = encode({ v: 1, watchedMs, notedAt, heard: all, ...(shards && { unneeded: shards }) })
    return this.#turns.take('condemned', () => writeDurably(join(this.#directory, 'condemned'), notes))
  }

  async scrubbed(): Promise<ScrubNotes | undefined> {
    const bytes = await readIfThere(join(this.#directory, 'scrubbed'))
    const read = bytes && decodeIfSound(scrubbedSchema, bytes)
    return read && { after: { pack: idOf(parsePackId, read.pack), index: read.index }, at: read.at }
  }

  keepScrubbed({ after, at }: ScrubNotes): Promise<void> {
    const notes = encode({ v: 1, at, pack: idBytes(after.pack), index: after.index })
    return this.#turns.take('scrubbed', () => writeDurably(join(this.#directory, 'scrubbed'), notes))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /**
   * Deals with a file that is there and cannot be read: one that lies on a broken part of the disk is moved away, so that
   * nobody writes there again; one that this user may not read stays and counts again when that is mended.
   * @throws what reading met when it is not about this file alone, or the disk does not even move it
   */
  async #setAside(path: string, thrown: unknown): Promise<'unreadable'> {
    const code = systemCode(thrown instanceof KeeptabError ? thrown.cause : thrown)
    if (code === undefined || PASSING.has(code)) throw thrown
    if (!NOT_ALLOWED.has(code)) {
      await makeDirectory(join(this.#directory, 'unreadable'))
      await rename(path, join(this.#directory, 'unreadable', basename(path))).catch(() => {
        throw thrown
      })
    }
    return 'unreadable'
  }

  #file(shard: Filed): void {
    this.#filed.set(shardKey(shard), shard)
    this.#perPack.set(shard.pack, (this.#perPack.get(shard.pack) ?? 0) + 1)
  }

  #shardPath(name: ShardName): string {
    return join(this.#directory, 'shards', name.pack.slice(0, 2), shardKey(name))
  }

  #recordPath(pack: PackId): string {
    return join(this.#directory, 'records', pack.slice(0, 2), pack)
  }
}

/** Troubles of the machine and not of a file. */
const PASSING: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EAGAIN',
  'EBUSY',
  'EINTR',
  'ETIMEDOUT',
  'ENXIO',
  'ENODEV',
  'ESTALE',
])
const NOT_ALLOWED: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])

/** A small file, or `undefined` when it is not there or cannot be read: what it says can be had from others. */
async function readIfSound(path: string): Promise<Bytes | undefined> {
  try {
    return await readIfThere(path)
  } catch (thrown) {
    if (codeOf(thrown) === 'store-failed') return undefined
    throw thrown
  }
}

const isShardName = (name: string): boolean => /^[0-9a-f]{64}-[0-9]{1,3}$/.test(name)

async function writeIn(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
  await makeDirectory(dirname(path))
  await writeDurably(path, ...parts)
}

function headerOf(shard: KeptShard): Bytes {
  const body = encode({
    pack: idBytes(shard.pack),
    index: shard.index,
    group: idBytes(shard.group),
    owner: idBytes(shard.owner),
    sizeBytes: shard.sizeBytes,
  })
  return concat(MAGIC, Uint8Array.of(VERSION), u32(body.length), body)
}

/** What a shard's file says of itself, or `undefined` when the file is damaged. @throws KeeptabError `unsupported-version` */
async function readHeader(path: string): Promise<Filed | undefined> {
  return reading(path, async (file, fileBytes) => {
    const start = await readAt(file, 0, FIRST_READ_BYTES)
    if (start.length < PREFIX_BYTES || !equal(start.subarray(0, MAGIC.length), MAGIC)) return undefined
    if (start[MAGIC.length] !== VERSION) throw new KeeptabError('unsupported-version', undefined, { path })
    const offsetBytes = PREFIX_BYTES + new DataView(start.buffer).getUint32(PREFIX_BYTES - 4)
    const header = decodeIfSound(headerSchema, start.subarray(PREFIX_BYTES, offsetBytes))
    if (header === undefined || fileBytes !== offsetBytes + header.sizeBytes) return undefined
    return {
      pack: idOf(parsePackId, header.pack),
      index: header.index,
      group: idOf(parseGroupId, header.group),
      owner: idOf(parseAccountId, header.owner),
      sizeBytes: header.sizeBytes,
      offsetBytes,
    }
  })
}

/** A range of a shard's bytes, or `undefined` when its file is gone or has another length. */
function readRange(path: string, shard: Filed, offset: number, length: number): Promise<Bytes | undefined> {
  return reading(path, async (file, fileBytes) => {
    if (fileBytes !== shard.offsetBytes + shard.sizeBytes) return undefined
    const wanted = Math.max(0, Math.min(length, shard.sizeBytes - offset))
    return readAt(file, shard.offsetBytes + offset, wanted)
  })
}

/** Runs `work` with a file and its length, or gives `undefined` when there is none. @throws KeeptabError `store-failed` */
async function reading<T>(
  path: string,
  work: (file: FileHandle, fileBytes: ByteCount) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await using(await open(path, 'r'), async (file) => work(file, (await file.stat()).size))
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw diskError(thrown)
  }
}

/** `length` bytes from `position` on, fewer at the end of the file. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Bytes> {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) return bytes.slice(0, filled)
    filled += bytesRead
  }
  return bytes
}

/** A kept head; a damaged one is as good as none, so that the next one can take its place. */
async function readHead(path: string): Promise<z.output<typeof headSchema> | undefined> {
  const bytes = await readIfSound(path)
  return bytes && decodeIfSound(headSchema, bytes)
}

function decodeIfSound<Schema extends z.ZodType>(schema: Schema, bytes: Bytes): z.output<Schema> | undefined {
  try {
    return decode(schema, bytes)
  } catch (thrown) {
    if (codeOf(thrown) === 'malformed') return undefined
    throw thrown
  }
}

const FILES_AT_ONCE = 32

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += FILES_AT_ONCE) {
    await Promise.all(items.slice(start, start + FILES_AT_ONCE).map(work))
  }
}
