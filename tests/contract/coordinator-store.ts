/** What a coordinator's database does, whichever it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  idOf,
  parseAccountId,
  parseDeviceId,
  parseGroupId,
  parsePackId,
  type DeviceId,
  type GroupId,
  type PackId,
} from '../../src/core/ids.ts'
import { concat, fromHex as hex } from '../../src/core/bytes.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { newHand } from '../../src/durability/hand.ts'
import { signInventoryPage } from '../../src/protocol/records.ts'
import { newReputation } from '../../src/durability/reputation.ts'
import type { Database, Holder, StoredAudit, StoredHead, StoredPresence, Stores } from '../../signaling/db/stores.ts'
import { createInventories } from '../../signaling/inventory.ts'
import { newIdentity, random } from './coordinator-fixtures.ts'

const account = () => idOf(parseAccountId, random.bytes(32))
const device = () => idOf(parseDeviceId, random.bytes(32))
const pack = () => idOf(parsePackId, random.bytes(32))
const fromHex = (text: string, length: number) => hex(text, length) ?? new Uint8Array(0)
const groupId = () => idOf(parseGroupId, random.bytes(16))

/** @param start where `open` opens the same database each time */
export function databaseContract(
  name: string,
  start: () => Promise<{ open(): Promise<Database>; stop(): Promise<void> }>,
) {
  describe(`coordinator database on ${name}`, () => {
    let place: Awaited<ReturnType<typeof start>>
    let database: Database
    const run = <T>(work: (stores: Stores) => Promise<T>): Promise<T> => database.transaction(work)

    beforeAll(async () => {
      place = await start()
      database = await place.open()
    })
    afterAll(async () => {
      await database.close()
      await place.stop()
    })

    it('keeps what was written when it is opened again, and migrates once', async () => {
      const value = random.bytes(32)
      await run(({ meta }) => meta.putOnce('kept', value))
      await database.close()
      database = await place.open()
      await database.check()
      expect(await run(({ meta }) => meta.get('kept'))).toEqual(value)
      expect(await run(({ meta }) => meta.get('never'))).toBeUndefined()
    })

    it('keeps the first value of a name', async () => {
      const [one, two] = [random.bytes(8), random.bytes(8)]
      await run(({ meta }) => meta.putOnce('once', one))
      await run(({ meta }) => meta.putOnce('once', two))
      expect(await run(({ meta }) => meta.get('once'))).toEqual(one)
    })

    it('writes nothing of a transaction that throws', async () => {
      const work = run(async ({ meta, devices }) => {
        await meta.putOnce('half', random.bytes(8))
        await devices.put(newDevice())
        throw new Error('on purpose')
      })
      await expect(work).rejects.toThrow('on purpose')
      expect(await run(({ meta }) => meta.get('half'))).toBeUndefined()
    })

    it('lets one of many rivals that read before they write win', async () => {
      const owner = newDevice()
      const rivals = Array.from({ length: 32 }, (_, i): StoredHead => ({
        device: owner.device,
        account: owner.account,
        sequence: 1,
        signed: Uint8Array.of(i),
      }))
      const won = await Promise.all(
        rivals.map((head) =>
          run(async ({ heads }) => {
            if ((await heads.newest(owner.account, owner.device)) !== undefined) return false
            await heads.put(head)
            return true
          }),
        ),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await run(({ heads }) => heads.ofAccount(owner.account))).toEqual([rivals[won.indexOf(true)]])
    })

    it('refuses text with a zero character, and keeps any other text and any bytes as they are', async () => {
      await expect(run(({ meta }) => meta.putOnce('zero\0', random.bytes(1)))).rejects.toThrow()
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      for (const [text, bytes] of [
        ["'; drop table meta; --", new Uint8Array(0)],
        ['ü 漢 🗝', all],
        ['', all.subarray(3, 5)],
      ] as const) {
        await run(({ meta }) => meta.putOnce(text, new Uint8Array(bytes)))
        expect(await run(({ meta }) => meta.get(text))).toEqual(new Uint8Array(bytes))
      }
    })

    it('keeps integers up to the largest safe one, and refuses others', async () => {
      const one = newDevice()
      const keeping = { limitBytes: Number.MAX_SAFE_INTEGER, freeBytes: 0, paused: true }
      await run(async ({ devices }) => {
        await devices.put(one)
        await devices.setKeeping(one.device, keeping)
      })
      expect(await run(({ devices }) => devices.keepers())).toContainEqual({
        keeper: one.device,
        account: one.account,
        block: one.block,
        platform: one.platform,
        stated: {},
        seenShare: undefined,
        knownSince: undefined,
        seenAt: one.seenAt,
        ...keeping,
      })
      for (const limitBytes of [0.5, Number.NaN, Infinity]) {
        await expect(run(({ devices }) => devices.setKeeping(one.device, { ...keeping, limitBytes }))).rejects.toThrow()
      }
    })

    it('knows since when a keeper comes and goes', async () => {
      const one = newDevice()
      await run(async ({ devices, presences }) => {
        await devices.put(one)
        await devices.setKeeping(one.device, { limitBytes: 5, freeBytes: 5, paused: false })
        await presences.put({ ...presence(one.device, 500), gone: true })
      })
      const keepers = await run(({ devices }) => devices.keepers())
      expect(keepers.find(({ keeper }) => keeper === one.device)?.knownSince).toBe(5)
    })

    it('keeps when a pause is to end, and only while it lasts', async () => {
      const one = newDevice()
      await run(({ devices }) => devices.put(one))
      const offered = { limitBytes: 5, freeBytes: 5 }
      for (const [said, until] of [
        [{ ...offered, paused: true, until: 7e12 }, 7e12],
        [{ ...offered, paused: true }, undefined],
        [{ ...offered, paused: true, until: 8e12 }, 8e12],
        [{ ...offered, paused: false, until: 9e12 }, undefined],
      ] as const) {
        await run(({ devices }) => devices.setKeeping(one.device, said))
        const keepers = await run(({ devices }) => devices.keepers())
        expect(keepers.find(({ keeper }) => keeper === one.device)?.until).toBe(until)
      }
    })

    it('knows a device as it was last seen', async () => {
      const one = newDevice()
      const moved = { block: 'elsewhere', platform: 'firefox-windows', seenAt: 2 } as const
      await run(({ devices }) => devices.put(one))
      await run(({ devices }) => devices.put({ ...one, ...moved }))
      expect(await run(({ devices }) => devices.get(one.device))).toEqual({ ...one, ...moved })
      await run(({ devices }) => devices.seen(one.device, 'third', 3))
      const stated = { hours: [0, 1, 2, 3, 4, 5, 6], next: { from: 7 } }
      await run(({ devices }) => devices.setKeeping(one.device, { limitBytes: 1, freeBytes: 1, paused: false }, stated))
      expect(await run(({ devices }) => devices.statedHours(one.device))).toEqual(stated)
      const places = await run(({ devices }) => devices.places([one.device, device()]))
      expect([...places]).toEqual([
        [one.device, { account: one.account, block: 'third', platform: moved.platform, stated, seenShare: undefined }],
      ])
      expect(await run(({ devices }) => devices.get(device()))).toBeUndefined()
    })

    it('keeps the devices of an account, what they say of themselves, and the last word of each', async () => {
      const [owner, other] = [account(), account()]
      const [one, two] = [
        { ...newDevice(), account: owner },
        { ...newDevice(), account: owner },
      ]
      const record = random.bytes(300)
      await run(async ({ devices, deviceRecords }) => {
        for (const each of [one, two, { ...newDevice(), account: other }]) await devices.put(each)
        await deviceRecords.put(one.device, owner, random.bytes(300))
        await deviceRecords.put(one.device, owner, record)
      })
      const listed = await run(({ devices }) => devices.ofAccount(owner))
      expect(listed).toHaveLength(2)
      expect(listed).toEqual(expect.arrayContaining([one, two]))
      expect(await run(({ deviceRecords }) => deviceRecords.ofAccount(owner))).toEqual(new Map([[one.device, record]]))
      expect(await run(({ deviceRecords }) => deviceRecords.ofAccount(other))).toEqual(new Map())
    })

    it('keeps removals in the order of their epochs, each once, and the newest envelope of a device', async () => {
      const [owner, other, who] = [account(), account(), device()]
      const removals = [random.bytes(200), random.bytes(200), random.bytes(200)]
      await run(async ({ revocations }) => {
        for (const epoch of [2, 1, 3]) await revocations.add(owner, epoch, removals[epoch - 1] ?? random.bytes(1))
        await revocations.putEnvelope(owner, who, random.bytes(80))
        await revocations.putEnvelope(owner, who, removals[0] ?? random.bytes(1))
        await revocations.putEnvelope(other, who, removals[1] ?? random.bytes(1))
      })
      expect(await run(({ revocations }) => revocations.ofAccount(owner))).toEqual(removals)
      expect(await run(({ revocations }) => revocations.ofAccount(account()))).toEqual([])
      expect(await run(({ revocations }) => revocations.accounts())).toContain(owner)
      expect(await run(({ revocations }) => revocations.envelope(owner, who))).toEqual(removals[0])
      expect(await run(({ revocations }) => revocations.envelope(other, who))).toEqual(removals[1])
      expect(await run(({ revocations }) => revocations.envelope(owner, device()))).toBeUndefined()
      expect(await run(({ revocations }) => revocations.envelope(account(), who))).toBeUndefined()
      await expect(run(({ revocations }) => revocations.add(owner, 3, random.bytes(9)))).rejects.toThrow()
    })

    it('keeps the newest head of a device in each account that signs for it, and tells how far those of an account are', async () => {
      const [owner, other, who] = [account(), account(), device()]
      const head = (of: typeof owner, sequence: number): StoredHead => ({
        account: of,
        device: who,
        sequence,
        signed: random.bytes(90),
      })
      const [old, newest, foreign] = [head(owner, 1), head(owner, 2), head(other, 2 ** 50)]
      await run(async ({ heads }) => {
        for (const each of [old, newest, foreign]) await heads.put(each)
      })
      await run(async ({ heads }) => {
        expect(await heads.newest(owner, who)).toEqual(newest)
        expect(await heads.newest(other, who)).toEqual(foreign)
        expect(await heads.newest(owner, device())).toBeUndefined()
        expect(await heads.ofAccount(owner)).toEqual([newest])
        expect(await heads.sequences([owner, account()])).toEqual([{ account: owner, device: who, sequence: 2 }])
        expect(await heads.sequences([owner, other])).toHaveLength(2)
        expect(await heads.sequences([])).toEqual([])
      })
    })

    it('keeps the newest statement of each device that was given up, by account', async () => {
      const [owner, other, who, its] = [account(), account(), device(), device()]
      const [old, newest, second] = [random.bytes(150), random.bytes(150), random.bytes(150)]
      await run(async ({ revocations }) => {
        await revocations.putGivenUp(owner, who, old)
        await revocations.putGivenUp(owner, who, newest)
        await revocations.putGivenUp(owner, its, second)
        // Whose device that is, nobody has checked: an account must not reach into the rows of another.
        await revocations.putGivenUp(other, who, old)
      })
      const givenUp = (of: ReturnType<typeof account>) => run(({ revocations }) => revocations.givenUp(of))
      expect(await givenUp(owner)).toEqual(
        new Map([
          [who, newest],
          [its, second],
        ]),
      )
      expect(await givenUp(other)).toEqual(new Map([[who, old]]))
      expect(await givenUp(account())).toEqual(new Map())
    })

    it('keeps who comes and goes, and finds in order who is to be found gone', async () => {
      const all = [device(), device(), device(), device()]
      const [early, late, found, here] = all.map((each, i) => presence(each, 1000 * i + 1e6)) as [
        StoredPresence,
        StoredPresence,
        StoredPresence,
        StoredPresence,
      ]
      const online = { ...here, goneAt: undefined, history: { ...here.history, online: true, backAt: undefined } }
      await run(async ({ presences }) => {
        for (const each of [late, early, { ...found, gone: true, goneAt: 1 }, online]) await presences.put(each)
      })
      const read = () => run(({ presences }) => presences.get(all))
      expect((await read()).get(early.device)).toEqual(early)
      expect((await read()).get(online.device)).toEqual(online)
      expect(await run(({ presences }) => presences.get([device()]))).toEqual(new Map())
      expect(await run(({ presences }) => presences.online())).toEqual([online])
      const due = (now: number, limit: number) =>
        run(async ({ presences }) => (await presences.due(now, limit)).map((each) => each.device))
      expect(await due(1_001_000, 5)).toEqual([early.device, late.device])
      expect(await due(1_001_000, 1)).toEqual([early.device])
      expect(await due(1_000_999, 5)).toEqual([early.device])

      await run(({ presences }) => presences.shift(600, 1_000_100, 1_000_800))
      const moved = (await read()).get(early.device)
      expect(moved).toMatchObject({ goneAt: 1_000_800, history: { since: 700, backAt: 1000 } })
      expect((await read()).get(late.device)?.goneAt).toBe(1_001_600)
      expect((await read()).get(found.device)).toMatchObject({ goneAt: 1, gone: true })
      expect((await read()).get(online.device)).toMatchObject({ goneAt: undefined, history: { since: 700 } })
      await run(({ presences }) => presences.shift(5_000_000, 1_000_100, 0))
      expect((await read()).get(early.device)?.history.since).toBe(1_000_100)
    })

    it('replaces a value where it is asked to, and knows when a paused keeper means to be back', async () => {
      await run(({ meta }) => meta.put('changing', Uint8Array.of(1)))
      await run(({ meta }) => meta.put('changing', Uint8Array.of(2)))
      expect(await run(({ meta }) => meta.get('changing'))).toEqual(Uint8Array.of(2))
      const one = newDevice()
      const said = (until?: number) =>
        run(async ({ devices }) => {
          await devices.put(one)
          const rest = { paused: until !== undefined, ...(until === undefined ? {} : { until }) }
          await devices.setKeeping(one.device, { limitBytes: 1, freeBytes: 1, ...rest })
          return devices.backAt(one.device)
        })
      expect(await said(77)).toBe(77)
      expect(await said()).toBeUndefined()
      expect(await run(({ devices }) => devices.backAt(device()))).toBeUndefined()
    })

    it('has one keeper at an index at a time, and remembers the ones before', async () => {
      const group = { id: groupId(), owner: account() }
      const [first, second] = [device(), device()]
      await run(({ groups }) => groups.assign(group, 0, first, 1))
      await expect(run(({ groups }) => groups.assign(group, 0, second, 2))).rejects.toThrow()
      await run(async ({ groups }) => {
        await groups.end(group, 0, first, 2, 'unreachable')
        await groups.assign(group, 0, second, 2)
      })
      expect(await run(({ groups }) => groups.slots(group))).toEqual([
        { index: 0, keeper: first, ended: { at: 2, reason: 'unreachable' } },
        { index: 0, keeper: second, ended: undefined },
      ])
      await run(async ({ groups }) => {
        await groups.end(group, 0, second, 3, 'full')
        await groups.assign(group, 0, first, 3)
      })
      expect(await run(({ groups }) => groups.slots(group))).toContainEqual({
        index: 0,
        keeper: first,
        ended: undefined,
      })
    })

    it('notes who takes over old shards only, and changes nothing for whoever is or was at the index', async () => {
      const group = { id: groupId(), owner: account() }
      const [current, past, next] = [device(), device(), device()]
      await run(async ({ groups }) => {
        await groups.assign(group, 0, past, 1)
        await groups.end(group, 0, past, 2, 'unreachable')
        await groups.assign(group, 0, current, 2)
        for (const each of [next, next, past, current]) await groups.assignPast(group, 0, each, 3)
      })
      const slots = await run(({ groups }) => groups.slots(group))
      expect(slots).toHaveLength(3)
      expect(slots).toEqual(
        expect.arrayContaining([
          { index: 0, keeper: past, ended: { at: 2, reason: 'unreachable' } },
          { index: 0, keeper: current, ended: undefined },
          { index: 0, keeper: next, ended: { at: 3, reason: 'handed-over' } },
        ]),
      )
    })

    it('has groups of one id of several owners, each with keepers of its own', async () => {
      const id = groupId()
      const [first, second, keeper] = [account(), account(), device()]
      await run(async ({ groups }) => {
        await groups.add({ ...newGroup(id), owner: first, rebuilt: true })
        await groups.add({ ...newGroup(id), owner: second })
        await groups.assign({ id, owner: second }, 0, keeper, 1)
        await groups.addBytes({ id, owner: second }, 7)
        await groups.markRebuilt({ id, owner: first })
      })
      const found = await run(({ groups }) => groups.ofId(id))
      expect(found.map(({ owner }) => owner)).toEqual([first, second].sort())
      expect(await run(({ groups }) => groups.get({ id, owner: first }))).toMatchObject({
        rebuilt: true,
        storedBytes: 0,
      })
      expect(await run(({ groups }) => groups.get({ id, owner: second }))).toMatchObject({
        rebuilt: false,
        storedBytes: 7,
      })
      expect(await run(({ groups }) => groups.get({ id, owner: account() }))).toBeUndefined()
      expect(await run(({ groups }) => groups.slots({ id, owner: first }))).toEqual([])
      expect(await run(({ groups }) => groups.wasGiven(keeper, 0, first))).toBe(false)
      expect(await run(({ groups }) => groups.wasGiven(keeper, 0, second))).toBe(true)
      expect(await run(({ groups }) => groups.ownersServed(keeper, [first, second]))).toEqual(new Set([second]))
    })

    it('finds the newest group of an owner that was not rebuilt', async () => {
      const owner = account()
      const [older, newer, rebuilt] = [groupId(), groupId(), groupId()]
      await run(async ({ groups }) => {
        await groups.add({ ...newGroup(older), owner, madeAt: 1 })
        await groups.add({ ...newGroup(newer), owner, madeAt: 2 })
        await groups.add({ ...newGroup(rebuilt), owner, madeAt: 3, rebuilt: true })
      })
      expect((await run(({ groups }) => groups.newest(owner)))?.id).toBe(newer)
      await run(({ groups }) => groups.markRebuilt({ id: newer, owner }))
      expect((await run(({ groups }) => groups.newest(owner)))?.id).toBe(older)
      expect(await run(({ groups }) => groups.newest(account()))).toBeUndefined()
    })

    it('never changes a committed pack, but completes one that a keeper brought', async () => {
      const record = random.bytes(100)
      const brought = { id: pack(), owner: account(), group: groupId(), k: 2, n: 6, committedAt: undefined }
      const committed = { ...brought, group: groupId(), committedAt: 7 }
      const read = () => run(async ({ packs }) => (await packs.get([brought.id])).get(brought.id))
      await run(({ packs }) => packs.add(brought, record))
      expect(await read()).toEqual(brought)
      await run(({ packs }) => packs.add(committed, record))
      await run(({ packs }) => packs.add(brought, random.bytes(5)))
      expect(await read()).toEqual(committed)
      expect(await run(({ packs }) => packs.record(brought.id))).toEqual(record)
      expect(await run(({ packs }) => packs.get([]))).toEqual(new Map())
    })

    it('keeps claims apart from holders until they are settled, and counts those of each keeper', async () => {
      const [unknown, other] = [pack(), pack()]
      const [keeper, second, group] = [device(), device(), groupId()]
      const claim = (id: PackId, who: DeviceId, index: number, seenAt = 5): Holder => ({
        ...{ pack: id, index, keeper: who, group, seenAt },
      })
      const add = (who: DeviceId, ...claims: Holder[]) =>
        run(async ({ packs }) => {
          await packs.addClaims(claims)
          return (await packs.claimCounts(who, 0)).unknown
        })
      expect(await add(keeper, claim(unknown, keeper, 1), claim(other, keeper, 2))).toBe(2)
      expect(await add(keeper, claim(unknown, keeper, 1, 6))).toBe(2)
      expect(await add(second, claim(unknown, second, 0))).toBe(1)
      expect(await run(({ packs }) => packs.holders([unknown]))).toEqual([])
      const all = [claim(unknown, second, 0), claim(unknown, keeper, 1, 6)]
      expect(await run(({ packs }) => packs.claims([unknown]))).toEqual(all)
      await run(({ packs }) => packs.settleClaims(unknown))
      expect(await run(({ packs }) => packs.claims([unknown]))).toEqual([])
      expect(await run(({ packs }) => packs.holders([unknown]))).toEqual(all)
      await run(({ inventories }) => inventories.complete(keeper, 6))
      expect(await add(keeper)).toBe(0)

      // Of a known one they are counted apart, and go with it.
      const known = { id: pack(), owner: account(), group, k: 2, n: 6, committedAt: 7 }
      await run(({ packs }) => packs.add(known, random.bytes(5)))
      await add(keeper, claim(other, keeper, 3, 7), claim(known.id, keeper, 0, 7))
      expect(await run(({ packs }) => packs.claimCounts(keeper, 7))).toEqual({ known: 1, unknown: 1 })
      expect(await run(({ packs }) => packs.claimCounts(keeper, 8))).toEqual({ known: 0, unknown: 0 })
      await run(({ packs }) => packs.remove(known.id))
      expect(await run(({ packs }) => packs.claims([known.id, other]))).toEqual([claim(other, keeper, 3, 7)])
    })

    it('notes no more than fits into one inventory of a keeper whose inventories never come to an end', async () => {
      const identity = await newIdentity()
      const drawn = { id: groupId(), owner: account(), k: 2, n: 6, storedBytes: 0, rebuilt: false, madeAt: 1 }
      await run(({ groups }) => groups.add(drawn))
      await run(({ groups }) => groups.assign(drawn, 0, device(), 1))
      const inventories = createInventories(database, { now: () => 100 }, 2, 4)
      const beside: PackId[] = []
      const report = async (takenAt: number, pages = 2) => {
        const own = { id: pack(), owner: account(), group: groupId(), k: 2, n: 6, committedAt: undefined }
        const other = { ...own, id: pack(), owner: drawn.owner, group: drawn.id, committedAt: 7 }
        beside.push(other.id)
        await run(({ packs }) => packs.add(own, random.bytes(5)))
        await run(({ packs }) => packs.add(other, random.bytes(5)))
        const shards = [own, other].map(({ id, group }) => ({ pack: id, index: 1, group }))
        const page = { takenAt, page: 0, pages, shards }
        return inventories.report(identity, await signInventoryPage(identity.deviceKey, page))
      }
      for (let takenAt = 10; takenAt < 20; takenAt += 1) await report(takenAt)
      expect(await run(({ audits }) => audits.count(identity.device, 100))).toBeLessThanOrEqual(5)
      expect((await run(({ packs }) => packs.claims(beside))).map(({ pack }) => pack)).toEqual(beside.slice(-1))
      expect(await run(({ inventories }) => inventories.running(identity.device))).toBe(19)
      const again = await Promise.allSettled(Array.from({ length: 10 }, () => report(19)))
      expect(again.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
      expect(await run(({ audits }) => audits.count(identity.device, 100))).toBeLessThanOrEqual(5)
      // One that came later than another that has begun changes nothing.
      const late = { takenAt: 15, page: 1, pages: 2, shards: [] }
      await inventories.report(identity, await signInventoryPage(identity.deviceKey, late))
      expect(await run(({ inventories }) => inventories.running(identity.device))).toBe(19)
      await report(20, 1)
      const whole = await Promise.allSettled(Array.from({ length: 10 }, () => report(20, 1)))
      expect(whole.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
      expect(await run(({ audits }) => audits.count(identity.device, 100))).toBeLessThanOrEqual(5)
    })

    it('knows packs that nobody has committed and nobody says to have a shard of any more', async () => {
      const group = groupId()
      const [left, held, said, committed] = [pack(), pack(), pack(), pack()]
      const all = [left, held, said, committed]
      await run(async ({ packs }) => {
        for (const id of all) {
          const committedAt = id === committed ? 7 : undefined
          await packs.add({ id, owner: account(), group, k: 2, n: 6, committedAt }, random.bytes(5))
        }
        await packs.addHolders([{ pack: held, index: 0, keeper: device(), group, seenAt: 1 }])
        await packs.addClaims([{ pack: said, index: 0, keeper: device(), group, seenAt: 1 }])
      })
      expect(await run(({ packs }) => packs.unheld(all))).toEqual([left])
    })

    it('notes as many shards of each inventory that its keeper was not given as it may have, each time', async () => {
      const identity = await newIdentity()
      const known = { id: pack(), owner: account(), group: groupId(), k: 2, n: 6, committedAt: 7 }
      await run(async ({ packs, groups }) => {
        const group = { ...known, id: known.group, storedBytes: 0, rebuilt: false, madeAt: 1 }
        await groups.add(group)
        await groups.assign(group, 0, device(), 1)
        await packs.add(known, random.bytes(5))
      })
      const inventories = createInventories(database, { now: () => 100 }, 2)
      for (const takenAt of [10, 11, 12]) {
        for (const page of [0, 1, 2]) {
          const shards = [{ pack: known.id, index: page + 1, group: known.group }]
          await inventories.report(
            { device: identity.device, account: identity.account },
            await signInventoryPage(identity.deviceKey, { takenAt, page, pages: 3, shards }),
          )
        }
        const claims = await run(({ packs }) => packs.claims([known.id]))
        expect(claims.map(({ index, seenAt }) => [index, seenAt])).toEqual([
          [1, takenAt],
          [2, takenAt],
        ])
      }
    })

    it('forgets one holder of one shard, and nobody beside it', async () => {
      const [one, other] = [pack(), pack()]
      const [leaves, stays, group] = [device(), device(), groupId()]
      const held = [
        { pack: one, index: 0, keeper: leaves },
        { pack: one, index: 0, keeper: stays },
        { pack: one, index: 1, keeper: leaves },
        { pack: other, index: 0, keeper: leaves },
      ]
      await run(({ packs }) => packs.addHolders(held.map((each) => ({ ...each, group, seenAt: 5 }))))
      for (let i = 0; i < 2; i += 1) {
        await run(({ packs }) => packs.removeHolder({ pack: one, index: 0, keeper: leaves }))
        const left = await run(({ packs }) => packs.holders([one, other]))
        expect(left).toHaveLength(3)
        expect(left).toEqual(
          expect.arrayContaining(held.slice(1).map((each) => expect.objectContaining(each) as unknown)),
        )
      }
    })

    it('knows condemned packs by owner and by keeper, each since the first time, until they are taken back', async () => {
      const [one, two, other] = [pack(), pack(), pack()]
      const [owner, stranger, keeper] = [account(), account(), device()]
      const condemned = (id: PackId, of = owner) => ({
        pack: id,
        owner: of,
        statement: random.bytes(300),
        since: 2 ** 41,
        servedAt: 7,
        droppedAt: undefined,
      })
      const mine = [condemned(one), condemned(two)].sort((a, b) => (a.pack < b.pack ? -1 : 1))
      await run(async ({ condemnations, packs }) => {
        for (const each of [...mine, condemned(other, stranger)]) await condemnations.add(each)
        await condemnations.add({ ...condemned(one), since: 5 })
        const held = { index: 0, keeper, group: groupId(), seenAt: 1 }
        await packs.addHolders([
          { ...held, pack: one },
          { ...held, pack: one, index: 1 },
          { ...held, pack: other },
        ])
      })
      await run(async ({ condemnations }) => {
        expect(await condemnations.ofOwner(owner, '', 10)).toEqual(mine)
        expect(await condemnations.ofOwner(owner, mine[0]?.pack ?? '', 10)).toEqual(mine.slice(1))
        expect(await condemnations.ofOwner(owner, '', 1)).toEqual(mine.slice(0, 1))
        expect((await condemnations.heldBy(keeper, '', 10)).map((each) => each.pack)).toEqual([one, other].sort())
        expect((await condemnations.heldBy(keeper, [one, other].sort()[0] ?? '', 10)).length).toBe(1)
        await condemnations.markDropped(one, 9)
        expect((await condemnations.ofOwner(owner, '', 10)).map((each) => each.pack)).toEqual([two])
        expect((await condemnations.get([one, one, two, pack()])).get(one)).toMatchObject({ droppedAt: 9 })
        expect((await condemnations.heldBy(keeper, '', 10)).length).toBe(2)
        await condemnations.renew(owner, 2 ** 42, 8)
        const after = await condemnations.get([one, two, other])
        expect([one, two, other].map((id) => after.get(id)?.since)).toEqual([2 ** 41, 2 ** 42, 2 ** 41])
        expect(after.get(two)?.servedAt).toBe(8)
        await condemnations.remove(two)
        expect(await condemnations.ofOwner(owner, '', 10)).toEqual([])
      })
    })

    it('counts how often packs of an account were condemned, and the time it could be asked', async () => {
      const [one, other] = [account(), account()]
      await run(async ({ condemnations }) => {
        await condemnations.addRound(one)
        await condemnations.addRound(one)
        expect(await condemnations.rounds(one)).toBe(2)
        expect(await condemnations.rounds(other)).toBe(0)
        expect(await condemnations.served()).toBeUndefined()
        await condemnations.putServed({ servedMs: 1, notedAt: 2 })
        await condemnations.putServed({ servedMs: 3, notedAt: 2 ** 41 })
        expect(await condemnations.served()).toEqual({ servedMs: 3, notedAt: 2 ** 41 })
      })
    })

    it('remembers heads of before for a while, and lists and forgets packs of an owner', async () => {
      const [who, owner, stranger] = [device(), account(), account()]
      const past = (sequence: number, of = owner) => ({
        device: who,
        account: of,
        sequence,
        signed: random.bytes(200),
        replacedAt: 100 + sequence,
        servedAt: 50 + sequence,
      })
      const heads = [past(1), past(2), past(3)]
      const foreign = past(2, account())
      await run(async (stores) => {
        for (const each of [foreign, ...heads]) await stores.heads.addPast(each)
        expect(await stores.heads.past(foreign.account, who, 9, 10)).toEqual([foreign])
        expect(await stores.heads.past(owner, who, 3, 10)).toEqual([heads[1], heads[0]])
        expect(await stores.heads.past(owner, who, 9, 1)).toEqual([heads[2]])
        expect(await stores.heads.past(stranger, who, 9, 10)).toEqual([])
        await stores.heads.forgetPast({ replacedAt: 1000, servedAt: 51 })
        await stores.heads.forgetPast({ replacedAt: 101, servedAt: 1000 })
        expect(await stores.heads.past(owner, who, 9, 10)).toHaveLength(3)
        await stores.heads.forgetPast({ replacedAt: 102, servedAt: 52 })
        expect(await stores.heads.past(owner, who, 9, 10)).toEqual([heads[2], heads[1]])
      })
      const mine = [pack(), pack()].sort()
      await run(async ({ packs }) => {
        const of = { owner, group: groupId(), k: 2, n: 6, committedAt: 4 }
        for (const id of mine) await packs.add({ ...of, id }, random.bytes(50))
        await packs.add({ ...of, id: pack(), owner: stranger }, random.bytes(50))
        expect((await packs.ofOwner(owner, '', 10)).map(({ id }) => id)).toEqual(mine)
        expect((await packs.ofOwner(owner, mine[0] ?? '', 10)).map(({ id }) => id)).toEqual(mine.slice(1))
        expect((await packs.ofOwner(owner, '', 1)).length).toBe(1)
        const [first, second] = mine
        if (first === undefined || second === undefined) throw new Error()
        await packs.remove(first)
        expect((await packs.get(mine)).has(first)).toBe(false)
        expect(await packs.record(first)).toBeUndefined()
        expect(await packs.record(second)).toBeDefined()
      })
    })

    it('finds the shard of a keeper at or after a point of the ring, or the first, and moves it', async () => {
      const [keeper, other, group] = [device(), device(), groupId()]
      const ids = ['10', '80', 'f0'].map((start) => idOf(parsePackId, concat(fromHex(start, 1), random.bytes(31))))
      const held = ids.map((id, index): Holder => ({ pack: id, index, keeper, group, seenAt: 5 }))
      const [first, second, third] = held
      if (first === undefined || second === undefined || third === undefined) throw new Error('three are made')
      await run(({ packs }) => packs.addHolders([...held, { ...first, keeper: other }]))
      const drawn = (point: string) => run(({ audits }) => audits.drawn(keeper, point))
      expect(await drawn('000000000000')).toEqual(first)
      expect(await drawn('200000000000')).toEqual(second)
      expect(await drawn(third.pack.slice(0, 12))).toEqual(third)
      expect(await drawn('ffffffffffff')).toEqual(first)
      expect(await run(({ audits }) => audits.drawn(device(), '000000000000'))).toBeUndefined()
      await run(({ audits }) => audits.redraw(first, 'f80000000000'))
      expect(await drawn('f60000000000')).toEqual(first)
      expect(await drawn('ffffffffffff')).toEqual(second)
      // Saying again that it holds them leaves them where they are.
      await run(({ packs }) => packs.addHolders([{ ...first, seenAt: 6 }]))
      expect(await drawn('f60000000000')).toEqual({ ...first, seenAt: 6 })
      expect(await run(({ audits }) => Promise.all([2, 9].map((most) => audits.count(keeper, most))))).toEqual([2, 3])
      const inOrder = await run(({ audits }) => Promise.all([0, 1, 2, 3].map((before) => audits.nth(keeper, before))))
      expect(inOrder).toEqual([second, third, { ...first, seenAt: 6 }, undefined])
    })

    it('keeps what a keeper is asked for, and finds whose time has come', async () => {
      const [soon, later, away] = [device(), device(), device()]
      const pending = { id: 'ab'.repeat(16), day: 20_000, pack: pack(), index: 3, leaf: 17, rounds: 2 }
      const all: StoredAudit[] = [
        { keeper: later, askAt: 20, owedAt: 1, number: 7, pending },
        { keeper: soon, askAt: 10, owedAt: 2, number: 0, pending: undefined },
        { keeper: away, askAt: undefined, owedAt: 3, number: 1, pending },
      ]
      await run(async ({ audits }) => {
        for (const audit of all) await audits.put(audit)
      })
      for (const audit of all) expect(await run(({ audits }) => audits.get(audit.keeper))).toEqual(audit)
      expect(await run(({ audits }) => audits.due(9, 10))).toEqual([])
      expect(await run(({ audits }) => audits.due(20, 10))).toEqual([soon, later])
      expect(await run(({ audits }) => audits.due(20, 1))).toEqual([soon])
      await run(({ audits }) =>
        audits.put({ keeper: later, askAt: undefined, owedAt: 1, number: 8, pending: undefined }),
      )
      expect(await run(({ audits }) => audits.due(30, 10))).toEqual([soon])
      expect((await run(({ audits }) => audits.get(later)))?.pending).toBeUndefined()
      expect(await run(({ audits }) => audits.get(device()))).toBeUndefined()
    })

    it('remembers what was not proven, and each reputation as it was', async () => {
      const [keeper, answer] = [device(), random.bytes(200)]
      const one = { pack: pack(), index: 1, keeper, at: 5, result: 'wrong', answer } as const
      const other = { pack: pack(), index: 2, keeper, at: 6, result: 'missing', answer: undefined } as const
      await run(async ({ audits }) => {
        await audits.disprove({ ...one, at: 1, result: 'silent', answer: undefined })
        for (const each of [one, other]) await audits.disprove(each)
      })
      const found = await run(({ audits }) => audits.disproofs([one.pack, other.pack, pack()]))
      expect(found).toHaveLength(2)
      expect(found).toEqual(expect.arrayContaining([one, other]))
      expect(await run(({ audits }) => audits.disproofs([]))).toEqual([])

      for (const barred of [undefined, { state: 'suspended', why: 'silent', at: 7, streak: 3 } as const]) {
        const lastWrongAt = barred && 6
        const reputation = {
          ...newReputation(3),
          lost: 1.25,
          passed: 4,
          failed: 2,
          lastProvenAt: 5,
          lastWrongAt,
          barred,
          unread: barred && ({ why: 'withheld', at: 8, left: 2 } as const),
        }
        await run(({ reputations }) => reputations.put(keeper, reputation))
        expect(await run(({ reputations }) => reputations.get(keeper))).toEqual(reputation)
        expect((await run(({ reputations }) => reputations.all())).get(keeper)).toEqual(reputation)
        const of = await run(({ reputations }) => reputations.of([keeper, keeper, device()]))
        expect(of).toEqual(new Map([[keeper, reputation]]))
      }
      expect(await run(({ reputations }) => reputations.get(device()))).toBeUndefined()
    })

    it('remembers when shards are read, what each reader said of a keeper until it is forgotten, and what a hand is worth', async () => {
      const [keeper, other, away] = [device(), device(), device()]
      const said = { reader: device(), outcome: 'withheld', at: 5, pack: pack(), index: 3 } as const
      const later = { ...said, reader: device(), outcome: 'served', at: 6 } as const
      await run(async ({ reads }) => {
        await reads.put(keeper, 20)
        await reads.put(other, 10)
        await reads.put(away, undefined)
        await reads.addReport(keeper, later)
        await reads.addReport(keeper, said)
        // Only what a reader says first counts.
        await reads.addReport(keeper, { ...said, outcome: 'served', at: 7 })
        await reads.put(keeper, 15)
      })
      expect(await run(({ reads }) => reads.get(keeper))).toEqual({ keeper, readAt: 15, reports: [said, later] })
      expect(await run(({ reads }) => reads.get(away))).toEqual({ keeper: away, readAt: undefined, reports: [] })
      expect(await run(({ reads }) => reads.get(device()))).toBeUndefined()
      expect(await run(({ reads }) => reads.due(15, 9))).toEqual([other, keeper])
      expect(await run(({ reads }) => reads.due(14, 9))).toEqual([other])
      expect(await run(({ reads }) => reads.due(15, 1))).toEqual([other])
      await run(({ reads }) => reads.forgetReports(keeper))
      expect((await run(({ reads }) => reads.get(keeper)))?.reports).toEqual([])

      const hand = { borneOut: 1.25, contradicted: 2.5, reachedAt: 4, barredUntil: 30 }
      expect(await run(({ hands }) => hands.get(keeper))).toEqual(newHand)
      await run(async ({ hands }) => {
        await hands.put(keeper, newHand)
        await hands.put(keeper, hand)
        await hands.put(other, newHand)
      })
      expect(await run(({ hands }) => hands.get(keeper))).toEqual(hand)
      expect(await run(({ hands }) => hands.barred(29))).toEqual(new Set([keeper]))
      expect(await run(({ hands }) => hands.barred(30))).toEqual(new Set())
    })

    it('moves what a keeper said last forward only, and forgets what its newest inventory did not confirm', async () => {
      const [kept, lost, later] = [pack(), pack(), pack()]
      const [keeper, other, group] = [device(), device(), groupId()]
      const holder = (id: PackId, who: DeviceId, seenAt: number): Holder => ({
        pack: id,
        index: 0,
        keeper: who,
        group,
        seenAt,
      })
      await run(({ packs }) =>
        packs.addHolders([
          holder(kept, keeper, 5),
          holder(lost, keeper, 5),
          holder(later, keeper, 50),
          holder(lost, other, 5),
        ]),
      )
      await run(({ packs }) => packs.addHolders([holder(kept, keeper, 10), holder(kept, keeper, 10)]))
      await run(({ packs }) => packs.addHolders([holder(kept, keeper, 1)]))
      const pages = await run(async ({ inventories }) => [
        await inventories.addPage(keeper, 10, 0),
        await inventories.addPage(keeper, 10, 0),
        await inventories.addPage(keeper, 10, 1),
        await inventories.addPage(keeper, 11, 0),
      ])
      expect(pages).toEqual([1, 1, 2, 1])
      await run(({ inventories }) => inventories.complete(keeper, 10))
      expect(await run(({ inventories }) => inventories.takenAt(keeper))).toBe(10)
      const left = await run(({ packs }) => packs.holders([kept, lost, later]))
      expect(left).toHaveLength(3)
      expect(left).toEqual(
        expect.arrayContaining([holder(kept, keeper, 10), holder(later, keeper, 50), holder(lost, other, 5)]),
      )
    })

    it('counts how packs are as it changes, and forgets them with the pack', async () => {
      const counts = async () => (await run(({ packs }) => packs.healthCounts())).filter(({ k }) => k === 29)
      const [owner, group] = [account(), groupId()]
      const [one, two, three] = [pack(), pack(), pack()] as const
      const of = { owner, group, k: 29, n: 80, committedAt: 4 }
      await run(async ({ packs }) => {
        for (const id of [one, two, three]) await packs.add({ ...of, id }, random.bytes(50))
      })
      expect(await counts()).toEqual([])
      await run(async ({ packs }) => {
        await packs.setHealth(one, { level: 'healthy', live: 80 })
        await packs.setHealth(two, { level: 'healthy', live: 80 })
        await packs.setHealth(two, { level: 'alarm', live: 31 })
        await packs.setHealth(two, { level: 'alarm', live: 31 })
      })
      const healthy = { k: 29, n: 80, health: { level: 'healthy', live: 80 }, packs: 1 }
      const alarmed = { k: 29, n: 80, health: { level: 'alarm', live: 31 }, packs: 1 }
      expect(await counts()).toEqual([alarmed, healthy])
      expect(await run(({ packs }) => packs.healthOf(owner))).toEqual(
        expect.arrayContaining([
          { group, ...healthy },
          { group, ...alarmed },
          { group, ...healthy, health: undefined },
        ]),
      )
      const named = { id: two, group, health: alarmed.health }
      expect(await run(({ packs }) => packs.atLevels(owner, ['urgent', 'alarm'], 5))).toEqual([named])
      // A pack that is added again keeps what is known of it.
      await run(({ packs }) => packs.add({ ...of, id: one }, random.bytes(50)))
      expect((await run(({ packs }) => packs.get([one]))).get(one)?.health).toEqual(healthy.health)
      await run(async ({ packs, condemnations }) => {
        await packs.remove(one)
        const statement = random.bytes(9)
        await condemnations.add({ pack: two, owner, statement, since: 1, servedAt: 1, droppedAt: undefined })
      })
      expect(await counts()).toEqual([alarmed])
      expect(await run(({ packs }) => packs.atLevels(owner, ['urgent', 'alarm'], 5))).toEqual([])
      expect(await run(({ packs }) => packs.healthOf(owner))).toEqual([{ group, ...healthy, health: undefined }])
    })

    it('adds up what a day brings, and forgets old days', async () => {
      await run(async ({ tallies }) => {
        await tallies.add(7, { gone: 2, watched: 2 ** 50 })
        await tallies.add(7, { gone: 3, online: 0 })
        await tallies.add(9, { gone: 1 })
      })
      expect(await run(({ tallies }) => tallies.from(7))).toEqual([
        { day: 7, tally: { gone: 5, watched: 2 ** 50 } },
        { day: 9, tally: { gone: 1 } },
      ])
      await run(({ tallies }) => tallies.forgetBefore(8))
      expect(await run(({ tallies }) => tallies.from(0))).toEqual([{ day: 9, tally: { gone: 1 } }])
    })

    it('finds watched keepers by when they were counted, whether they count or not', async () => {
      const [late, early, gone] = [device(), device(), device()]
      const seen = { shards: 3, countedAt: 500, goneAt: undefined }
      await run(async ({ watches }) => {
        await watches.put({ keeper: late, ...seen, countedAt: 600 })
        await watches.put({ keeper: early, ...seen, shards: 0 })
        await watches.put({ keeper: gone, ...seen, countedAt: 450, goneAt: 550 })
      })
      const due = async (by: number, limit = 5) =>
        (await run(({ watches }) => watches.due(by, limit))).map(({ keeper }) => keeper)
      expect(await due(600)).toEqual([gone, early, late])
      expect(await due(600, 1)).toEqual([gone])
      expect(await due(599)).toEqual([gone, early])
      expect(await run(({ watches }) => watches.get(gone))).toEqual({
        keeper: gone,
        ...seen,
        countedAt: 450,
        goneAt: 550,
      })
      expect(await run(({ watches }) => watches.keepers())).toBe(1)
      await run(({ watches }) => watches.shift(-100))
      expect((await run(({ watches }) => watches.get(gone)))?.goneAt).toBe(450)
      expect(await due(500)).toEqual([gone, early, late])
      expect(await due(349)).toEqual([])
    })
  })
}

const newDevice = () => ({
  device: device(),
  account: account(),
  certificate: random.bytes(100),
  block: '192.0.2.0/24',
  platform: NO_PLATFORM,
  seenAt: 1,
})
const newGroup = (id: GroupId) => ({ id, owner: account(), k: 2, n: 6, storedBytes: 0, rebuilt: false, madeAt: 1 })

const presence = (of: DeviceId, goneAt: number): StoredPresence => ({
  device: of,
  goneAt,
  gone: false,
  history: {
    firstSeenAt: 5,
    online: false,
    since: 100,
    backAt: 400,
    watchedMs: Array.from({ length: 24 }, (_, hour) => hour),
    onlineMs: Array.from({ length: 24 }, () => 0),
    hours: [0, 1, 2, 3, 4, 5, 6],
    absencesMs: [3, 1],
    announced: [{ at: 1, ms: 2 }],
  },
})
