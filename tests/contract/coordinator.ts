/** What every coordinator does, whatever stands behind the interface. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/crypto.ts'
import { type ErrorCode } from '../../src/core/errors.ts'
import {
  idBytes,
  idOf,
  parseDeviceId,
  parseGroupId,
  parsePackId,
  type DeviceId,
  type PackId,
} from '../../src/core/ids.ts'
import type { Coordinator } from '../../src/coordinator/coordinator.ts'
import { signGivenUp } from '../../src/identity/given-up.ts'
import { certify } from '../../src/identity/device.ts'
import { accountKey, type DeviceIdentity } from '../../src/identity/keys.ts'
import { signRevocation } from '../../src/identity/revocation.ts'
import {
  openPackRecord,
  openPlacementTicket,
  signHead,
  signInventoryPage,
  signPackRecord,
  signShardReceipt,
} from '../../src/protocol/records.ts'
import { clock, newIdentity, newPack, online, random, startKeepers, until, type Peer } from './coordinator-fixtures.ts'

export interface CoordinatorUnderTest {
  connect(identity: DeviceIdentity): Coordinator
  stop(): Promise<void>
}

/** @param start a new, empty coordinator in which all keepers may share one machine */
export function coordinatorContract(name: string, start: () => Promise<CoordinatorUnderTest>): void {
  describe(`coordinator over ${name}`, () => {
    let under: CoordinatorUnderTest
    let keepers: Awaited<ReturnType<typeof startKeepers>>
    const newPeer = async (): Promise<Peer> => {
      const identity = await newIdentity()
      return { identity, coordinator: under.connect(identity) }
    }
    /** An owner with its group. */
    const newOwner = async () => {
      const peer = await newPeer()
      return { ...peer, group: await peer.coordinator.group() }
    }

    beforeAll(async () => {
      under = await start()
      keepers = await startKeepers((identity) => under.connect(identity), 8)
    })
    afterAll(async () => {
      for (const { end } of keepers.values()) end()
      await under.stop()
    })

    it('tells everybody its key', async () => {
      const { coordinator } = await newPeer()
      const info = await coordinator.info()
      expect(info.publicKey).toHaveLength(32)
      expect(info.oneMachine).toBe(true)
      expect(Math.abs(info.now - clock.now())).toBeLessThan(10_000)
    })

    it('gives an owner a group of distinct keepers and the tickets for it, and the same one again', async () => {
      const { identity, coordinator, group } = await newOwner()
      expect(group.code).toEqual({ k: 2, n: 6 })
      expect(group.happy).toBe(5)
      expect(group.trial).toBe(true)
      expect(group.slots.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
      expect(new Set(group.slots.map(({ keeper }) => keeper)).size).toBe(6)
      const { publicKey } = await coordinator.info()
      for (const { index, keeper, ticket, online } of group.slots) {
        expect(online).toBe(true)
        const opened = await openPlacementTicket(ticket, publicKey)
        expect(opened).toMatchObject({ group: group.id, owner: identity.account, keeper, index })
        expect(opened.expiresAt).toBeGreaterThan(clock.now())
      }
      const places = ({ slots }: typeof group) => slots.map(({ index, keeper }) => ({ index, keeper }))
      const again = await coordinator.group()
      expect(again.id).toBe(group.id)
      expect(places(again)).toEqual(places(group))
      expect(places(await coordinator.groupById(group.id))).toEqual(places(group))
    })

    it('never gives an owner its own devices as keepers', async () => {
      const root = random.bytes(32)
      const [owner, other] = [await newIdentity(root), await newIdentity(root)]
      const itsKeeper = under.connect(other)
      await itsKeeper.keep({ limitBytes: 1e9, freeBytes: 1e9, paused: false })
      const { end } = await online(itsKeeper)
      const { slots } = await under.connect(owner).group()
      end()
      expect(slots.map(({ keeper }) => keeper)).not.toContain(other.device)
    })

    it("refuses a group that is another owner's, or nobody's", async () => {
      const { group } = await newOwner()
      const { coordinator } = await newPeer()
      await refuses('not-found', coordinator.groupById(group.id))
      await refuses('not-found', coordinator.groupById(idOf(parseGroupId, random.bytes(16))))
    })

    it('replaces a keeper by one that has no other index, once', async () => {
      const { coordinator, group } = await newOwner()
      const [slot] = group.slots
      if (slot === undefined) throw new Error('no slot')
      const replaced = await coordinator.replaceKeeper(group.id, slot.index, slot.keeper, 'unreachable')
      const next = replaced.slots[0]?.keeper
      expect(group.slots.map(({ keeper }) => keeper)).not.toContain(next)
      const again = await coordinator.replaceKeeper(group.id, slot.index, slot.keeper, 'unreachable')
      expect(again.slots[0]?.keeper).toBe(next)
    })

    it('says how many keepers there are when nobody is left to replace one', async () => {
      const { coordinator, group } = await newOwner()
      let current = group
      const replaceFirst = async () => {
        const keeper = current.slots[0]?.keeper
        if (keeper === undefined) throw new Error('no slot')
        current = await coordinator.replaceKeeper(group.id, 0, keeper, 'refused')
      }
      await replaceFirst()
      await replaceFirst()
      await expect(replaceFirst()).rejects.toMatchObject({
        code: 'not-enough-keepers',
        data: { eligible: 0, needed: 1 },
      })
    })

    it('commits a happy pack, and tells its owner where it lies', async () => {
      const { identity, coordinator, group } = await newOwner()
      const { pack, record, receipts } = await newPack(identity, group, keepers)
      expect(await coordinator.commitPack(record, group.id, receipts.slice(0, 5))).toEqual({ happiness: 5 })
      expect(await coordinator.commitPack(record, group.id, receipts.slice(5))).toEqual({ happiness: 6 })
      expect(await coordinator.commitPack(record, group.id, receipts)).toEqual({ happiness: 6 })
      const [located, ...others] = await coordinator.locatePacks([pack])
      expect(others).toEqual([])
      expect(located).toMatchObject({ pack, record, happy: 5, happiness: 6 })
      const holders = group.slots.map(({ index, keeper }) => ({ index, keeper, online: true }))
      expect(located?.holders).toEqual(holders)
    })

    it('locates any number of packs in the order asked, leaving out unknown ones and those of others', async () => {
      const { identity, coordinator, group } = await newOwner()
      const stranger = await newOwner()
      const theirs = await newPack(stranger.identity, stranger.group, keepers)
      await stranger.coordinator.commitPack(theirs.record, stranger.group.id, theirs.receipts)
      const packs: PackId[] = []
      for (let i = 0; i < 60; i++) {
        const made = await newPack(identity, group, keepers)
        if (i !== 30) await coordinator.commitPack(made.record, group.id, made.receipts)
        packs.push(made.pack)
      }
      const asked = [...packs.toReversed(), theirs.pack]
      const located = await coordinator.locatePacks(asked)
      expect(located.map(({ pack }) => pack)).toEqual(packs.toReversed().filter((pack) => pack !== packs[30]))
    })

    it('commits nothing below happy, and nothing of it remains', async () => {
      const { identity, coordinator, group } = await newOwner()
      const { pack, record, receipts } = await newPack(identity, group, keepers)
      await refuses('conflict', coordinator.commitPack(record, group.id, receipts.slice(0, 4)))
      expect(await coordinator.locatePacks([pack])).toEqual([])
      await refuses('conflict', coordinator.commitPack(record, group.id, receipts.slice(4)))
    })

    it('refuses a forged record, a record of another account and a group of another account', async () => {
      const { identity, coordinator, group } = await newOwner()
      const other = await newOwner()
      const { record, receipts } = await newPack(identity, group, keepers)
      const forged = record.slice()
      forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1
      await refuses('signature-invalid', coordinator.commitPack(forged, group.id, receipts))
      await refuses('forbidden', other.coordinator.commitPack(record, group.id, receipts))
      const { record: theirs, receipts: forTheirs } = await newPack(identity, other.group, keepers)
      await refuses('not-found', coordinator.commitPack(theirs, other.group.id, forTheirs))
    })

    it('refuses receipts for another root, pack or group, from nobody it sent there, or with a broken signature', async () => {
      const { identity, coordinator, group } = await newOwner()
      const { pack, record, receipts, roots } = await newPack(identity, group, keepers)
      const [first] = group.slots
      const [good, ...rest] = receipts
      const key = first && keepers.get(first.keeper)?.identity.deviceKey
      const root = roots[0]
      if (key === undefined || root === undefined || good === undefined) throw new Error('no slot')
      const right = { pack, index: 0, root, group: group.id, storedAt: clock.now() }
      const instead = (receipt: Uint8Array<ArrayBuffer>) => coordinator.commitPack(record, group.id, [receipt, ...rest])

      await refuses('malformed', instead(await signShardReceipt(key, { ...right, root: random.bytes(32) })))
      await refuses('malformed', instead(await signShardReceipt(key, { ...right, index: 200 })))
      await refuses(
        'malformed',
        instead(await signShardReceipt(key, { ...right, group: idOf(parseGroupId, random.bytes(16)) })),
      )
      await refuses('malformed', instead((await newPack(identity, group, keepers)).receipts[0] ?? good))
      const [otherRoot] = roots.slice(1)
      if (otherRoot === undefined) throw new Error('no root')
      await refuses('forbidden', instead(await signShardReceipt(key, { ...right, index: 1, root: otherRoot })))
      await refuses('forbidden', instead(await signShardReceipt(identity.deviceKey, right)))
      const broken = good.slice()
      broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1
      await refuses('signature-invalid', instead(broken))
      await expect(instead(good)).resolves.toEqual({ happiness: 6 })
    })

    it('takes receipts of a keeper that was replaced since', async () => {
      const { identity, coordinator, group } = await newOwner()
      const { record, receipts } = await newPack(identity, group, keepers)
      const [slot] = group.slots
      if (slot === undefined) throw new Error('no slot')
      await coordinator.replaceKeeper(group.id, slot.index, slot.keeper, 'unreachable')
      expect(await coordinator.commitPack(record, group.id, receipts)).toEqual({ happiness: 6 })
    })

    it('refuses a record whose code is not that of its group', async () => {
      const { identity, coordinator, group } = await newOwner()
      const roots = Array.from({ length: 12 }, () => random.bytes(32))
      const record = await signPackRecord(identity, { k: 4, n: 12, shardBytes: 1024, roots })
      await refuses('malformed', coordinator.commitPack(record, group.id, []))
    })

    describe('heads', () => {
      const newHistory = async () => {
        const owner = await newOwner()
        const { pack, record, receipts } = await newPack(owner.identity, owner.group, keepers)
        await owner.coordinator.commitPack(record, owner.group.id, receipts)
        const next = async (sequence: number, before: Uint8Array<ArrayBuffer> | null) =>
          signHead(owner.identity, { sequence, previous: before && (await sha256(before)), manifest: [pack] })
        return { ...owner, pack, next }
      }

      it('are published one after the other, and the newest of every device comes back', async () => {
        const { coordinator, next } = await newHistory()
        const first = await next(1, null)
        const second = await next(2, first)
        await coordinator.publishHead(first)
        await coordinator.publishHead(first)
        await coordinator.publishHead(second)
        await coordinator.publishHead(second)
        expect(await coordinator.heads()).toEqual([second])
      })

      it('are refused when they are old or follow something else', async () => {
        const { identity, coordinator, pack, next } = await newHistory()
        const first = await next(1, null)
        const second = await next(2, first)
        await coordinator.publishHead(first)
        await refuses('conflict', coordinator.publishHead(await next(2, second)))
        await refuses(
          'conflict',
          coordinator.publishHead(await signHead(identity, { sequence: 1, previous: null, manifest: [pack, pack] })),
        )
        await coordinator.publishHead(second)
        await refuses('conflict', coordinator.publishHead(first))
        expect(await coordinator.heads()).toEqual([second])
      })

      it('are taken when some in between are missing: a coordinator put back to an older copy locks nobody out', async () => {
        const { coordinator, next } = await newHistory()
        const first = await next(1, null)
        const fourth = await next(4, await next(3, null))
        await coordinator.publishHead(first)
        await coordinator.publishHead(fourth)
        await refuses('conflict', coordinator.publishHead(await next(2, first)))
        expect(await coordinator.heads()).toEqual([fourth])
      })

      it('need packs that are committed, and may come from whoever has seen them', async () => {
        const { identity, coordinator, group, next } = await newHistory()
        const { pack } = await newPack(identity, group, keepers)
        const ahead = await signHead(identity, { sequence: 1, previous: null, manifest: [pack] })
        await refuses('not-found', coordinator.publishHead(ahead))
        expect(await coordinator.heads()).toEqual([])
        const { coordinator: keeper } = await newPeer()
        const seen = await next(1, null)
        await keeper.publishHead(seen)
        expect(await coordinator.heads()).toEqual([seen])
        expect(await keeper.heads()).toEqual([])
      })

      it('are asked for where they are unknown or older, and only there; who does not keep for an account hears nothing of it', async () => {
        const [one, other] = [await newHistory(), await newHistory()]
        await one.coordinator.publishHead(await one.next(2, random.bytes(32)))
        const keeper = one.group.slots[0] && keepers.get(one.group.slots[0].keeper)?.coordinator
        if (keeper === undefined) throw new Error('no keeper')
        const [{ account, device }, unknown] = [one.identity, { ...other.identity, sequence: 1 }]
        const seen = (sequence: number) => [{ account, device, sequence }, unknown]
        expect(await keeper.missingHeads(seen(1))).toEqual([unknown])
        expect(await keeper.missingHeads(seen(2))).toEqual([unknown])
        expect(await keeper.missingHeads(seen(3))).toEqual(seen(3))
        expect(await keeper.missingHeads([])).toEqual([])
        const foreign = { account: other.identity.account, device, sequence: 1 }
        expect(await keeper.missingHeads([foreign])).toEqual([foreign])
        const { coordinator: stranger } = await newPeer()
        expect(await stranger.missingHeads(seen(1))).toEqual(seen(1))
        const many = Array.from({ length: 1000 }, () => ({
          account,
          device: idOf(parseDeviceId, random.bytes(32)),
          sequence: 1,
        }))
        expect(await keeper.missingHeads(many)).toEqual(many)
      })

      it('of an account that signs for a device of another one leave those of that other one alone', async () => {
        const victim = await newHistory()
        const first = await victim.next(1, null)
        await victim.coordinator.publishHead(first)
        const root = random.bytes(32)
        const thief = await newIdentity(root)
        const itsCoordinator = under.connect(thief)
        const group = await itsCoordinator.group()
        const { pack, record, receipts } = await newPack(thief, group, keepers)
        await itsCoordinator.commitPack(record, group.id, receipts)
        const headKey = thief.daily.head.publicKey
        const named = idBytes(victim.identity.device)
        const certificate = await certify(await accountKey(root), named, 0, headKey, clock.now())
        const far = { sequence: 1_000_000, previous: random.bytes(32), manifest: [pack] }
        const forged = await signHead({ ...thief, certificate }, far)
        await itsCoordinator.publishHead(forged)
        expect(await victim.coordinator.heads()).toEqual([first])
        const second = await victim.next(2, first)
        await victim.coordinator.publishHead(second)
        expect(await victim.coordinator.heads()).toEqual([second])
        expect((await victim.coordinator.pastHeads(victim.identity.device)).map(({ head }) => head)).toEqual([first])
        expect(await itsCoordinator.heads()).toEqual([forged])
      })

      it('of one sequence, published 64 times at once: exactly one wins', async () => {
        const { identity, coordinator, pack } = await newHistory()
        const rivals = await Promise.all(
          Array.from({ length: 64 }, (_, i) =>
            signHead(identity, { sequence: 1, previous: null, manifest: Array.from({ length: i + 1 }, () => pack) }),
          ),
        )
        const results = await Promise.allSettled(rivals.map((head) => coordinator.publishHead(head)))
        const winners = rivals.filter((_, i) => results[i]?.status === 'fulfilled')
        expect(winners).toHaveLength(1)
        expect(await coordinator.heads()).toEqual(winners)
        for (const result of results) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
        }
      })

      it('are the account’s: a new device with the same words sees them', async () => {
        const root = random.bytes(32)
        const [one, two] = [await newIdentity(root), await newIdentity(root)]
        const owner = under.connect(one)
        const group = await owner.group()
        const { pack, record, receipts } = await newPack(one, group, keepers)
        await owner.commitPack(record, group.id, receipts)
        const head = await signHead(one, { sequence: 1, previous: null, manifest: [pack] })
        await owner.publishHead(head)
        const newer = under.connect(two)
        expect(await newer.heads()).toEqual([head])
        expect(await newer.locatePacks([pack])).toHaveLength(1)
        expect(await (await newPeer()).coordinator.heads()).toEqual([])
      })
    })

    it('keeps what was sealed for a device, whatever another account says that it seals for it', async () => {
      const [root, thiefRoot] = [random.bytes(32), random.bytes(32)]
      const [laptop, desk] = [await newIdentity(root), await newIdentity(root)]
      const [phone, thief] = [await newIdentity(root), await newIdentity(thiefRoot)]
      const [coordinator, itsCoordinator] = [under.connect(laptop), under.connect(desk)]
      for (const each of [coordinator, itsCoordinator, under.connect(phone)]) await each.heads()
      const stays = { lastSequence: 0, kept: true }
      const ended = [
        [laptop.device, stays],
        [desk.device, stays],
      ] as const
      const removal = async (by: Uint8Array<ArrayBuffer>, ...devices: readonly (readonly [DeviceId, typeof stays])[]) =>
        signRevocation(await accountKey(by), [], new Map(devices), clock.now())
      const envelope = random.bytes(300)
      const next = await removal(root, ...ended, [phone.device, { ...stays, kept: false }])
      await coordinator.revoke(next, [{ device: desk.device, envelope }])
      const foreign = [{ device: desk.device, envelope: random.bytes(300) }]
      const its = await removal(thiefRoot, [desk.device, stays], [thief.device, stays])
      await refuses('malformed', under.connect(thief).revoke(its, foreign))
      expect(await under.connect(thief).revocations()).toEqual({ revocations: [] })
      expect(await itsCoordinator.revocations()).toEqual({ revocations: [next], envelope })
    })

    it('keeps a removed device out, also when another account certifies it', async () => {
      const root = random.bytes(32)
      const [laptop, phone] = [await newIdentity(root), await newIdentity(root)]
      // Each with a session of its own: one that was refused is not shown again.
      const [before, after] = [under.connect(phone), under.connect(phone)]
      for (const each of [under.connect(laptop), before, after]) await each.heads()
      const ended = new Map([
        [laptop.device, { lastSequence: 0, kept: true }],
        [phone.device, { lastSequence: 0, kept: false }],
      ])
      await under.connect(laptop).revoke(await signRevocation(await accountKey(root), [], ended, clock.now()), [])
      await refuses('device-revoked', before.heads())
      const { deviceKey, daily } = phone
      const made = await accountKey(random.bytes(32))
      const certificate = await certify(made, deviceKey.publicKey, 0, daily.head.publicKey, clock.now())
      await refuses('forbidden', under.connect({ ...phone, certificate }).heads())
      await refuses('device-revoked', after.heads())
    })

    it('takes what the account gives up of a removed device, once, and tells it to its devices', async () => {
      const root = random.bytes(32)
      const key = await accountKey(root)
      const [laptop, phone] = [await newIdentity(root), await newIdentity(root)]
      const coordinator = under.connect(laptop)
      const said = (device: DeviceId, sequence: number, by = key) =>
        signGivenUp(by, { device, sequence, issuedAt: clock.now() })
      expect(await coordinator.givenUp()).toEqual([])
      const first = await said(phone.device, 2)
      await refuses('conflict', coordinator.giveUp(first))
      const ended = new Map([
        [laptop.device, { lastSequence: 0, kept: true }],
        [phone.device, { lastSequence: 3, kept: false }],
      ])
      await coordinator.revoke(await signRevocation(key, [], ended, clock.now()), [])
      await refuses('conflict', coordinator.giveUp(await said(laptop.device, 2)))
      const stranger = await accountKey(random.bytes(32))
      await refuses('forbidden', coordinator.giveUp(await said(phone.device, 2, stranger)))
      await refuses('malformed', coordinator.giveUp(random.bytes(100)))
      await refuses('signature-invalid', coordinator.giveUp(first.map((byte, i) => (i < 150 ? byte : byte ^ 1))))
      expect(await coordinator.givenUp()).toEqual([])

      await coordinator.giveUp(first)
      await coordinator.giveUp(first)
      await coordinator.giveUp(await said(phone.device, 1))
      expect(await coordinator.givenUp()).toEqual([first])
      const further = await said(phone.device, 3)
      await coordinator.giveUp(further)
      await coordinator.giveUp(first)
      expect(await coordinator.givenUp()).toEqual([further])
      expect(await (await newPeer()).coordinator.givenUp()).toEqual([])
      await refuses('device-revoked', under.connect(phone).givenUp())
    })

    describe('inventories', () => {
      // Keepers sign with the time at the coordinator, which must be later each time.
      let time = clock.now()
      const later = () => (time += 1000)
      const committed = async () => {
        const owner = await newOwner()
        const made = await newPack(owner.identity, owner.group, keepers, later())
        await owner.coordinator.commitPack(made.record, owner.group.id, made.receipts)
        const [slot] = owner.group.slots
        const keeper = slot && keepers.get(slot.keeper)
        if (keeper === undefined) throw new Error('no keeper')
        return { ...owner, ...made, keeper }
      }
      type Shards = Parameters<typeof signInventoryPage>[1]['shards']
      const report = async (keeper: Peer, takenAt: number, ...pages: Shards[]) => {
        const unknown = []
        for (const [page, shards] of pages.entries()) {
          const key = keeper.identity.deviceKey
          const signed = await signInventoryPage(key, { takenAt, page, pages: pages.length, shards })
          unknown.push(...(await keeper.coordinator.reportInventory(signed)).unknown)
        }
        return unknown
      }
      const indices = async ({
        coordinator,
        pack,
      }: { coordinator: Coordinator } & Awaited<ReturnType<typeof committed>>) =>
        (await coordinator.locatePacks([pack]))[0]?.holders.map(({ index }) => index)

      it('admit losses once they are complete, and old receipts do not bring them back', async () => {
        const made = await committed()
        const { coordinator, group, pack, record, receipts, keeper } = made
        const has = { pack, index: 0, group: group.id }
        expect(await report(keeper, later(), [has])).toEqual([])
        expect(await indices(made)).toEqual([0, 1, 2, 3, 4, 5])
        const at = later()
        const key = keeper.identity.deviceKey
        const half = await signInventoryPage(key, { takenAt: at, page: 0, pages: 2, shards: [] })
        await keeper.coordinator.reportInventory(half)
        expect(await indices(made)).toEqual([0, 1, 2, 3, 4, 5])
        await keeper.coordinator.reportInventory(
          await signInventoryPage(key, { takenAt: at, page: 1, pages: 2, shards: [] }),
        )
        expect(await indices(made)).toEqual([1, 2, 3, 4, 5])
        expect(await coordinator.commitPack(record, group.id, receipts)).toEqual({ happiness: 5 })
        // An inventory that is older than the newest changes nothing.
        await report(keeper, at - 1, [has])
        expect(await indices(made)).toEqual([1, 2, 3, 4, 5])
      })

      it('ask for records that are unknown, take them from whoever keeps a shard, and give them back to nobody else', async () => {
        const { identity, group } = await newOwner()
        const { pack, record } = await newPack(identity, group, keepers)
        const [slot] = group.slots
        const keeper = slot && keepers.get(slot.keeper)
        if (keeper === undefined) throw new Error('no keeper')
        await refuses('not-found', keeper.coordinator.putRecord(record))
        expect(await report(keeper, later(), [{ pack, index: 0, group: group.id }])).toEqual([pack])
        await keeper.coordinator.putRecord(record)
        expect(await report(keeper, later(), [{ pack, index: 0, group: group.id }])).toEqual([])
        const [located] = await under.connect(identity).locatePacks([pack])
        expect(located?.holders.map(({ index }) => index)).toEqual([0])
        expect((await openPackRecord(located?.record ?? record)).id).toBe(pack)
        expect(await keeper.coordinator.record(pack)).toEqual(record)
        const [stranger] = [...keepers.values()].filter((one) => one !== keeper)
        if (stranger === undefined) throw new Error('no other keeper')
        await refuses('not-found', stranger.coordinator.record(pack))
      })

      it('name only so many shards of packs without a record, and lose nothing by asking for more', async () => {
        const [made, { identity: liar, coordinator }] = [await committed(), await newPeer()]
        const { identity, group } = await newOwner()
        const claim = (pack: PackId) => ({ pack, index: 0, group: idOf(parseGroupId, random.bytes(16)) })
        const madeUp = () => Array.from({ length: 500 }, () => claim(idOf(parsePackId, random.bytes(32))))
        const peer = { identity: liar, coordinator }
        const [takenAt, pages] = [later(), 2000]
        const page = async (number: number, shards: Shards) =>
          coordinator.reportInventory(await signInventoryPage(liar.deviceKey, { takenAt, page: number, pages, shards }))
        for (let number = 0; number < 4; number += 1) await page(number, madeUp())
        await refuses('limit-exceeded', page(4, madeUp()))
        const real = await newPack(identity, group, keepers)
        await refuses('limit-exceeded', page(5, [claim(real.pack)]))
        await refuses('not-found', coordinator.putRecord(real.record))
        expect(await indices(made)).toEqual([0, 1, 2, 3, 4, 5])
        // The next whole inventory forgets what it does not say again.
        await report(peer, later(), [])
        expect(await report(peer, later(), [claim(real.pack)])).toEqual([real.pack])
        await coordinator.putRecord(real.record)
        const more = madeUp()
        expect(await report(peer, later(), [claim(real.pack), ...more.slice(1)])).toHaveLength(499)
      })

      it('are believed only of indices that were given', async () => {
        const made = await committed()
        const liar = [...keepers.values()].find(({ identity }) => identity.device !== made.keeper.identity.device)
        if (liar === undefined) throw new Error('no keeper')
        await report(liar, later(), [{ pack: made.pack, index: 0, group: made.group.id }])
        // Nor is it asked for a record that would not be taken from it.
        const { pack } = await newPack(made.identity, made.group, keepers)
        expect(await report(liar, later(), [{ pack, index: 0, group: made.group.id }])).toEqual([])
        const [located] = await made.coordinator.locatePacks([made.pack])
        const first = located?.holders.filter(({ index }) => index === 0).map(({ keeper }) => keeper)
        expect(first).toEqual([made.keeper.identity.device])
      })

      it('and receipts from the future count for nothing, as nothing later could correct them', async () => {
        const { identity, coordinator, group } = await newOwner()
        const tomorrow = clock.now() + 24 * 3_600_000
        const made = await newPack(identity, group, keepers, tomorrow)
        await refuses('conflict', coordinator.commitPack(made.record, group.id, made.receipts))
        const [slot] = group.slots
        const keeper = slot && keepers.get(slot.keeper)
        if (keeper === undefined) throw new Error('no keeper')
        await refuses('malformed', report(keeper, tomorrow, []))
      })

      it('of another device are refused', async () => {
        const { keeper } = await committed()
        const { coordinator } = await newPeer()
        const page = await signInventoryPage(keeper.identity.deviceKey, {
          takenAt: clock.now(),
          page: 0,
          pages: 1,
          shards: [],
        })
        await refuses('forbidden', coordinator.reportInventory(page))
      })
    })

    describe('presence', () => {
      it('lasts as long as the live socket, and an inventory is wanted at its start', async () => {
        const owner = await newOwner()
        const slot = owner.group.slots[0]
        const keeper = slot && keepers.get(slot.keeper)
        if (keeper === undefined) throw new Error('no keeper')
        const isOnline = async () => (await owner.coordinator.groupById(owner.group.id)).slots[0]?.online
        keeper.end()
        await until(async () => (await isOnline()) === false)
        const { events, end } = await online(keeper.coordinator)
        keepers.set(keeper.identity.device, { ...keeper, end })
        expect(await isOnline()).toBe(true)
        await until(() => events.some(({ type }) => type === 'inventory-wanted'))
      })

      it('moves to the newest connection of a device, and the one before stays away', async () => {
        const identity = await newIdentity()
        const one = await online(under.connect(identity))
        const two = await online(under.connect(identity))
        await until(() => one.events.some(({ type }) => type === 'replaced'))
        expect(two.events.map(({ type }) => type)).not.toContain('replaced')
        expect(one.events.filter(({ type }) => type === 'online')).toHaveLength(1)
        two.end()
      })

      it('takes a keeper that pauses out of placement', async () => {
        const paused = [...keepers.values()].slice(0, 3)
        for (const { coordinator } of paused) await coordinator.keep({ limitBytes: 1e9, freeBytes: 1e9, paused: true })
        const { coordinator } = await newPeer()
        await expect(coordinator.group()).rejects.toMatchObject({
          code: 'not-enough-keepers',
          data: { eligible: 5, needed: 6 },
        })
        for (const { coordinator } of paused) await coordinator.keep({ limitBytes: 1e9, freeBytes: 1e9, paused: false })
        await coordinator.group()
      })
    })

    it('gives each ticket once only', async () => {
      const { coordinator } = await newPeer()
      const [one, two] = [await coordinator.ticket(), await coordinator.ticket()]
      expect(one.ticket).not.toBe(two.ticket)
      expect(one.iceServers).toEqual([])
    })
  })
}

const refuses = (code: ErrorCode, promise: Promise<unknown>): Promise<void> =>
  expect(promise).rejects.toMatchObject({ code })
