/** A drill finds what would keep a restore from bringing everything back, says where, and is silent when nothing does. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { backup } from '../../src/backup/backup.ts'
import { drill, type DrillFailure, type DrillOptions, type DrillReport } from '../../src/backup/drill.ts'
import { linkTo } from '../../src/backup/heads.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { PackWriter } from '../../src/backup/pack-writer.ts'
import { publishManifest } from '../../src/backup/publish.ts'
import { SnapshotReader } from '../../src/backup/snapshot-reader.ts'
import { Spreader } from '../../src/backup/spread.ts'
import { toHex, utf8, type Bytes } from '../../src/core/bytes.ts'
import type { Random } from '../../src/core/clock.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { PackId } from '../../src/core/ids.ts'
import { MINUTE, MiB } from '../../src/core/units.ts'
import type { LocatedPack } from '../../src/protocol/coordinator-messages.ts'
import { openHead, signHead, type Head } from '../../src/protocol/records.ts'
import { chunkIdsIn } from '../../src/snapshot/id-list.ts'
import { parseManifest, type Manifest } from '../../src/snapshot/manifest.ts'
import type { ChunkKind, SealedChunk } from '../../src/snapshot/seal.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import type { Link } from '../../src/transport/transport.ts'
import { noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork
beforeAll(async () => {
  network = await startNetwork(6)
  sound = await backedUpTwice()
  foreign = await backedUp()
})
afterAll(() => network.close())

/** Makes good what a fault did to keepers. */
let undo: (() => void)[] = []
afterEach(() => {
  for (const one of undo) one()
  undo = []
})

const nothing = () => undefined

/** The same draws for the same seed. */
function seeded(seed: number): Random {
  let drawn = 0
  const next = () => noise(`draw ${seed}/${(drawn += 1)}`, 8)
  return {
    bytes: (length) => noise(`bytes ${seed}`, length),
    fraction: () => new DataView(next().buffer).getUint32(0) / 2 ** 32,
  }
}

const run = (owner: OwnerContext, options: DrillOptions = {}): Promise<DrillReport> =>
  drill(owner, new MemoryOwnerState(emptyOwnerShelf()), { random: seeded(1), ...options })

/** More than are drawn, each of another size. */
const many: Files = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${i}`, noise(`many ${i}`, 50 + i)]))
const folder = (seed: string): Files =>
  Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i % 3}/file ${i}`, noise(`${seed}/${i}`, 20_000 + i)]))

// ---- an account, and what is wrong with it

interface Backup {
  readonly owner: OwnerContext
  readonly head: Head
  readonly manifest: Manifest
  readonly dataPacks: readonly PackId[]
}

let accounts = 0
/** One more account with a backup. @param made what its device is while it backs up, changed */
async function backedUp(made: (owner: OwnerContext) => OwnerContext = (owner) => owner): Promise<Backup> {
  const owner = await network.owner()
  await backup(made(owner), [sourceOf('home', folder(`account ${(accounts += 1)}`))])
  return { owner, ...(await newestOf(owner)) }
}

/** One with an older snapshot. */
async function backedUpTwice(): Promise<Backup> {
  const { owner } = await backedUp()
  await backup(owner, [sourceOf('home', folder(`account ${accounts}, later`))])
  return { owner, ...(await newestOf(owner)) }
}

/** Two that nothing is wrong with, for whoever lies about them. */
let sound: Backup
let foreign: Backup

async function newestOf(owner: OwnerContext): Promise<Omit<Backup, 'owner'>> {
  const [signed] = await owner.coordinator.heads()
  const head = await openHead(signed ?? utf8(''))
  const manifest = parseManifest((await owner.state.rememberedManifest())?.bytes ?? utf8(''))
  const reader = new SnapshotReader(owner, nothing)
  await reader.useIndexOf(manifest)
  const roots = manifest.sources.flatMap(({ root }) => chunkIdsIn(root)).map((chunk) => reader.packOf(chunk))
  const meta = new Set([...roots, ...manifest.indexes.flatMap(({ pieces }) => pieces.map(({ pack }) => pack))])
  return { head, manifest, dataPacks: manifest.packs.filter((pack) => !meta.has(pack)) }
}

/** The head of the snapshot before, which the coordinator does not have any more. */
const olderHead = async ({ owner, manifest }: Backup): Promise<Bytes> =>
  signHead(owner.identity, { sequence: 1, previous: null, manifest: manifest.history[0]?.manifest ?? [] })

/** Publishes the newest list once more, changed. */
async function republish({ owner, head, manifest }: Backup, change: (manifest: Manifest) => Manifest): Promise<void> {
  const writer = new PackWriter(
    owner,
    new Spreader(owner, nothing, MINUTE, undefined),
    { onKept: nothing, onMoved: nothing },
    undefined,
  )
  const held = { rounds: 0, gone: [] }
  const rest = { needed: manifest.packs, held, previous: head, writer, scannedAt: undefined }
  await publishManifest(owner, { manifest: change(manifest), ...rest })
}

const telling = (owner: OwnerContext, ...heads: Bytes[]): OwnerContext => ({
  ...owner,
  coordinator: { ...owner.coordinator, heads: () => Promise.resolve(heads) },
})

/** @param change of what the coordinator says about some packs; `undefined` hides one */
const locating = (
  owner: OwnerContext,
  packs: readonly PackId[],
  change: (located: LocatedPack) => LocatedPack | undefined,
): OwnerContext => ({
  ...owner,
  coordinator: {
    ...owner.coordinator,
    async locatePacks(asked) {
      const all = await owner.coordinator.locatePacks(asked)
      return all.flatMap((one) => (packs.includes(one.pack) ? (change(one) ?? []) : one))
    },
  },
})

/** @param change of what keepers answer when they are asked for shards of these packs */
function reading(owner: OwnerContext, packs: readonly PackId[], change: (call: Link['call']) => Link['call']) {
  const { transport } = owner
  const connect = async (...to: Parameters<typeof transport.connect>): Promise<Link> => {
    const link = await transport.connect(...to)
    const call: Link['call'] = (...args) => link.call(...args)
    const changed = change(call)
    return {
      remote: link.remote,
      closed: link.closed,
      receivedBytes: 0,
      close: () => link.close(),
      call: (request, options) => {
        const { head } = request
        const isMeant = head.type === 'read' && packs.some((pack) => pack === toHex(head.pack))
        return (isMeant ? changed : call)(request, options)
      },
    }
  }
  return { ...owner, transport: { ...transport, visit: transport.visit.bind(transport), connect } }
}

/** Keepers lose their shards of these packs without a word, or have others instead; the first is spared. */
function onDisks(packs: readonly PackId[], change: (bytes: Bytes) => Bytes | undefined): void {
  const spared = new Set<PackId>()
  for (const { shelf } of network.keepers) {
    for (const [key, shard] of shelf.shards) {
      if (!packs.includes(shard.pack)) continue
      if (!spared.has(shard.pack)) {
        spared.add(shard.pack)
        continue
      }
      undo.push(() => shelf.shards.set(key, shard))
      const bytes = change(shard.bytes)
      if (bytes === undefined) shelf.shards.delete(key)
      else shelf.shards.set(key, { ...shard, bytes })
    }
  }
}

/** No keeper remembers any head of an account. */
function forgetHeads({ identity }: OwnerContext): void {
  for (const { shelf } of network.keepers) {
    for (const [key, head] of shelf.heads) {
      if (head.account !== identity.account) continue
      undo.push(() => shelf.heads.set(key, head))
      shelf.heads.delete(key)
    }
  }
}

function flipped(bytes: Bytes, at = bytes.length >> 1): Bytes {
  const other = bytes.slice()
  other[at] = (other[at] ?? 0) ^ 1
  return other
}
/** With another signature. */
const forged = (signed: Bytes): Bytes => flipped(signed, signed.length - 1)

/** A device that seals chunks of one kind wrongly. */
const sealing =
  (kind: ChunkKind, wrong: (chunk: SealedChunk) => SealedChunk, moreBytes = 0) =>
  (owner: OwnerContext): OwnerContext => ({
    ...owner,
    sealerOf: (keys) => ({
      async seal(stream, sealed, steps) {
        if (sealed !== kind) return owner.sealerOf(keys).seal(stream, sealed, steps)
        const emit = (chunks: readonly SealedChunk[]) => steps.emit(chunks.map(wrong))
        const done = await owner.sealerOf(keys).seal(stream, sealed, { ...steps, emit })
        return { ...done, sizeBytes: done.sizeBytes + moreBytes }
      },
    }),
  })

interface Fault {
  readonly finds: Pick<DrillFailure, 'stage' | 'code'> & { readonly away?: boolean }
  /** @returns the device that drills */
  readonly seed: () => OwnerContext | Promise<OwnerContext>
}

const faults: Readonly<Record<string, Fault>> = {
  'the head is gone, at the coordinator and at all keepers': {
    finds: { stage: 'head', code: 'nothing-to-restore' },
    seed: () => {
      const { owner } = sound
      forgetHeads(owner)
      return telling(owner)
    },
  },
  'the coordinator shows an older head than keepers have seen': {
    finds: { stage: 'head', code: 'head-rolled-back' },
    seed: async () => {
      const made = sound
      return telling({ ...made.owner, state: new MemoryOwnerState(emptyOwnerShelf()) }, await olderHead(made))
    },
  },
  'coordinator and keepers agree on an older head than this device has published': {
    finds: { stage: 'head', code: 'head-rolled-back' },
    seed: async () => {
      const made = sound
      forgetHeads(made.owner)
      return telling(made.owner, await olderHead(made))
    },
  },
  'a byte of the head is another one': {
    finds: { stage: 'head', code: 'signature-invalid' },
    seed: () => {
      const { owner, head } = sound
      return telling(owner, forged(head.signed))
    },
  },
  'the head is that of another account': {
    finds: { stage: 'head', code: 'forbidden' },
    seed: () => telling(sound.owner, foreign.head.signed),
  },
  'a second head claims the place of the newest': {
    finds: { stage: 'head', code: 'head-forked' },
    seed: async () => {
      const { owner, head, dataPacks } = sound
      return telling(owner, head.signed, await signHead(owner.identity, { ...head, manifest: dataPacks }))
    },
  },
  'the head points to packs without a list': {
    finds: { stage: 'manifest', code: 'malformed' },
    seed: async () => {
      const { owner, head, dataPacks } = sound
      return telling(
        owner,
        await signHead(owner.identity, {
          sequence: head.sequence + 1,
          previous: await linkTo(head),
          manifest: dataPacks,
        }),
      )
    },
  },
  'too few shards of the list of snapshots are left': {
    finds: { stage: 'manifest', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, head } = sound
      onDisks(head.manifest, nothing)
      return owner
    },
  },
  'the list of an earlier snapshot is that of another one': {
    finds: { stage: 'manifest', code: 'malformed' },
    seed: async () => {
      const made = await backedUpTwice()
      await republish(made, (manifest) => ({
        ...manifest,
        history: manifest.history.map((past) => ({ ...past, manifest: made.head.manifest })),
      }))
      return made.owner
    },
  },
  'the coordinator has lost the record of a pack': {
    finds: { stage: 'record', code: 'not-found' },
    seed: () => {
      const { owner, dataPacks } = sound
      return locating(owner, dataPacks, nothing)
    },
  },
  'a byte of a pack record is another one': {
    finds: { stage: 'record', code: 'signature-invalid' },
    seed: () => {
      const { owner, dataPacks } = sound
      return locating(owner, dataPacks, (one) => ({ ...one, record: forged(one.record) }))
    },
  },
  'a pack record is signed by somebody else': {
    finds: { stage: 'record', code: 'signature-invalid' },
    seed: async () => {
      const { owner, dataPacks } = sound
      const [others] = await foreign.owner.coordinator.locatePacks(foreign.dataPacks)
      return locating(owner, dataPacks, (one) => ({ ...one, record: others?.record ?? one.record }))
    },
  },
  'this device has lost the keys of an earlier epoch': {
    finds: { stage: 'manifest', code: 'epoch-behind' },
    seed: () => {
      const { owner } = sound
      const { identity } = owner
      return { ...owner, identity: { ...identity, daily: { ...identity.daily, epoch: 1 }, past: [] } }
    },
  },
  'nobody knows any more who keeps a pack': {
    finds: { stage: 'placement', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, dataPacks } = sound
      return locating(owner, dataPacks, (one) => ({ ...one, holders: [] }))
    },
  },
  'of the keepers of a pack one is left': {
    finds: { stage: 'placement', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, dataPacks } = sound
      return locating(owner, dataPacks, (one) => ({ ...one, holders: one.holders.slice(0, 1) }))
    },
  },
  'the index is gone': {
    finds: { stage: 'index', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, manifest } = sound
      onDisks(manifest.indexes.at(-1)?.pieces.map(({ pack }) => pack) ?? [], nothing)
      return owner
    },
  },
  'the index names nothing': {
    finds: { stage: 'tree', code: 'malformed' },
    seed: async () => {
      const made = await backedUp()
      await republish(made, (manifest) => ({ ...manifest, indexes: [] }))
      return made.owner
    },
  },
  'a list of a folder was damaged before it was coded': {
    finds: { stage: 'tree', code: 'decrypt-failed' },
    seed: async () => (await backedUp(sealing('tree', (chunk) => ({ ...chunk, sealed: flipped(chunk.sealed) })))).owner,
  },
  'a folder holds fewer files than its snapshot says': {
    finds: { stage: 'tree', code: 'malformed' },
    seed: async () => {
      const made = await backedUp()
      await republish(made, (manifest) => ({
        ...manifest,
        sources: manifest.sources.map((source) => ({ ...source, files: source.files + 1 })),
      }))
      return made.owner
    },
  },
  'a pack is missing in what the snapshot says that it needs': {
    finds: { stage: 'content', code: 'malformed' },
    seed: async () => {
      const made = await backedUp()
      await republish(made, (manifest) => ({
        ...manifest,
        packs: manifest.packs.filter((pack) => !made.dataPacks.includes(pack)),
      }))
      return made.owner
    },
  },
  'keepers have dropped shards without a word': {
    finds: { stage: 'content', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, dataPacks } = sound
      onDisks(dataPacks, nothing)
      return owner
    },
  },
  'bits have flipped at more keepers than the code can bear': {
    finds: { stage: 'content', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, dataPacks } = sound
      onDisks(dataPacks, flipped)
      return owner
    },
  },
  'keepers answer with other bytes than they were asked for': {
    finds: { stage: 'content', code: 'too-few-shards', away: false },
    seed: () => {
      const { owner, dataPacks } = sound
      const other =
        (call: Link['call']): Link['call'] =>
        async (...args) => {
          const answer = await call(...args)
          return { ...answer, ...(answer.body && { body: noise('other', answer.body.length) }) }
        }
      return reading(owner, dataPacks, other)
    },
  },
  'keepers refuse to give what they have, as those do who rest': {
    finds: { stage: 'content', code: 'too-few-shards', away: true },
    seed: () => {
      const { owner, dataPacks } = sound
      return reading(owner, dataPacks, () => () => Promise.reject(new KeeptabError('peer-refused')))
    },
  },
  'a chunk was damaged before it was coded': {
    finds: { stage: 'content', code: 'decrypt-failed' },
    seed: async () => (await backedUp(sealing('file', (chunk) => ({ ...chunk, sealed: flipped(chunk.sealed) })))).owner,
  },
  'a chunk is not as long as its pack says': {
    finds: { stage: 'content', code: 'malformed' },
    seed: async () =>
      (await backedUp(sealing('file', (chunk) => ({ ...chunk, plainLength: chunk.plainLength + 1 })))).owner,
  },
  'a file is recorded longer than it is': {
    finds: { stage: 'content', code: 'malformed' },
    seed: async () => (await backedUp(sealing('file', (chunk) => chunk, 1))).owner,
  },
}

describe('a drill finds it when', () => {
  it.each(Object.entries(faults))('%s', async (_what, { finds, seed }) => {
    const { failures, sources } = await run(await seed())
    expect(failures).toContainEqual(expect.objectContaining(finds))
    expect(sources.some(({ proven, files }) => proven && files > 1)).toBe(false)
  })
})

describe('a drill of a network in which nothing is wrong', () => {
  let laptop: OwnerContext
  beforeAll(async () => {
    laptop = await network.owner(noise('two devices', 32))
    await backup(laptop, [sourceOf('home', folder('older'))])
    await backup(laptop, [sourceOf('home', folder('home'))])
    const phone = await network.owner(noise('two devices', 32))
    await backup(phone, [sourceOf('pictures', many), sourceOf('empty', { 'in/it': noise('', 0) })])
  })

  it('raises no alarm in twenty draws, and each of them proves every source of every device', async () => {
    const drawn = new Set<number>()
    for (let seed = 1; seed <= 20; seed += 1) {
      const report = await run(laptop, { random: seeded(seed) })
      expect(report.failures).toEqual([])
      expect(report.sourcesLeft).toBe(0)
      expect(report.packsChecked).toBe(report.packs)
      const proven = report.sources.filter((source) => source.proven).map(({ name }) => name)
      // The older snapshot of the laptop as well.
      expect(proven.sort()).toEqual(['empty', 'home', 'home', 'pictures'])
      drawn.add(report.bytes)
    }
    expect(drawn.size).toBeGreaterThan(15)
  })

  it('costs no more than it may, but for what it has begun, and says what it cost and whose turn did not come', async () => {
    const all = await run(laptop)
    const budgetBytes = 200_000
    const some = await run(laptop, { budgetBytes })
    expect(some.failures).toEqual([])
    expect(some.bytesRead).toBeLessThan(all.bytesRead)
    expect(some.sourcesLeft).toBeGreaterThan(0)
    expect(some.sources.length + some.sourcesLeft).toBe(all.sources.length)
    const before = laptop.transport.counted.receivedBytes
    const { bytesRead, packsRead } = await run(laptop)
    expect(packsRead).toBeGreaterThan(0)
    // Slices that came before a slow keeper was overtaken are on top of it.
    expect(laptop.transport.counted.receivedBytes - before).toBeGreaterThanOrEqual(bytesRead)
  })

  it('reads a part of a long file, another one each time', async () => {
    const owner = await network.owner()
    const sizeBytes = 4.5 * MiB
    await backup(owner, [sourceOf('films', { long: noise('film', sizeBytes) })])
    const reports = [await run(owner, { random: seeded(1) }), await run(owner, { random: seeded(2) })]
    for (const { failures, files, bytes } of reports) {
      expect({ failures, files }).toEqual({ failures: [], files: 1 })
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThan(sizeBytes)
    }
    expect(reports[0]?.bytes).not.toBe(reports[1]?.bytes)
  })

  it('looks again at what failed the last time, whatever else it draws', async () => {
    const owner = await network.owner()
    await backup(owner, [sourceOf('home', { ...many, struck: noise('struck', 10_000) })])
    const again = [
      { device: owner.identity.device, source: 'home', path: 'home/struck' },
      { device: owner.identity.device, source: 'home', path: 'home/gone by now' },
    ]
    // It alone is longer than all that are drawn beside it.
    for (let seed = 1; seed <= 5; seed += 1) {
      const { bytes, failures } = await run(owner, { random: seeded(seed), again })
      expect(failures).toEqual([])
      expect(bytes).toBeGreaterThan(10_000)
    }
  })

  it('asks what this device remembers for its heads and for nothing else, and leaves it as it was', async () => {
    const heads = await laptop.state.pinnedHeads()
    const state = new Proxy(laptop.state, {
      get(_, method) {
        if (method === 'pinnedHeads') return () => Promise.resolve(heads)
        throw new Error(`a drill has used ${String(method)}`)
      },
    })
    expect((await run({ ...laptop, state })).failures).toEqual([])
  })

  it('tells keepers that are away from data that is lost', async () => {
    const transport = {
      ...laptop.transport,
      visit: laptop.transport.visit.bind(laptop.transport),
      connect: () => Promise.reject(new KeeptabError('peer-unreachable')),
    }
    const { failures, sources } = await run({ ...laptop, transport })
    expect(failures.map(({ stage, code, away }) => ({ stage, code, away }))).toEqual([
      { stage: 'manifest', code: 'too-few-shards', away: true },
      { stage: 'manifest', code: 'too-few-shards', away: true },
    ])
    expect(sources).toEqual([])
  })

  it('finds nothing and proves nothing when the coordinator is away, when it is stopped, and before any backup', async () => {
    const away = () => Promise.reject(new KeeptabError('coordinator-unreachable'))
    const unheard = { ...laptop, coordinator: { ...laptop.coordinator, locatePacks: away } }
    await expect(run(unheard)).rejects.toMatchObject({ code: 'coordinator-unreachable' })
    const stop = new AbortController()
    const stopped = run(laptop, { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
    await expect(run(await network.owner())).rejects.toMatchObject({ code: 'nothing-to-restore' })
  })
})
