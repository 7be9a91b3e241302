/** Several devices of one account on the road: added, removed, and what is read before and after. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { announceDevice, listDevices, removeDevices, renameDevice } from '../../src/backup/devices.ts'
import { deviceOfWords, followEpoch } from '../../src/backup/epoch.ts'
import { Member } from '../../src/backup/member.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { invite, join } from '../../src/backup/pairing.ts'
import { removeSnapshots } from '../../src/backup/retention.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { httpMailboxes } from '../../src/coordinator/mailbox.ts'
import { newDevice, type DeviceIdentity } from '../../src/identity/keys.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import { clock, connect, online, random, until } from '../contract/coordinator-fixtures.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork
beforeAll(async () => {
  network = await startNetwork(6)
})
afterAll(() => network.close())

/** A device that lives as a program would compose it. */
function deviceAs(identity: DeviceIdentity, name: string): OwnerContext & { member: Member } {
  const member = new Member(identity)
  const base = network.ownerAs(identity)
  const coordinator = connect(network.url, member)
  const parts = { coordinator, clock, random, name, store: () => Promise.resolve() }
  return {
    ...base,
    coordinator,
    member,
    get identity() {
      return member.now
    },
    sealerOf: createFileSealer,
    follow: () => member.follow(parts),
  }
}

const files = (seed: string) => ({ 'a.bin': noise(seed, 40_000), 'b/c.txt': noise(`${seed}c`, 500) })

test('a device is added by link, removed with the words, and what comes after is not for it', async () => {
  const root = random.bytes(32)
  const laptop = deviceAs(await newDevice(root, random.bytes(32), clock.now()), 'Laptop')
  const first = files('first')
  const ofLaptop = await backUp(laptop, sourceOf('home', first))

  // ---- the phone is added without the words
  const stop = new AbortController()
  const mailboxes = httpMailboxes(network.url)
  const invitation = await invite(laptop, mailboxes, stop.signal)
  const joining = await join(invitation.secret, {
    mailboxes,
    connect: (identity) => connect(network.url, identity),
    clock,
    random,
    signal: stop.signal,
  })
  const answered = await invitation.answered
  expect(joining.code).toBe(answered.code)
  const late = join(invitation.secret, {
    mailboxes,
    connect: () => laptop.coordinator,
    clock,
    random,
    signal: stop.signal,
  })
  await expect(late).rejects.toMatchObject({ code: 'pairing-failed' })
  await answered.admit()
  const phone = deviceAs(await joining.admitted, 'Phone')
  expect(phone.identity.account).toBe(laptop.identity.account)
  await expect(invite(phone, mailboxes, stop.signal)).rejects.toMatchObject({ code: 'certificate-invalid' })

  const second = files('second')
  const ofPhone = await backUp(phone, sourceOf('pictures', second))
  expect(new Set((await listSnapshots(laptop)).map(({ device }) => device)).size).toBe(2)
  await renameDevice(phone, '  My phone 📱 ')
  const listed = await listDevices(laptop)
  expect(listed.map(({ name, isThis, removed, hasBackup }) => ({ name, isThis, removed, hasBackup }))).toEqual([
    { name: 'Laptop', isThis: true, removed: false, hasBackup: true },
    { name: 'My phone 📱', isThis: false, removed: false, hasBackup: true },
  ])
  expect(listed[1]?.parent).toBe(laptop.identity.device)

  // ---- and removed
  const live = await online(phone.coordinator)
  const other = deviceAs(await newDevice(root, random.bytes(32), clock.now()), 'Desktop')
  await other.follow?.()
  const otherLive = await online(other.coordinator)
  const stranger = removeDevices(laptop, random.bytes(32), [phone.identity.device])
  await expect(stranger).rejects.toMatchObject({ code: 'phrase-other-account' })
  await removeDevices(laptop, root, [phone.identity.device])

  await until(() => live.events.some(({ type }) => type === 'revoked'))
  await until(() => otherLive.events.some(({ type }) => type === 'epoch-began'))
  for (const ask of [() => phone.coordinator.heads(), () => phone.coordinator.ticket(), () => phone.follow?.()]) {
    await expect((async () => ask())()).rejects.toMatchObject({ code: 'device-revoked' })
  }
  const again = connect(network.url, phone.identity)
  await expect(again.heads()).rejects.toMatchObject({ code: 'device-revoked' })

  // ---- those that stay go on under new keys
  expect(laptop.identity.daily.epoch).toBe(1)
  expect(other.identity.daily.epoch).toBe(0)
  await expect(removeSnapshots(laptop, [ofLaptop.result.snapshot])).rejects.toMatchObject({ code: 'backup-first' })
  const third = files('third')
  const { result } = await backUp(other, sourceOf('desk', third))
  expect(other.identity.daily.epoch).toBe(1)
  await backUp(laptop, sourceOf('home', first))
  const snapshots = await listSnapshots(laptop)
  expect(snapshots.map(({ device }) => device).sort()).toEqual(
    [laptop.identity.device, laptop.identity.device, phone.identity.device, other.identity.device].sort(),
  )
  expect(snapshots.map(({ id }) => id)).toContain(ofPhone.result.snapshot)

  // The phone's keys with the laptop's access: what was read from keepers is of no use to it.
  const thief = { ...laptop, identity: phone.identity, follow: undefined }
  const readable = (await listSnapshots(thief)).map(({ id }) => id)
  expect(readable).not.toContain(result.snapshot)
  expect(readable).toContain(ofPhone.result.snapshot)

  // ---- words alone bring back everything, of every epoch and device
  const fresh = network.ownerAs(
    await deviceOfWords(root, random.bytes(32), clock.now(), (identity) => connect(network.url, identity)),
  )
  expect(fresh.identity.daily.epoch).toBe(1)
  const all = await listSnapshots(fresh)
  expect(all).toHaveLength(4)
  const back = new Map<string, Uint8Array>()
  for (const { id } of all)
    for (const [path, bytes] of (await bringBack(fresh, undefined, id)).files) back.set(path, bytes)
  const expected = { home: first, pictures: second, desk: third }
  for (const [source, content] of Object.entries(expected)) {
    for (const [path, bytes] of Object.entries(content)) expect(back.get(`${source}/${path}`)).toEqual(bytes)
  }

  // ---- also when the coordinator has lost the removals, and nobody is there to give them back
  const forgetful = (identity: DeviceIdentity) => ({
    ...connect(network.url, identity),
    revocations: () => Promise.resolve({ revocations: [], envelope: undefined }),
  })
  const unaware = network.ownerAs(await deviceOfWords(root, random.bytes(32), clock.now(), forgetful))
  expect(unaware.identity.daily.epoch).toBe(0)
  expect((await listSnapshots(unaware)).map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort())
  const { files: desk } = await bringBack(unaware, undefined, result.snapshot)
  for (const [path, bytes] of Object.entries(third)) expect(desk.get(`desk/${path}`)).toEqual(bytes)
  live.end()
  otherLive.end()
}, 120_000)

test('a coordinator that hides or swaps a removal is found out, and one that lost it gets it back', async () => {
  const root = random.bytes(32)
  const laptop = deviceAs(await newDevice(root, random.bytes(32), clock.now()), 'Laptop')
  const [phone, other] = [
    await newDevice(root, random.bytes(32), clock.now()),
    await newDevice(root, random.bytes(32), clock.now()),
  ]
  for (const one of [phone, other, phone]) await announceDevice(network.ownerAs(one), 'Phone')
  await laptop.follow?.()
  expect((await listDevices(laptop)).map(({ name }) => name).sort()).toEqual(['Laptop', 'Phone', 'Phone (2)'])
  await removeDevices(laptop, root, [phone.device])
  const { identity } = laptop
  expect(identity.revocations).toHaveLength(1)

  const given: Bytes[] = []
  const forgetful = {
    ...laptop.coordinator,
    revocations: () => Promise.resolve({ revocations: [] }),
    revoke: (signed: Bytes) => Promise.resolve(void given.push(signed)),
  }
  expect(await followEpoch(identity, forgetful)).toBe(identity)
  expect(given).toEqual(identity.revocations)

  const swapped = { ...laptop.coordinator, revocations: () => Promise.resolve({ revocations: [random.bytes(80)] }) }
  await expect(followEpoch(identity, swapped)).rejects.toMatchObject({ code: 'malformed' })
  const changed = await newDevice(root, random.bytes(32), clock.now())
  await expect(followEpoch(changed, connect(network.url, changed))).rejects.toMatchObject({ code: 'epoch-behind' })
}, 60_000)
