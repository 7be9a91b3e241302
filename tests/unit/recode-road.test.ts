/** What a small network was given moves to the code of a larger one, over the real coordinator and real keepers. */
import { afterEach, expect, test } from 'vitest'
import { announceDevice, removeDevices } from '../../src/backup/devices.ts'
import { deviceOfWords, followEpoch } from '../../src/backup/epoch.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { collectGarbage, ownManifest } from '../../src/backup/retention.ts'
import { SnapshotReader } from '../../src/backup/snapshot-reader.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { ChunkId, DeviceId, PackId, SnapshotId } from '../../src/core/ids.ts'
import { DAY } from '../../src/core/units.ts'
import type { KeeperContext } from '../../src/keeping/keeper.ts'
import { headsDigest, signCondemnation } from '../../src/protocol/condemnation.ts'
import { recode } from '../../src/repair/recode.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { connect, random } from '../contract/coordinator-fixtures.ts'
import { daysPass, keptPacks, TestTime } from '../sim/days.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork
let time: TestTime
afterEach(() => network.close())

/** Months pass, a day at a time. */
const patient = { timeout: 120_000 }

const root = noise('root', 32)
const files = (seed: string, count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${seed}-${i}`, noise(`${seed}-${i}`, 20_000)]))
const past = { ...files('shared', 3), ...files('old', 3) }
const newest = { ...files('shared', 3), ...files('new', 3) }
const source = sourceOf('A', newest)

const days = (count: number, somebody: OwnerContext, lookEvery?: number) =>
  daysPass(network, time, count, somebody, lookEvery)
const recodeAs = (device: OwnerContext) => recode(device, [source], { patienceMs: 0 })

/** The transport of a keeper that notes under which names its shards are read. */
const noting = ({ transport }: KeeperContext, readers: Set<DeviceId>): Transport =>
  instead(transport, {
    serve: (handler) =>
      transport.serve((request, remote, signal) => {
        if (request.head.type === 'read') readers.add(remote.device)
        return handler(request, remote, signal)
      }),
  })

/**
 * A network of six in which an account has two snapshots of its laptop, and so many keepers more than there were when they
 * were made so many days ago. Other devices of the account have one snapshot each, of some of the same files and one more.
 */
async function grown({ more = 9, age = 8, others = 0 } = {}) {
  time = new TestTime()
  network = await startNetwork(0, { clock: time })
  const readers = new Set<DeviceId>()
  const addKeepers = async (count: number) => {
    const change = (context: KeeperContext): KeeperContext => ({ ...context, transport: noting(context, readers) })
    await Promise.all(Array.from({ length: count }, () => network.addKeeper({ change })))
  }
  await addKeepers(6)
  const made: { readonly snapshot: SnapshotId; readonly of: string; readonly files: Files }[] = []
  const give = async (device: OwnerContext, of: string, content: Files) => {
    const { result } = await backUp(device, sourceOf(of, content))
    made.push({ snapshot: result.snapshot, of, files: content })
  }
  const laptop = await network.owner(root)
  await give(laptop, 'A', past)
  time.at += DAY
  await give(laptop, 'A', newest)
  const rest: OwnerContext[] = []
  for (let i = 0; i < others; i += 1) {
    const device = await network.owner(root)
    await give(device, `B${i}`, { ...newest, own: noise(`own of ${i}`, 20_000) })
    rest.push(device)
  }
  await days(age, laptop, age) // packs younger than a week may belong to a backup that is being made
  expect(await recodeAs(laptop)).toBe(0)
  await addKeepers(more)
  await network.catchUp() // looks at packs
  return { laptop, others: rest, made, readers }
}

type Made = Awaited<ReturnType<typeof grown>>['made']

/** Whoever has only the words has every byte of these snapshots. */
async function expectBack(made: Made, device?: OwnerContext): Promise<void> {
  const reader = device ?? (await network.owner(root))
  for (const { snapshot, of, files: want } of made) {
    const { files: found } = await bringBack(reader, undefined, snapshot)
    const paths = Object.keys(want).map((path) => `${of}/${path}`)
    expect([...found.keys()].sort()).toEqual(paths.sort())
    for (const [path, bytes] of Object.entries(want))
      expect(Buffer.compare(found.get(`${of}/${path}`) ?? new Uint8Array(0), bytes)).toBe(0)
  }
  await reader.transport.close()
}

/** Packs of the account that are not to go. */
async function staying({ coordinator }: OwnerContext) {
  const condemned = await condemnedOf(coordinator)
  return (await coordinator.ownPacks()).filter(({ pack }) => !condemned.has(pack))
}

const condemnedOf = async (coordinator: OwnerContext['coordinator']): Promise<Set<PackId>> =>
  new Set((await coordinator.condemned()).packs.map(({ pack }) => pack))

/** How many shards are enough, of each pack that is not to go. */
const needed = async (device: OwnerContext): Promise<number[]> => (await staying(device)).map(({ k }) => k)

/** In how many of the packs that stay each chunk of files and directories is. */
async function copies(device: OwnerContext): Promise<number[]> {
  const reader = new SnapshotReader(device, () => undefined)
  const found = new Map<ChunkId, number>()
  for (const { pack } of await staying(device))
    for (const { id, kind } of (await reader.pack(pack)).entries.values())
      if (kind === 'file' || kind === 'tree') found.set(id, (found.get(id) ?? 0) + 1)
  return [...found.values()]
}

/** @returns the device that stays, in the key epoch that begins */
async function removing(removed: OwnerContext, stays: OwnerContext): Promise<OwnerContext> {
  await announceDevice(stays, 'A device')
  await removeDevices(stays, root, [removed.identity.device])
  const identity = await followEpoch(stays.identity, stays.coordinator)
  return { ...network.ownerAs(identity), state: stays.state }
}

/** A device that the words make, after somebody was removed. */
const words = async (): Promise<OwnerContext> =>
  network.ownerAs(
    await deviceOfWords(root, random.bytes(32), time.at, (as) => connect(network.url, as, undefined, undefined, time)),
  )

/** As it is, but for these methods. */
const instead = <T extends object>(parts: T, others: Partial<T>): T =>
  new Proxy(parts, {
    get(of, name) {
      const part: unknown = Reflect.get(name in others ? others : of, name)
      return typeof part === 'function' ? (...args: unknown[]): unknown => Reflect.apply(part, of, args) : part
    },
  })

test(
  'what a small network was given moves to the code of a larger one, past snapshots too, what two devices have only once, and the old shards go after 30 days',
  patient,
  async () => {
    const { laptop, others, made, readers } = await grown({ others: 1 })
    const [phone = laptop] = others
    const old = keptPacks(network)
    readers.clear()
    expect(await recodeAs(laptop)).toBeGreaterThan(3)
    await expectBack(made)
    const sent = phone.transport.counted.sentBytes
    expect(await recodeAs(phone)).toBeGreaterThan(3)
    expect(readers.size).toBeGreaterThan(0)
    for (const { identity } of [laptop, phone]) expect(readers).not.toContain(identity.device)
    expect(phone.transport.counted.sentBytes - sent).toBeLessThan(15 * 50_000) // its own file and lists, no more
    expect(new Set(await needed(laptop))).toEqual(new Set([4]))
    expect(new Set(await copies(laptop))).toEqual(new Set([1]))
    await expectBack(made)
    for (const device of [laptop, phone]) expect(await recodeAs(device)).toBe(0)
    const again = await backUp(laptop, source)
    expect(again.result).toMatchObject({ unchanged: true, state: 'safe' })

    await days(29, laptop)
    expect([...keptPacks(network)]).toEqual(expect.arrayContaining([...old]))
    await days(8, laptop)
    expect([...keptPacks(network)].filter((pack) => old.has(pack))).toEqual([])
    await expectBack(made)
  },
)

test('what has moved within its first week is condemned when it is old enough', patient, async () => {
  const { laptop, made } = await grown({ age: 0 })
  expect(await recodeAs(laptop)).toBeGreaterThan(3)
  expect(new Set(await needed(laptop)).size).toBe(2)
  await days(8, laptop, 8)
  expect(await recodeAs(laptop)).toBe(0)
  expect(new Set(await needed(laptop))).toEqual(new Set([4]))
  await expectBack(made)
})

test(
  'where no pack can be had the head is written once, for its own list, and not again; and none while a new pack is not kept',
  patient,
  async () => {
    const { laptop, made } = await grown()
    const blind = { ...laptop, coordinator: { ...laptop.coordinator, locatePacks: () => Promise.resolve([]) } }
    expect(await recodeAs(blind)).toBe(0)
    const heads = await laptop.coordinator.heads()
    expect(await recodeAs(blind)).toBe(0)
    expect(await laptop.coordinator.heads()).toEqual(heads)

    let commits = 0
    const coordinator = instead(laptop.coordinator, {
      commitPack: (...args) =>
        (commits += 1) === 1
          ? Promise.reject(new KeeptabError('coordinator-unreachable'))
          : laptop.coordinator.commitPack(...args),
    })
    await expect(recodeAs({ ...laptop, coordinator })).rejects.toMatchObject({ code: 'coordinator-unreachable' })
    expect(await laptop.coordinator.heads()).toEqual(heads)
    expect(await recodeAs(laptop)).toBeGreaterThan(3)
    await expectBack(made)
  },
)

test(
  'a kill anywhere while two devices move the same loses nothing, and the next time begins with what is left',
  patient,
  async () => {
    const { laptop, others, made } = await grown({ others: 1 })
    const [phone = laptop] = others
    const fatal = [
      'journal',
      'committed',
      'forget',
      'learn',
      'rememberManifest',
      'commitPack',
      'publishHead',
      'condemn',
    ]
    const ended = new Set<OwnerContext>()
    let kills = 0
    for (; ended.size < 2; kills += 1) {
      let left = 1 + kills
      const mortal = <T extends object>(parts: T): T =>
        new Proxy(parts, {
          get(of, name) {
            const part: unknown = Reflect.get(of, name)
            if (typeof part !== 'function') return part
            return (...args: unknown[]): unknown => {
              if (fatal.includes(String(name)) && (left -= 1) <= 0) return Promise.reject(new KeeptabError('aborted'))
              return Reflect.apply(part, of, args)
            }
          },
        })
      const device = kills % 2 === 0 ? laptop : phone
      const killed = { ...device, state: mortal(device.state), coordinator: mortal(device.coordinator) }
      await recodeAs(killed).then(
        () => ended.add(device),
        () => undefined,
      )
      await expectBack(made)
    }
    expect(kills).toBeGreaterThan(10)
    expect(await needed(laptop)).toContain(4)
    await days(8, laptop, 8)
    await collectGarbage(laptop)
    expect(new Set(await needed(laptop))).toEqual(new Set([4]))
    await expectBack(made)
  },
)

test('a list that says chunks were moved where they are not is not believed', patient, async () => {
  const { laptop, others, made } = await grown({ others: 1 })
  const thief = await network.owner(root)
  await backUp(thief, sourceOf('C', files('junk', 1)))
  const junk = (await staying(thief)).find(({ k }) => k === 4)?.pack
  expect(junk).toBeDefined()
  const packsOf = (chunks: readonly ChunkId[]) => Promise.resolve(chunks.map(() => junk))
  const lying = { ...thief, state: instead(thief.state, { packsOf }) }
  await backUp(lying, sourceOf('B0', { ...past, ...newest, own: noise('own of 0', 20_000) }))
  for (const device of [laptop, ...others]) expect(await recodeAs(device)).toBeGreaterThan(3)
  await days(8, laptop, 8)
  await collectGarbage(laptop)
  await days(35, laptop)
  await expectBack(made)
})

test(
  'packs of another device that are condemned meanwhile are taken back, those that are gone are not named, and those of a removed one neither',
  patient,
  async () => {
    const { laptop: thief, others, made } = await grown({ others: 2 })
    const [phone = thief, tablet = thief] = others
    const of = (device: OwnerContext) => made.filter((_, i) => i === 2 + others.indexOf(device))
    expect(await recodeAs(thief)).toBeGreaterThan(3)
    const condemnMoved = async () => {
      const moved = (await staying(thief)).filter(({ k }) => k === 4)
      const statements = moved.map(({ pack }) => signCondemnation(thief.identity, pack, time.at))
      const basis = await headsDigest(await thief.coordinator.heads())
      await thief.coordinator.condemn(await Promise.all(statements), basis)
    }

    // Condemned right before the head, and killed right behind it: nothing else takes that back.
    let isCondemned = false
    let isPublished = false
    const coordinator = instead(phone.coordinator, {
      publishHead: async (head, rounds) => {
        if (!isCondemned) await condemnMoved()
        isCondemned = true
        await phone.coordinator.publishHead(head, rounds)
        isPublished = true
      },
    })
    const mortal = instead(phone.state, {
      pinHead: (device, head) =>
        isPublished ? Promise.reject(new KeeptabError('aborted')) : phone.state.pinHead(device, head),
    })
    await expect(recodeAs({ ...phone, coordinator, state: mortal })).rejects.toMatchObject({ code: 'aborted' })
    const { manifest } = await ownManifest(phone, {})
    const condemned = await condemnedOf(phone.coordinator)
    expect(manifest.packs.filter((pack) => condemned.has(pack))).toEqual([])
    await expectBack(of(phone))

    // Condemned, and gone while the device slept.
    const told = await tablet.coordinator.heads()
    let slept = false
    const state = instead(tablet.state, {
      forget: async (pack) => {
        if (!slept) {
          slept = true
          await condemnMoved()
          await days(35, tablet)
        }
        await tablet.state.forget(pack)
      },
    })
    await expect(recodeAs({ ...tablet, state })).rejects.toMatchObject({ code: 'snapshot-unknown' })
    expect(await tablet.coordinator.heads()).toEqual(told)
    await expectBack(of(tablet))
    expect(await recodeAs(tablet)).toBeGreaterThan(3)
    await expectBack(of(tablet))

    const alone = await removing(thief, tablet)
    expect(await recodeAs(alone)).toBe(0)
    const { result } = await backUp(alone, source)
    expect(await recodeAs(alone)).toBe(0)
    await expectBack([...of(tablet), { snapshot: result.snapshot, of: 'A', files: newest }], await words())
  },
)

test(
  'what a lost device was the last to name stays as it is, with all of its snapshots, also when it is removed',
  patient,
  async () => {
    const { laptop, others, made } = await grown({ others: 1 })
    const [phone = laptop] = others
    expect(await recodeAs(phone)).toBeGreaterThan(3)
    expect(new Set(await needed(phone))).toEqual(new Set([2, 4]))
    const alone = await removing(laptop, phone)
    await backUp(alone, source)
    expect(await recodeAs(alone)).toBe(0)
    await collectGarbage(alone)
    await days(40, alone, 10)
    await expectBack(made, await words())
  },
)

test('what a device has backed up under the keys of an ended epoch moves with the rest', patient, async () => {
  const { laptop, others, made } = await grown({ others: 1 })
  const [phone = laptop] = others
  const alone = await removing(laptop, phone)
  await backUp(alone, source)
  expect(await recodeAs(alone)).toBeGreaterThan(0)
  expect(await recodeAs(alone)).toBe(0)
  // As if too many keepers had gone at once for what is in the weak code.
  const weak = new Set((await alone.coordinator.ownPacks()).filter(({ k }) => k === 2).map(({ pack }) => pack))
  expect(weak.size).toBeGreaterThan(0)
  for (const { shelf } of network.keepers)
    for (const [name, { pack }] of shelf.shards) if (weak.has(pack)) shelf.shards.delete(name)
  await expectBack(made.slice(2), await words())
})

test('of two devices one begins with the oldest and one with the newest', async () => {
  const { laptop, others } = await grown({ others: 1 })
  const sent = new Map((await laptop.coordinator.ownPacks()).map(({ pack, committedAt = 0 }) => [pack, committedAt]))
  const begun: number[] = []
  for (const device of [laptop, ...others]) {
    const { manifest } = await ownManifest(device, {})
    const coordinator = instead(device.coordinator, {
      locatePacks: (packs, reader) => {
        const first = packs.find((pack) => manifest.packs.includes(pack))
        if (first === undefined) return device.coordinator.locatePacks(packs, reader)
        begun.push(sent.get(first) ?? 0)
        return Promise.reject(new KeeptabError('aborted'))
      },
    })
    await expect(recodeAs({ ...device, coordinator })).rejects.toMatchObject({ code: 'aborted' })
  }
  expect(new Set(begun)).toEqual(new Set([Math.min(...sent.values()), Math.max(...sent.values())]))
})
