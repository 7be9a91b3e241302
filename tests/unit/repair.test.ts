/** Repair: keepers vanish one after the other, and the data stays, whether its owner's machine is gone for good or is there. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import type { SourceDirectory } from '../../src/backup/source.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { idOf, parsePackId, type DeviceId, type PackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { HOUR, KiB, MiB, type Millis } from '../../src/core/units.ts'
import { isBarred } from '../../src/durability/reputation.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import type { KeeperContext } from '../../src/keeping/keeper.ts'
import type { RepairJob, RepairReport } from '../../src/protocol/coordinator-messages.ts'
import { openPackRecord, type PackRecord } from '../../src/protocol/records.ts'
import { repairOwn } from '../../src/repair/own-repair.ts'
import { repairing } from '../../src/repair/repair.ts'
import { SourcePacks } from '../../src/repair/source-packs.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import { readNobody, until } from '../contract/coordinator-fixtures.ts'
import { readUntil } from '../sim/reading.ts'
import type { Visitor } from '../../src/identity/visitor.ts'
import {
  backUp,
  bringBack,
  noise,
  sourceOf,
  startNetwork,
  type Files,
  type SimulatedKeeper,
  type SimulatedNetwork,
} from '../sim/network.ts'

const files = { 'one.bin': noise('one', 700 * KiB), 'two.bin': noise('two', 90 * KiB) }

/** Of (8,24), which forty keepers are enough for. */
const REPAIR_AT = 17

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A network of so many keepers in which an owner has backed up, and has left for good; time passes when told to. */
async function start(keepers: number, change?: (context: KeeperContext) => KeeperContext) {
  const { owner, ...world } = await startWithOwner(keepers, files, change)
  await owner.transport.close()
  return world
}

/** The same, and the owner is still there. */
async function startWithOwner(keepers: number, backedUp: Files, change?: (context: KeeperContext) => KeeperContext) {
  let ahead = 0
  const clock = { now: () => Date.now() + ahead }
  const network = await startNetwork(0, { clock })
  closers.push(() => network.close())
  for (let i = 0; i < keepers; i += 1) await network.addKeeper(change === undefined ? {} : { change })
  const { dataDir } = network
  await readNobody(
    { dataDir },
    network.keepers.map(({ device }) => device),
  )
  const root = noise('root', 32)
  const owner = await network.owner(root)
  const source = sourceOf('files', backedUp)
  const { result } = await backUp(owner, source)
  expect(result.state).toBe('safe')
  return {
    network,
    root,
    owner,
    source,
    clock,
    advance: (ms: Millis) => void (ahead += ms),
    /** With a look at what follows in each hour of it. */
    pass: async (hours: number) => {
      for (let hour = 0; hour < hours; hour += 1) {
        ahead += HOUR
        await network.catchUp()
      }
    },
  }
}

/** The shards of each pack that lie on disks of these keepers and are what their owner signed. */
async function shardsOn(keepers: readonly SimulatedKeeper[]): Promise<Map<PackId, Set<number>>> {
  const found = new Map<PackId, Set<number>>()
  for (const { shelf } of keepers) {
    for (const { pack, index, record, bytes } of shelf.shards.values()) {
      expect(await merkleRoot(bytes)).toEqual((await openPackRecord(record)).roots[index])
      found.set(pack, (found.get(pack) ?? new Set()).add(index))
    }
  }
  return found
}

const isWhole = async (keepers: readonly SimulatedKeeper[]): Promise<boolean> =>
  [...(await shardsOn(keepers)).values()].every(({ size }) => size === 6)

async function expectBackFromWords(network: SimulatedNetwork, root: Bytes): Promise<void> {
  const { files: found } = await bringBack(await network.owner(root))
  expect([...found.keys()].sort()).toEqual(Object.keys(files).map((path) => `files/${path}`))
  for (const [path, bytes] of Object.entries(files)) {
    expect(Buffer.compare(found.get(`files/${path}`) ?? noise('', 0), bytes)).toBe(0)
  }
}

const holding = ({ keepers }: SimulatedNetwork): SimulatedKeeper[] =>
  keepers.filter(({ shelf }) => shelf.shards.size > 0)

/** Waits for a state while the coordinator looks again and again, as it does every minute. */
const eventually = (network: SimulatedNetwork, holds: () => Promise<boolean>): Promise<void> =>
  expect
    .poll(
      async () => {
        await network.catchUp()
        return holds()
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(true)

/** So many keepers die for good, and the coordinator has seen it. */
async function kill(network: SimulatedNetwork, keepers: readonly SimulatedKeeper[]): Promise<void> {
  const left = network.online() - keepers.length
  for (const keeper of keepers) await keeper.die()
  await until(() => network.online() <= left)
}

describe('a backup whose owner is gone', { timeout: 120_000 }, () => {
  it('outlives every keeper it was given to, and each repair moves no more than the shards that it must', async () => {
    const { network, root, pass } = await start(12)
    const first = holding(network)
    expect(first).toHaveLength(6)
    const shardBytes = await eachPack(first, ({ shardBytes }) => shardBytes)
    const dead = new Set<SimulatedKeeper>()
    for (const pair of [first.slice(0, 2), first.slice(2, 4), first.slice(4, 6)]) {
      const before = network.movedBytes()
      await kill(network, pair)
      for (const keeper of pair) dead.add(keeper)
      await pass(47)
      expect(network.movedBytes()).toBe(before) // nothing moves before the grace is over
      await pass(1)
      const living = network.keepers.filter((keeper) => !dead.has(keeper))
      await eventually(network, () => isWhole(living))
      // k + j, of which the one that the repairer keeps itself need not be moved.
      const moved = network.movedBytes() - before
      expect(moved).toBe(shardBytes.reduce((sum, bytes) => sum + (2 - 1 + 2) * bytes, 0))
    }
    await expectBackFromWords(network, root)
  })

  it('is not spoilt by keepers that lie to a repairer, and nobody honest is named for it', async () => {
    const { network, root, pass } = await start(10)
    const [one, two, ...left] = holding(network)
    if (one === undefined || two === undefined) throw new Error('too few keepers')
    // Read first, by a stranger: whoever is paused serves and does not repair.
    const indexOf = ({ shelf }: SimulatedKeeper) => [...shelf.shards.values()][0]?.index ?? NaN
    const liars = left.toSorted((a, b) => indexOf(a) - indexOf(b)).slice(0, 2)
    for (const { keeper } of left) await keeper.pause()
    for (const { shelf } of liars) for (const { bytes } of shelf.shards.values()) bytes[7] = (bytes[7] ?? 0) ^ 1
    await kill(network, [one, two])
    await pass(48)
    const honest = network.keepers.filter((keeper) => ![one, two, ...liars].includes(keeper))
    await eventually(network, async () => [...(await shardsOn(honest)).values()].every(({ size }) => size >= 4))
    const claims = network.log().filter((line) => line.includes('gave a repair nothing'))
    for (const claim of claims) expect(liars.some(({ device }) => claim.includes(device.slice(0, 8)))).toBe(true)
    await expectBackFromWords(network, root)
  })

  it('is repaired beside one whose owner signed shards of no code word, which is set aside until that owner makes it again', async () => {
    const { network, root, pass } = await start(12)
    const sound = [...(await shardsOn(network.keepers)).keys()]
    const hostile = await network.owner()
    const encode: typeof reedSolomon.encode = async (...pack) => {
      const { shards, roots } = await reedSolomon.encode(...pack)
      const parity = shards.map((bytes, i) => (i < 2 ? bytes : noise(`parity ${i}`, bytes.length)))
      return { shards: parity, roots: await Promise.all(roots.map((_, i) => merkleRoot(parity[i] ?? noise('', 0)))) }
    }
    const its = sourceOf('its', { 'its.bin': noise('its', 30 * KiB) })
    expect((await backUp({ ...hostile, codec: { ...reedSolomon, encode } }, its)).result.state).toBe('safe')
    const packs = [...(await shardsOn(network.keepers)).keys()].filter((pack) => !sound.includes(pack)).sort()
    const dataOf = ({ shelf }: SimulatedKeeper) =>
      [...shelf.shards.values()].some(({ pack, index }) => packs.includes(pack) && index < 2)
    const gone = network.keepers.filter(dataOf)
    await kill(network, gone)
    await pass(48)
    const endangered = async () => (await hostile.coordinator.health()).endangered
    await eventually(network, async () => (await endangered()).length === packs.length)
    expect((await endangered()).map(({ pack }) => pack).sort()).toEqual(packs)
    for (const { level, live } of await endangered()) expect({ level, live }).toEqual({ level: 'lost', live: 0 })
    const living = network.keepers.filter((keeper) => !gone.includes(keeper))
    await eventually(network, async () => {
      const found = await shardsOn(living)
      return sound.every((pack) => (found.get(pack)?.size ?? 0) > 4)
    })
    const database = await openDatabase({ dataDir: network.dataDir })
    closers.push(() => database.close())
    for (const { device } of living)
      expect((await database.transaction(({ hands }) => hands.get(device))).contradicted).toBe(0)
    expect(network.log().filter((line) => line.includes('gave a repair nothing'))).toEqual([])
    await expectBackFromWords(network, root)

    expect((await backUp(hostile, its)).result.state).toBe('safe')
    expect((await bringBack(hostile)).files.get('its/its.bin')).toEqual(noise('its', 30 * KiB))
    // Two who lie can have a sound one set aside: it is the same when it is made again, and the backup goes on.
    await database.transaction(async (stores) => {
      for (const pack of await stores.packs.after(undefined, 100))
        await stores.packs.setAside(pack, Date.now() + 49 * HOUR)
    })
    expect((await backUp(hostile, its)).result.state).toBe('spreading')
  })

  it('is repaired by one that blames honest keepers only until others have read from them', async () => {
    let liar: DeviceId | undefined
    const { network, pass, clock, advance } = await start(12, (context) => {
      const { coordinator, transport, store, identity } = context
      let holders: RepairJob['holders'] = []
      const takeRepair = async (reader?: Visitor) => {
        const job = await coordinator.takeRepair(reader)
        if (job !== undefined && job.successors.length > 0 && (liar ??= identity.device) === identity.device)
          holders = job.holders
        return job
      }
      const reportRepair = (report: RepairReport) => {
        const failed = holders.map(({ index, keeper }) => ({ index, keeper, what: 'corrupt' }) as const)
        holders = []
        return coordinator.reportRepair({ ...report, failed: [...report.failed, ...failed] })
      }
      const lying = { ...coordinator, takeRepair, reportRepair }
      return { ...context, work: repairing({ coordinator: lying, transport, store, codec: reedSolomon }) }
    })
    const database = await openDatabase({ dataDir: network.dataDir })
    closers.push(() => database.close())
    await kill(network, holding(network).slice(0, 2))
    await pass(48)
    const isFound = async () => {
      const barred = await database.transaction(({ hands }) => hands.barred(Date.now()))
      return liar !== undefined && barred.size === 1 && barred.has(liar)
    }
    const hasBlamed = async () =>
      (await database.transaction(({ tallies }) => tallies.from(0))).some(({ tally }) => (tally.withheld ?? 0) >= 3)
    await eventually(network, hasBlamed)
    await readUntil({ network, database, clock, advance }, isFound)
    const reputations = await database.transaction(({ reputations }) => reputations.all())
    for (const reputation of reputations.values()) expect(isBarred(reputation)).toBe(false)
  })

  it('comes back from words in the middle of a storm, in which the worst packs come first and a few at a time', async () => {
    const taken: PackId[] = []
    let underWay = 0
    let mostUnderWay = 0
    const { network, root, pass } = await start(40, (context) => {
      const { coordinator, transport, store } = context
      const takeRepair = async (reader?: Visitor) => {
        const job = await coordinator.takeRepair(reader)
        if (job === undefined || job.successors.length === 0) return job // or one that is only to be read
        taken.push(job.pack)
        mostUnderWay = Math.max(mostUnderWay, (underWay += 1))
        return job
      }
      const reportRepair = async (report: RepairReport) => {
        if (taken.includes(report.pack)) underWay -= 1
        return coordinator.reportRepair(report)
      }
      const noting = { ...coordinator, takeRepair, reportRepair }
      return { ...context, work: repairing({ coordinator: noting, transport, store, codec: reedSolomon }) }
    })
    // Groups of their own, so that they are not hit alike.
    for (let others = 6; others > 0; others -= 1) {
      const owner = await network.owner()
      expect((await backUp(owner, sourceOf('files', files))).result.state).toBe('safe')
      await owner.transport.close()
    }
    const hit = holding(network).slice(0, 12)
    const living = network.keepers.filter((keeper) => !hit.includes(keeper))
    await kill(network, hit)
    const left = new Map([...(await shardsOn(living))].map(([pack, indices]) => [pack, indices.size]))
    const due = [...left.values()].filter((count) => count <= REPAIR_AT).length
    expect(due).toBeGreaterThan(3)
    await pass(48)
    const restored = expectBackFromWords(network, root)
    await eventually(network, async () => [...(await shardsOn(living)).values()].every(({ size }) => size > REPAIR_AT))
    await restored
    const order = [...new Set(taken)].map((pack) => left.get(pack))
    expect(new Set(order).size).toBeGreaterThan(1)
    expect(order).toEqual(order.toSorted((a = NaN, b = NaN) => a - b))
    expect(mostUnderWay).toBeLessThanOrEqual(living.length / 8)
  })

  it('is repaired by another when its repairer dies in the middle, and over a restart of the coordinator', async () => {
    let victim: DeviceId | undefined
    const { network, root, pass } = await start(12, (context) => {
      const { coordinator, transport, store } = context
      const takeRepair = async (reader?: Visitor) => {
        const job = await coordinator.takeRepair(reader)
        // It has the job, and nothing comes of it any more.
        if (job !== undefined && (victim ??= context.identity.device) === context.identity.device) {
          await new Promise(() => undefined)
        }
        return job
      }
      return {
        ...context,
        work: repairing({ coordinator: { ...coordinator, takeRepair }, transport, store, codec: reedSolomon }),
      }
    })
    const pair = holding(network).slice(0, 2)
    await kill(network, pair)
    await pass(49)
    await until(() => victim !== undefined)
    const dying = network.keepers.filter(({ device }) => device === victim)
    await kill(network, dying)
    await network.restart()
    const living = network.keepers.filter((keeper) => ![...pair, ...dying].includes(keeper))
    await until(() => network.online() === living.length)
    await pass(1)
    // Five of six: the third one that died is waited for.
    await eventually(network, async () => [...(await shardsOn(living)).values()].every(({ size }) => size === 5))
    await expectBackFromWords(network, root)
  })

  it('is repaired from keepers that are never online at the same time', async () => {
    // Each one that has gathered something is given something else to read before it goes on.
    const other = idOf(parsePackId, noise('another pack', 32))
    const { network, pass } = await start(13, (context) => {
      const { coordinator, transport, store } = context
      let last: RepairJob | undefined
      let hasGathered = false
      let again = (): void => undefined
      const takeRepair = async (reader?: Visitor) => {
        if (!hasGathered || last === undefined) return (last = await coordinator.takeRepair(reader))
        hasGathered = false
        return { ...last, pack: other, holders: [], successors: [] }
      }
      const reportRepair = (report: RepairReport) => {
        if (report.pack === other) {
          again()
          return Promise.resolve([])
        }
        hasGathered = report.read > 0 && report.receipts.length === 0
        return coordinator.reportRepair(report)
      }
      const between = { ...coordinator, takeRepair, reportRepair }
      const startWork = repairing({ coordinator: between, transport, store, codec: reedSolomon })
      const work: typeof startWork = (allowance) => {
        const started = startWork(allowance)
        again = () => started.wake()
        return started
      }
      return { ...context, work }
    })
    const [one, two, ...survivors] = holding(network)
    if (one === undefined || two === undefined) throw new Error('too few keepers')
    const strangers = network.keepers.filter(({ shelf }) => shelf.shards.size === 0)
    const [first, second] = survivors
    if (first === undefined || second === undefined) throw new Error('too few keepers')
    // Whoever is paused serves and does not repair, so that it is somebody who has to read both.
    await first.keeper.pause()
    await kill(network, [one, two])
    await pass(46)
    await kill(network, survivors.slice(1))
    const before = network.movedBytes()
    await eachHourUntil(pass, () => network.movedBytes() > before)
    await kill(network, [first])
    expect((await shardsOn(strangers)).size).toBe(0)
    await network.addKeeper({ again: second })
    await eachHourUntil(pass, async () => (await shardsOn(strangers)).size > 0)
  })

  it('takes a keeper that comes back for what it was: nothing is made again, and nothing is thrown away', async () => {
    const { network, pass } = await start(10)
    const pair = holding(network).slice(0, 2)
    await kill(network, pair)
    await pass(48)
    const living = () => network.keepers.filter((keeper) => !pair.includes(keeper))
    await eventually(network, () => isWhole(living()))
    const [returner] = pair
    if (returner === undefined) throw new Error('too few keepers')
    const back = await network.addKeeper({ again: returner })
    expect(back.shelf.shards.size).toBeGreaterThan(0)
    // Its indices lie twice. When all but five of the places go, the pack has five distinct shards, and moves nothing.
    const before = network.movedBytes()
    const twice = new Set([...back.shelf.shards.values()].map(({ index }) => index))
    const doubles = living().filter(
      (keeper) => keeper !== back && [...keeper.shelf.shards.values()].some(({ index }) => twice.has(index)),
    )
    expect(doubles).toHaveLength(1)
    const other = living().filter((keeper) => keeper.shelf.shards.size > 0 && ![back, ...doubles].includes(keeper))[0]
    await kill(network, other === undefined ? doubles : [...doubles, other])
    await pass(60)
    expect(network.movedBytes()).toBe(before)
    expect(back.keeper.state().shards).toBe(back.shelf.shards.size)
  })
})

describe('a backup whose owner is there', { timeout: 120_000 }, () => {
  /** One keeper of it is gone. */
  const oneGone = async (backedUp: Files) => {
    const world = await startWithOwner(9, backedUp)
    const { network, owner, pass } = world
    // Not one with data shards: out of those come the chunks that the owner has no more.
    const firstIndex = ({ shelf }: SimulatedKeeper) => Math.min(...[...shelf.shards.values()].map(({ index }) => index))
    const [gone, ...others] = holding(network).toSorted((a, b) => firstIndex(b) - firstIndex(a))
    if (gone === undefined) throw new Error('too few keepers')
    const shardBytes = await eachPack(others, ({ shardBytes }) => shardBytes)
    await kill(network, [gone])
    await pass(48)
    const living = network.keepers.filter((keeper) => keeper !== gone)
    const [moved, received] = [network.movedBytes(), owner.transport.counted.receivedBytes]
    return {
      ...world,
      living,
      shardBytes,
      /** In all, and to the owner, since the keeper is gone. */
      moved: () => network.movedBytes() - moved,
      received: () => owner.transport.counted.receivedBytes - received,
    }
  }

  it('is repaired by it: one shard of each pack moves, and nothing comes to the owner', async () => {
    const { network, root, owner, source, living, shardBytes, moved, received } = await oneGone(files)
    expect(await repairOwn(owner, [source])).toEqual({ packs: shardBytes.length, shards: shardBytes.length })
    expect(await isWhole(living)).toBe(true)
    expect(moved()).toBe(shardBytes.reduce((sum, bytes) => sum + bytes))
    expect(received()).toBe(0)
    expect(await repairOwn(owner, [source])).toEqual({ packs: 0, shards: 0 })
    await expectBackFromWords(network, root)
  })

  it('is repaired by it where a small file is another one by now: that comes from keepers, and nothing else', async () => {
    const now: Record<string, Bytes> = { ...files }
    const { network, root, owner, source, living, shardBytes, received } = await oneGone(now)
    now['two.bin'] = noise('another two', 90 * KiB)
    expect((await repairOwn(owner, [source])).packs).toBe(shardBytes.length)
    expect(await isWhole(living)).toBe(true)
    expect(received()).toBeGreaterThan(90 * KiB)
    expect(received()).toBeLessThan(110 * KiB)
    await expectBackFromWords(network, root)
  })

  it('is left to strangers where most of it is something else by now, and they make it again at their threshold', async () => {
    const now: Record<string, Bytes> = { ...files }
    const { network, root, pass, owner, source, living, shardBytes, received } = await oneGone(now)
    now['one.bin'] = noise('another one', 700 * KiB)
    expect((await repairOwn(owner, [source])).packs).toBe(shardBytes.length - 1)
    expect(received()).toBeLessThan(20 * KiB)
    const left = [...(await shardsOn(living))].filter(([, { size }]) => size < 6).map(([pack]) => pack)
    expect(left).toHaveLength(1)
    const [other] = living.filter(({ shelf }) => shelf.shards.size === shardBytes.length)
    if (other === undefined) throw new Error('too few keepers')
    await kill(network, [other])
    await pass(48)
    const still = living.filter((keeper) => keeper !== other)
    await eventually(network, async () => (await shardsOn(still)).get(left[0] as PackId)?.size === 6)
    await expectBackFromWords(network, root)
  })

  it('is made again out of a file that is read no further than the last chunk that is wanted of it', async () => {
    const long = noise('long', 6 * MiB)
    const { network, owner, source } = await startWithOwner(6, { 'long.bin': long })
    let readBytes = 0
    const counted: SourceDirectory = {
      list: async () =>
        (await source.root.list()).map((entry) =>
          entry.kind === 'file' ? { ...entry, content: () => Promise.resolve(pieces()) } : entry,
        ),
    }
    async function* pieces() {
      for (let at = 0; at < long.length; at += 64 * KiB) {
        readBytes += 64 * KiB
        yield await Promise.resolve(long.slice(at, at + 64 * KiB))
      }
    }
    const packs = await SourcePacks.open(owner, [{ ...source, root: counted }], undefined)
    if (packs === undefined) throw new Error('Nothing is remembered of the backup.')
    const read: number[] = []
    for (const record of await eachPack(network.keepers, (one) => one)) {
      await packs.here(new Set([record.id]))
      readBytes = 0
      for await (const { shards } of packs.make([record])) expect(shards).toHaveLength(6)
      if (readBytes > 0) read.push(readBytes)
    }
    expect(read.length).toBeGreaterThan(2)
    expect(Math.min(...read)).toBeLessThan(long.length / 2)
  })

  it('is left to strangers where it would not become what was signed, as under another compressor: nothing of that is sent', async () => {
    const { owner, source, shardBytes, moved } = await oneGone(files)
    // What a compressor gives decides over the key of a chunk; here it is the key itself that is another.
    const sealerOf: OwnerContext['sealerOf'] = (keys) => createFileSealer({ ...keys, content: keys.manifest })
    const lists = shardBytes.toSorted((a, b) => a - b).slice(0, -1)
    expect(await repairOwn({ ...owner, sealerOf }, [source])).toEqual({ packs: lists.length, shards: lists.length })
    expect(moved()).toBe(lists.reduce((sum, bytes) => sum + bytes))
  })

  it('is given back to strangers when it is stopped in the middle, and what it has made until then counts', async () => {
    const { network, root, owner, source, living, shardBytes } = await oneGone(files)
    const stop = new AbortController()
    const coordinator = {
      ...owner.coordinator,
      reportRepair: (report: RepairReport) => {
        stop.abort()
        return owner.coordinator.reportRepair(report)
      },
    }
    await expect(repairOwn({ ...owner, coordinator }, [source], stop.signal)).rejects.toMatchObject({ code: 'aborted' })
    const whole = [...(await shardsOn(living)).values()].filter(({ size }) => size === 6)
    expect(whole).toHaveLength(1)
    await expectBackFromWords(network, root)
    expect(shardBytes.length).toBeGreaterThan(1)
  })

  it('is given back to strangers where another pack could not be taken', async () => {
    const { owner, source, shardBytes } = await oneGone(files)
    const given: PackId[] = []
    let takes = 0
    const coordinator: OwnerContext['coordinator'] = {
      ...owner.coordinator,
      takeOwnRepair: (pack) =>
        (takes += 1) < 2
          ? owner.coordinator.takeOwnRepair(pack)
          : Promise.reject(new KeeptabError('coordinator-unreachable')),
      reportRepair: (report) => {
        given.push(report.pack)
        return owner.coordinator.reportRepair(report)
      },
    }
    await expect(repairOwn({ ...owner, coordinator }, [source])).rejects.toMatchObject({
      code: 'coordinator-unreachable',
    })
    expect(given).toHaveLength(1)
    expect(await repairOwn(owner, [source])).toMatchObject({ packs: shardBytes.length - 1 })
  })
})

/** Lets hours pass, and in each of them peers do what they are at. */
async function eachHourUntil(pass: (hours: number) => Promise<void>, holds: () => boolean | Promise<boolean>) {
  for (let hour = 0; hour < 12; hour += 1) {
    await pass(1)
    const held = await vi.waitUntil(holds, { timeout: 1000 }).catch(() => false)
    if (held) return
  }
  throw new Error('half a day was not enough')
}

/** Something of the record of each pack that these keepers hold. */
async function eachPack<T>(keepers: readonly SimulatedKeeper[], what: (record: PackRecord) => T): Promise<T[]> {
  const records = new Map(
    keepers.flatMap(({ shelf }) => [...shelf.shards.values()]).map((shard) => [shard.pack, shard]),
  )
  return Promise.all([...records.values()].map(async ({ record }) => what(await openPackRecord(record))))
}
