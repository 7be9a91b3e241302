/** The backups of a removed device, given up with the words: what then goes and what stays, and what can be taken back. */
import { afterEach, expect, test } from 'vitest'
import { giveUpBackups, listDevices, removeDevices } from '../../src/backup/devices.ts'
import { deviceOfWords } from '../../src/backup/epoch.ts'
import { Member } from '../../src/backup/member.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { bringBackRemoved, collectGarbage, findRemoved, isCollectionDue } from '../../src/backup/retention.ts'
import { findSnapshots, listSnapshots, readerFor } from '../../src/backup/snapshots.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { DeviceId, PackId, SnapshotId } from '../../src/core/ids.ts'
import { DAY } from '../../src/core/units.ts'
import { signGivenUp } from '../../src/identity/given-up.ts'
import { accountKey, newDevice } from '../../src/identity/keys.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import { connect, random } from '../contract/coordinator-fixtures.ts'
import { daysPass, keptPacks, TestTime } from '../sim/days.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork
let time: TestTime
afterEach(() => network.close())

/** Months pass, a day at a time. */
const patient = { timeout: 120_000 }

async function start(): Promise<void> {
  time = new TestTime()
  network = await startNetwork(6, { clock: time })
}

/** A device that lives as a program would compose it, in the time of the test. */
async function deviceOf(root: Bytes, name: string): Promise<OwnerContext> {
  const member = new Member(await newDevice(root, random.bytes(32), time.at))
  const base = network.ownerAs(member.now)
  const coordinator = connect(network.url, member, undefined, undefined, time)
  const parts = { coordinator, clock: time, random, name, store: () => Promise.resolve() }
  return {
    ...base,
    coordinator,
    get identity() {
      return member.now
    },
    sealerOf: createFileSealer,
    follow: () => member.follow(parts),
  }
}

const ofWords = async (root: Bytes): Promise<OwnerContext> =>
  network.ownerAs(
    await deviceOfWords(root, random.bytes(32), time.at, (identity) =>
      connect(network.url, identity, undefined, undefined, time),
    ),
  )

const files = (seed: string): Files => ({ [`${seed}-1`]: noise(`${seed}1`, 20_000), [`${seed}-2`]: noise(seed, 300) })

/** Everything that a snapshot brings back is what it was made of. */
async function expectBack(owner: OwnerContext, snapshot: Parameters<typeof bringBack>[2], source: string, made: Files) {
  const { files: back, result } = await bringBack(owner, undefined, snapshot)
  expect(result.missing).toEqual([])
  expect([...back].sort()).toEqual(
    Object.entries(made)
      .map(([path, bytes]) => [`${source}/${path}`, bytes])
      .sort(),
  )
}

/** All packs that the lists of a device name. */
async function neededBy(owner: OwnerContext, device: DeviceId): Promise<Set<PackId>> {
  const needed = new Set<PackId>()
  const reader = readerFor(owner, {})
  for (const { summary, manifest } of await findSnapshots(owner, {})) {
    if (summary.device !== device) continue
    for (const pack of [...manifest, ...(await reader.manifest(manifest)).packs]) needed.add(pack)
  }
  return needed
}

const packsOf = async ({ coordinator }: OwnerContext) => new Set((await coordinator.ownPacks()).map(({ pack }) => pack))
const listed = async (owner: OwnerContext): Promise<SnapshotId[]> => (await listSnapshots(owner)).map(({ id }) => id)

test(
  'what only a removed device needed goes in 30 days once it is given up, what others need stays, and until then it can be taken back',
  patient,
  async () => {
    await start()
    const root = random.bytes(32)
    const laptop = await deviceOf(root, 'Laptop')
    const phone = await deviceOf(root, 'Phone')
    const [desk, both, trip, party] = [files('desk'), files('both'), files('trip'), files('party')]
    await backUp(laptop, sourceOf('Desk', desk))
    await backUp(phone, sourceOf('Both', both))
    const ofPhone = await packsOf(phone)
    const { result: leaning } = await backUp(laptop, sourceOf('Both', both))
    const { result: first } = await backUp(phone, sourceOf('Trip', trip))
    time.at += DAY
    const { result: second } = await backUp(phone, sourceOf('Party', party))
    const lost = phone.identity.device
    const here = laptop.identity.device

    // ---- only a removed device, only with the words, and only by a device that could take it back
    await expect(giveUpBackups(laptop, root, lost)).rejects.toMatchObject({ code: 'conflict' })
    await removeDevices(laptop, root, [lost])
    await expect(giveUpBackups(laptop, random.bytes(32), lost)).rejects.toMatchObject({ code: 'phrase-other-account' })
    await expect(giveUpBackups(laptop, root, lost)).rejects.toMatchObject({ code: 'backup-first' })
    const { result: anew } = await backUp(laptop, sourceOf('Desk', desk))
    await daysPass(network, time, 8, laptop, 8)
    await expect(giveUpBackups(laptop, root, here)).rejects.toMatchObject({ code: 'conflict' })
    expect(await collectGarbage(laptop)).toMatchObject({ condemned: 0, takenBack: [] })
    const needed = await neededBy(laptop, here)
    expect([...ofPhone].some((pack) => needed.has(pack))).toBe(true)
    const onlyOfPhone = [...(await packsOf(laptop))].filter((pack) => !needed.has(pack))
    expect(onlyOfPhone.length).toBeGreaterThan(3)

    // ---- the answer of the coordinator does not arrive, and the device has noted nothing
    const cut = Object.assign(Object.create(laptop) as OwnerContext, {
      coordinator: {
        ...laptop.coordinator,
        async giveUp(statement: Bytes) {
          await laptop.coordinator.giveUp(statement)
          throw new KeeptabError('coordinator-unreachable')
        },
      },
    })
    await expect(giveUpBackups(cut, root, lost)).rejects.toMatchObject({ code: 'coordinator-unreachable' })
    expect(await laptop.state.pinnedGivenUp()).toEqual([])
    const givenUpAt = time.at
    time.at += 60_000
    expect((await listed(laptop)).sort()).toEqual(expect.not.arrayContaining([first.snapshot, second.snapshot]))
    expect(await laptop.state.pinnedGivenUp()).toEqual(await laptop.coordinator.givenUp())
    await giveUpBackups(laptop, root, lost)
    expect(await laptop.coordinator.givenUp()).toHaveLength(1)
    const inList = (await listDevices(laptop)).find(({ device }) => device === lost)
    expect(inList).toMatchObject({ removed: true, hasBackup: false, backupsGoAt: givenUpAt + 30 * DAY })

    // ---- exactly what nobody else needs is condemned
    expect(await isCollectionDue(laptop, time.at - DAY)).toBe(true)
    const collected = await collectGarbage(laptop)
    expect(collected.unsure).toBeUndefined()
    const condemned = (await laptop.coordinator.condemned()).packs.map(({ pack }) => pack)
    expect(condemned.sort()).toEqual(onlyOfPhone.sort())

    // ---- the words find it for 30 days, and all of it comes back
    await daysPass(network, time, 29, laptop)
    expect((await collectGarbage(laptop)).takenBack).toEqual([])
    const words = await ofWords(root)
    const found = await findRemoved(words)
    const [one, other] = [first, second].map(({ snapshot }) => found.find(({ summary }) => summary.id === snapshot))
    if (one === undefined || other === undefined) throw new Error('a snapshot is not found')
    await expectBack(words, one, 'Trip', trip)
    await expectBack(words, other, 'Party', party)

    // ---- one of them is taken back, and goes no more; the others do
    await bringBackRemoved(laptop, [one])
    const back = await neededBy(laptop, here)
    await daysPass(network, time, 6, laptop)
    const kept = keptPacks(network)
    const gone = onlyOfPhone.filter((pack) => !back.has(pack))
    expect(gone.length).toBeGreaterThan(1)
    expect(gone.filter((pack) => kept.has(pack))).toEqual([])
    expect([...back].filter((pack) => !kept.has(pack))).toEqual([])
    expect((await findRemoved(laptop)).map(({ summary }) => summary.id)).not.toContain(second.snapshot)
    const last = await ofWords(root)
    expect(await listed(last)).not.toContain(second.snapshot)
    await expectBack(last, first.snapshot, 'Trip', trip)
    await expectBack(last, leaning.snapshot, 'Both', both)
    await expectBack(last, anew.snapshot, 'Desk', desk)
  },
)

test('what was given up on the day it was backed up goes as soon, and stays to be cleared away until it is', async () => {
  await start()
  const root = random.bytes(32)
  const laptop = await deviceOf(root, 'Laptop')
  const phone = await deviceOf(root, 'Phone')
  await backUp(phone, sourceOf('Trip', files('trip')))
  const ofPhone = await packsOf(phone)
  await removeDevices(laptop, root, [phone.identity.device])
  await backUp(laptop, sourceOf('Desk', files('desk')))
  await giveUpBackups(laptop, root, phone.identity.device)
  expect(await listed(laptop)).toHaveLength(1)
  time.at += 40 * DAY
  // Long after the day that was named nobody has cleared it away.
  expect(await isCollectionDue(laptop, time.at - DAY)).toBe(true)
  time.at -= 40 * DAY
  expect(await collectGarbage(laptop)).toMatchObject({ condemned: ofPhone.size })
  expect((await laptop.coordinator.condemned()).packs.map(({ pack }) => pack).sort()).toEqual([...ofPhone].sort())
})

test('a statement that is hidden is remembered and given back, and one that is none counts for nothing', async () => {
  await start()
  const root = random.bytes(32)
  const laptop = await deviceOf(root, 'Laptop')
  const phone = await deviceOf(root, 'Phone')
  const { result: lost } = await backUp(phone, sourceOf('Trip', files('trip')))
  await backUp(laptop, sourceOf('Desk', files('desk')))
  await removeDevices(laptop, root, [phone.identity.device])
  await backUp(laptop, sourceOf('Desk', files('desk')))
  const before = await listed(laptop)
  expect(before).toContain(lost.snapshot)

  // ---- what a coordinator makes up, and what a thief without the words can sign
  const given = { device: phone.identity.device, sequence: 1, issuedAt: time.at }
  const telling = (
    owner: OwnerContext,
    statements: readonly Bytes[],
    giveUp = (signed: Bytes) => owner.coordinator.giveUp(signed),
  ): OwnerContext =>
    Object.assign(Object.create(owner) as OwnerContext, {
      coordinator: { ...owner.coordinator, givenUp: () => Promise.resolve(statements), giveUp },
    })
  const account = await accountKey(root)
  const made = await Promise.all([
    signGivenUp(await accountKey(random.bytes(32)), given),
    signGivenUp(phone.identity.deviceKey, given),
    signGivenUp(account, { ...given, device: laptop.identity.device, sequence: 9 }),
  ])
  expect(await listed(telling(laptop, [random.bytes(120), ...made]))).toEqual(before)

  await giveUpBackups(laptop, root, phone.identity.device)
  expect(await listed(laptop)).not.toContain(lost.snapshot)
  const [statement] = await laptop.coordinator.givenUp()
  // ---- a coordinator that was put back to an older copy
  const givenBack: Bytes[] = []
  const forgetful = telling(laptop, [], (signed) => Promise.resolve(void givenBack.push(signed)))
  expect(await listed(forgetful)).not.toContain(lost.snapshot)
  expect(givenBack).toEqual([statement])
  // Or to an older version, which has no place for it.
  const older = telling(laptop, [], () => Promise.reject(new KeeptabError('not-found')))
  expect(await listed(older)).not.toContain(lost.snapshot)
  // Who has never seen it lists what there was: more than counts, never less.
  expect(await listed(telling(await ofWords(root), []))).toContain(lost.snapshot)
})
