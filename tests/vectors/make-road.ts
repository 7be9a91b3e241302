/**
 * Makes `road.json`, and `epochs.json`, which goes on after a device was removed: three real backups of two devices of one account over six keepers, and of what they left at the
 * coordinator and the keepers no more than a stranger needs. Everything that is chance or time in a backup is fixed
 * here, so the same bytes come out each time. To write the file: `node --import tsx tests/vectors/make-road.ts`.
 */
import { setMaxListeners } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { backup } from '../../src/backup/backup.ts'
import { readShard } from '../../src/transport/keeper-client.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import type { Source, SourceDirectory, SourceEntry } from '../../src/backup/source.ts'
import type { Coordinator } from '../../src/coordinator/coordinator.ts'
import { concat, own, toBase64Url, toHex, utf8, type Bytes } from '../../src/core/bytes.ts'
import { hkdf, hmac, hmacKey, sha256, signingKey } from '../../src/core/crypto.ts'
import { keyLabel, macTag } from '../../src/core/derive.ts'
import { idBytes } from '../../src/core/ids.ts'
import { GiB } from '../../src/core/units.ts'
import { encode } from '../../src/core/wire.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import { certifyAsDevice } from '../../src/identity/device.ts'
import {
  accountKey,
  dailyKeys,
  dailySecret,
  dailySecrets,
  identityOf,
  newDevice,
  type DeviceIdentity,
} from '../../src/identity/keys.ts'
import { signRevocation } from '../../src/identity/revocation.ts'
import { wordsOf } from '../../src/identity/recovery.ts'
import { startKeeping } from '../../src/keeping/keeper.ts'
import { openHead, openPackRecord, type PackRecord } from '../../src/protocol/records.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import { openPack } from '../../src/snapshot/pack.ts'
import { CHUNK_KINDS, tagged } from '../../src/snapshot/seal.ts'
import type { EntryMeta } from '../../src/snapshot/tree-entry.ts'
import { emptyOwnerShelf, emptyShelf, MemoryOwnerState, MemoryShardStore } from '../../src/store/memory.ts'
import { createMemoryNetwork } from '../../src/transport/memory.ts'
import { clock, connect, newIdentity, random, runCoordinator } from '../contract/coordinator-fixtures.ts'
import { noise } from './tiny-snapshot.ts'

// One signal ends all that a backup has under way, far more than the ten listeners that Node takes for a leak.
setMaxListeners(0)

const root = noise(32, 24)
const KEEPERS = 6

/** What stands in a file, in a directory by name, or behind a link. */
export type Node = EntryMeta &
  (
    | { readonly content: Bytes }
    | { readonly entries: readonly (readonly [name: Bytes, node: Node])[] }
    | { readonly target: Bytes }
  )
type Directory = Extract<Node, { entries: unknown }>

const named = (nodes: Readonly<Record<string, Node>>): Directory['entries'] =>
  Object.entries(nodes).map(([name, node]) => [utf8(name), node])

/** Text that a compressor shortens by matches, by literals and by both. */
const table = utf8(
  ['day;place;reading;note\n']
    .concat(
      Array.from(
        noise(9000, 3).filter((_, i) => i % 3 === 0),
        (byte, i) =>
          `${i};${['Aarau', 'Brugg', 'Chur'][byte % 3] ?? ''};${byte * (i % 89)};${i % 7 === 0 ? 'calm' : ''}\n`,
      ),
    )
    .join(''),
)
/** Long enough for two chunks under this account's gear table; no compressor shortens it. */
const photo = noise(90_000, 12)

const modifiedMicros = 1_735_689_600_123_456

const first: Directory = {
  mode: 0o755,
  modifiedMicros,
  entries: [
    ...named({
      'empty': { content: new Uint8Array(0), mode: 0o600, modifiedMicros: 0 },
      // The bytes of an empty directory's node: one chunk then serves this file and the directory beside it.
      'hollow.cbor': { content: encode({ v: 1, entries: [] }) },
      'hollow': { entries: [], mode: 0o1777 },
      'table.csv': { content: table, mode: 0o644, modifiedMicros },
      'photo.jpg': { content: photo, mode: 0o444, modifiedMicros: -1_000_001 },
      'copy of photo.jpg': { content: photo },
      'latest': { target: utf8('../elsewhere/../photo.jpg'), modifiedMicros },
      '%=marked': { content: utf8('a name that looks escaped') },
      'Übergröße ☃ 文': { entries: named({ 'café.txt': { content: utf8('crème brûlée\n') } }), modifiedMicros },
    }),
    [Uint8Array.of(0x66, 0xff, 0x25), { content: utf8('a name that is no UTF-8') }],
  ],
}

const second: Directory = {
  ...first,
  entries: [
    ...first.entries.filter(([name]) => !['photo.jpg', 'latest'].includes(new TextDecoder().decode(name))),
    ...named({ 'renamed.jpg': { content: photo, mode: 0o444 }, 'table.csv.orig': { content: utf8('new\n') } }),
  ],
}

const elsewhere: Directory = { entries: named({ 'photo.jpg': { content: photo }, 'x': { content: utf8('x') } }) }

/** Which k of a pack's six shards are told, in turn: never both data shards. */
const CHOICES = [
  [1, 4],
  [0, 5],
  [2, 3],
  [5, 1],
] as const

/**
 * All of the vector.
 * @param more what stands in the first folder besides: makes another road, which is not frozen
 * @param across whether it goes on into a second key epoch
 */
export async function road(more: Readonly<Record<string, Node>> = {}, across = false) {
  const network = await startRoad()
  try {
    const deviceA = await network.owner(1)
    const deviceB = await network.owner(2)
    const snapshots = [
      await backUp(deviceA, 1_767_225_600_000, [
        source('home', { ...first, entries: [...first.entries, ...named(more)] }),
        source('\uFEFF../odd:name', elsewhere),
      ]),
      await backUp(deviceA, 1_767_312_000_000, [source('home', second)]),
      await backUp(deviceB, 1_767_398_400_000, [source('elsewhere', elsewhere)]),
    ]
    const removals = across ? await acrossEpochs(network, deviceA, snapshots) : []
    const heads = (await deviceA.coordinator.heads()).sort(byBytes)
    const records = [...network.records.values()].sort((a, b) => (a.record.id < b.record.id ? -1 : 1))
    const shards = []
    const packs = []
    for (const [i, { record }] of records.entries()) {
      const chosen = await Promise.all(
        (CHOICES[i % CHOICES.length] ?? []).map(async (index) => ({
          index,
          bytes: await fetchShard(deviceA, record, index),
        })),
      )
      shards.push(...chosen.map(({ index, bytes }) => ({ pack: record.id, index, bytes: toBase64Url(bytes) })))
      packs.push(await describePack(record, chosen))
    }
    return {
      about:
        'Words, what a coordinator and k keepers of each pack have, and what must come of it: docs/format.md. ' +
        'Bytes are base64url without padding in `heads`, `records` and `shards`, hexadecimal elsewhere.',
      words: wordsOf(root).join(' '),
      heads: heads.map(toBase64Url),
      ...(across && { revocations: removals.map(toBase64Url) }),
      records: records.map(({ record, signed }) => ({ pack: record.id, record: toBase64Url(signed) })),
      shards,
      expected: {
        keys: await describeKeys(),
        heads: await Promise.all(heads.map(describeHead)),
        packs,
        snapshots,
      },
    }
  } finally {
    await network.close()
  }
}

/** A coordinator and six keepers, as in `tests/sim/network.ts`, and owners that are always the same devices. */
async function startRoad() {
  const coordinator = await runCoordinator()
  const network = createMemoryNetwork({ random })
  const ends: (() => Promise<void>)[] = []
  for (let i = 0; i < KEEPERS; i += 1) {
    const identity = await newIdentity()
    const transport = network.join(identity)
    const store = new MemoryShardStore(emptyShelf())
    const client = connect(coordinator.url, identity)
    const keeper = await startKeeping({ identity, coordinator: client, transport, store, clock }, { limitBytes: GiB })
    await new Promise<void>((resolve) => {
      keeper.onChange(({ online }) => {
        if (online) resolve()
      })
      if (keeper.state().online) resolve()
    })
    ends.push(async () => {
      await keeper.stop()
      await transport.close()
    })
  }
  const records = new Map<string, { readonly record: PackRecord; readonly signed: Bytes }>()
  return {
    /** Every pack record that was committed. */
    records,
    owner: async (deviceSeed: number) => ownerAs(await newDevice(root, noise(32, deviceSeed), 1_767_139_200_000)),
    ownerAs,
    async close() {
      for (const end of ends) await end()
      await coordinator.close()
    },
  }
  function ownerAs(identity: DeviceIdentity): OwnerContext {
    const transport = network.join(identity)
    ends.push(() => transport.close())
    const client = connect(coordinator.url, identity)
    const noting: Coordinator = {
      ...client,
      async commitPack(signed, group, receipts) {
        const record = await openPackRecord(signed)
        records.set(record.id, { record, signed })
        return client.commitPack(signed, group, receipts)
      },
    }
    return {
      identity,
      coordinator: noting,
      transport,
      codec: reedSolomon,
      state: new MemoryOwnerState(emptyOwnerShelf()),
      sealerOf: createFileSealer,
      clock,
      random,
    }
  }
}

/** Device B is removed, A goes on and adds C without the words, and both back up. */
async function acrossEpochs(
  network: Awaited<ReturnType<typeof startRoad>>,
  deviceA: OwnerContext,
  snapshots: unknown[],
): Promise<Bytes[]> {
  const at = 1_767_484_800_000
  const heads = await Promise.all((await deviceA.coordinator.heads()).map(openHead))
  const ended = new Map(
    heads
      .sort((a, b) => (a.device < b.device ? -1 : 1))
      .map(({ device, sequence }) => [device, { lastSequence: sequence, kept: device === deviceA.identity.device }]),
  )
  const revocations = [await signRevocation(await accountKey(root), [], ended, at)]
  await deviceA.coordinator.revoke(revocations[0] ?? new Uint8Array(0), [])
  const identity = await newDevice(root, noise(32, 1), at, revocations)
  const later = { ...deviceA, identity }
  snapshots.push(await backUp(later, 1_767_571_200_000, [source('home', second)]))

  const deviceSeed = noise(32, 3)
  const { publicKey } = await signingKey(deviceSeed)
  const certificate = await certifyAsDevice(identity.deviceKey, identity.certificate, publicKey, at)
  const secrets = await dailySecrets(root, 1)
  const added = network.ownerAs(await identityOf({ deviceSeed, certificate, secrets, revocations }))
  snapshots.push(await backUp(added, 1_767_657_600_000, [source('elsewhere', elsewhere)]))
  return revocations
}

/** One backup at a fixed time, with a snapshot id that follows from it, and what a restore must bring. */
async function backUp(owner: OwnerContext, at: number, sources: readonly ReturnType<typeof source>[]) {
  const fixed = { clock: { now: () => at }, random: { ...random, bytes: (length: number) => noise(length, at >>> 0) } }
  const result = await backup(
    { ...owner, ...fixed },
    sources.map(({ source }) => source),
    {},
  )
  return {
    snapshot: result.snapshot,
    device: owner.identity.device,
    createdAt: at,
    sources: await Promise.all(
      sources.map(async ({ source, directory }) => ({
        name: source.name,
        ...metaOf(directory),
        entries: await describe(directory, ''),
      })),
    ),
  }
}

function source(name: string, directory: Directory): { source: Source; directory: Directory } {
  return { source: { name, way: 'path', root: listing(directory), meta: metaOf(directory) }, directory }
}

const listing = ({ entries }: Directory): SourceDirectory => ({
  list: () =>
    Promise.resolve(
      entries.map(([name, node]): SourceEntry => {
        const common = { name, ...metaOf(node) }
        if ('entries' in node) return { kind: 'directory', directory: listing(node), ...common }
        if ('target' in node) return { kind: 'symlink', target: node.target, ...common }
        const { content } = node
        return {
          kind: 'file',
          sizeBytes: content.length,
          content: () => Promise.resolve(new Blob([content])),
          ...common,
        }
      }),
    ),
})

const metaOf = ({ modifiedMicros, mode }: Node): EntryMeta => ({
  ...(modifiedMicros !== undefined && { modifiedMicros }),
  ...(mode !== undefined && { mode }),
})

/** Every entry below a directory, depth first, siblings in the order of their raw names. */
async function describe({ entries }: Directory, path: string): Promise<unknown[]> {
  const all: unknown[] = []
  for (const [name, node] of [...entries].sort(([a], [b]) => byBytes(a, b))) {
    const raw = path + toHex(name)
    const common = { path: new TextDecoder().decode(Buffer.from(raw, 'hex')), pathBytes: raw, ...metaOf(node) }
    if ('entries' in node) all.push({ kind: 'directory', ...common }, ...(await describe(node, `${raw}2f`)))
    else if ('target' in node) all.push({ kind: 'symlink', ...common, target: toHex(node.target) })
    else all.push({ kind: 'file', ...common, size: node.content.length, sha256: toHex(await sha256(node.content)) })
  }
  return all
}

async function fetchShard(owner: OwnerContext, { id, shardBytes }: PackRecord, index: number): Promise<Bytes> {
  const [located] = await owner.coordinator.locatePacks([id])
  const holder = located?.holders.find((one) => one.index === index)
  if (holder === undefined) throw new Error(`nobody has shard ${index} of ${id}`)
  return readShard(await owner.transport.connect(holder.keeper), id, index, shardBytes)
}

async function describeKeys() {
  const accountSeed = await hkdf(root, keyLabel.account, 32)
  const daily = await dailySecret(root, 0)
  const headSeed = await hkdf(daily, keyLabel.head, 32)
  return {
    root: toHex(root),
    accountSeed: toHex(accountSeed),
    account: toHex((await signingKey(accountSeed)).publicKey),
    epoch: 0,
    daily: toHex(daily),
    chunkId: toHex(await hkdf(daily, keyLabel.chunkId, 32)),
    content: toHex(await hkdf(daily, keyLabel.content, 32)),
    manifest: toHex(await hkdf(daily, keyLabel.manifest, 32)),
    headSeed: toHex(headSeed),
    headKey: toHex((await signingKey(headSeed)).publicKey),
    gearSha256: toHex(await sha256(await hkdf(daily, keyLabel.gear, 1024))),
  }
}

async function describeHead(signed: Bytes) {
  const { device, sequence, previous, manifest } = await openHead(signed)
  return { device, sequence, previous: previous === null ? null : toHex(previous), manifest }
}

/** What is in a rebuilt pack, with the keys that WebCrypto would not give out. */
async function describePack(
  { id, k, n, shardBytes, epoch }: PackRecord,
  chosen: readonly { readonly index: number; readonly bytes: Bytes }[],
) {
  const bytes = await reedSolomon.decode({ k, n }, [...chosen])
  const salt = bytes.slice(0, 32)
  const secret = await dailySecret(root, epoch)
  const daily = await dailyKeys(secret, epoch)
  const over = {
    content: await hmacKey(await hkdf(secret, keyLabel.content, 32)),
    manifest: await hmacKey(await hkdf(secret, keyLabel.manifest, 32)),
  }
  const chunks = await Promise.all(
    (await openPack(daily, bytes)).map(async (entry) => ({
      id: entry.id,
      kind: CHUNK_KINDS.indexOf(entry.kind),
      method: entry.method,
      plainLength: entry.plainLength,
      storedLength: entry.storedLength,
      offset: entry.offset,
      key: toHex(
        await hmac(
          entry.kind === 'file' ? over.content : over.manifest,
          tagged(macTag.chunkKey, concat(idBytes(entry.id), entry.hash)),
        ),
      ),
    })),
  )
  const directoryKey = toHex(await hmac(over.manifest, tagged(macTag.directoryKey, salt)))
  return {
    pack: id,
    k,
    n,
    shardBytes,
    epoch,
    sha256: toHex(await sha256(bytes)),
    salt: toHex(salt),
    directoryKey,
    chunks,
  }
}

const byBytes = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(own(a), own(b))

if (process.argv[1] === import.meta.filename) {
  for (const [name, across] of [
    ['road.json', false],
    ['epochs.json', true],
  ] as const) {
    writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(await road({}, across), null, 1)}\n`)
  }
  process.exit() // the zstd module and idle sockets keep a process alive
}
