/**
 * No order of steps of two devices, no kill and no sleep of a month between any two of them loses a pack that a snapshot
 * needs. The coordinator is the real one, over its real database; the devices take the steps of `backup.ts`, `publish.ts`
 * and `retention.ts`, each step one request.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equal } from '../../src/core/bytes.ts'
import { codeOf } from '../../src/core/errors.ts'
import { idOf, parseGroupId, type PackId } from '../../src/core/ids.ts'
import { sha256 } from '../../src/core/crypto.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { headsDigest, signCondemnation } from '../../src/protocol/condemnation.ts'
import { openHead, packIdOf, signHead, signPackRecord } from '../../src/protocol/records.ts'

import { openDatabase } from '../../signaling/db/database.ts'
import type { Database } from '../../signaling/db/stores.ts'
import { createHeads, type Heads } from '../../signaling/heads.ts'
import { createRetention, type RetentionDesk } from '../../signaling/retention.ts'
import { newIdentity, random, temporaryFolder } from '../contract/coordinator-fixtures.ts'
import { DAY } from '../../src/core/units.ts'

type Program = AsyncGenerator<void, void>

class World {
  now = Date.UTC(2026, 0, 1)
  /** What each head needs, by its bytes in hexadecimal order of publication. */
  readonly needs: { readonly signed: Uint8Array; readonly packs: readonly PackId[] }[] = []

  readonly database: Database
  readonly desk: RetentionDesk
  readonly heads: Heads

  constructor(database: Database, desk: RetentionDesk, heads: Heads) {
    this.database = database
    this.desk = desk
    this.heads = heads
  }

  /** A month in which the coordinator is there, and at its end the keepers ask what to drop. */
  async month(device: Device): Promise<void> {
    this.now += 31 * DAY
    // As if it had been asked each day.
    await this.database.transaction(async ({ condemnations }) => {
      const servedMs = ((await condemnations.served())?.servedMs ?? 0) + 31 * DAY
      await condemnations.putServed({ servedMs, notedAt: this.now })
    })
    await this.desk.here(device.identity, undefined)
  }

  async known(packs: readonly PackId[]): Promise<ReadonlySet<PackId>> {
    return this.database.transaction(async (stores) => new Set((await stores.packs.get(packs)).keys()))
  }

  /** Everything that the newest heads need is there. */
  async check(device: Device): Promise<void> {
    for (const signed of await this.heads.newest(device.identity)) {
      const packs = this.needs.find((one) => equal(one.signed, signed))?.packs ?? []
      const known = await this.known(packs)
      expect(packs.filter((pack) => !known.has(pack))).toEqual([])
    }
  }
}

class Device {
  /** Where it believes contents to be: survives a kill. */
  readonly known = new Map<string, PackId>()

  readonly world: World
  readonly identity: DeviceIdentity

  constructor(world: World, identity: DeviceIdentity) {
    this.world = world
    this.identity = identity
  }

  async commit(): Promise<PackId> {
    const roots = Array.from({ length: 6 }, () => random.bytes(32))
    const record = await signPackRecord(this.identity, { k: 2, n: 6, shardBytes: 1024, roots })
    const id = await packIdOf(record)
    const { account: owner, device: keeper } = this.identity
    const group = idOf(parseGroupId, new Uint8Array(16))
    await this.world.database.transaction(async ({ packs }) => {
      await packs.add({ id, owner, group, k: 2, n: 6, committedAt: this.world.now }, record)
      await packs.addHolders([{ pack: id, index: 0, keeper, group, seenAt: this.world.now }])
    })
    return id
  }

  /** A snapshot of these contents. */
  async *backup(contents: readonly string[]): Program {
    const { desk, heads } = this.world
    for (;;) {
      const own = await this.#newest()
      yield
      const avoided = new Set((await desk.condemned(this.identity, undefined)).packs.map(({ pack }) => pack))
      for (const pack of this.#needsOf(own)) avoided.delete(pack)
      const needed: PackId[] = []
      for (const content of contents) {
        yield
        const before = this.known.get(content)
        const pack = before === undefined || avoided.has(before) ? await this.commit() : before
        this.known.set(content, pack)
        needed.push(pack)
      }
      yield
      let held = await this.#hold(needed)
      yield
      const there = await this.world.known(needed)
      if (held.gone || there.size < new Set(needed).size) {
        for (const [content, pack] of this.known) if (!there.has(pack)) this.known.delete(content)
        continue
      }
      yield
      const manifest = await this.commit()
      yield
      const previous = own === undefined ? null : await sha256(own)
      const sequence = own === undefined ? 1 : (await openHead(own)).sequence + 1
      const signed = await signHead(this.identity, { sequence, previous, manifest: [manifest] })
      this.world.needs.push({ signed, packs: [...needed, manifest] })
      for (;;) {
        try {
          await heads.publish(this.identity, { head: signed, rounds: held.rounds })
          return
        } catch (thrown) {
          if (codeOf(thrown) === 'not-found') break // the manifest itself is gone: all of it again
          if (codeOf(thrown) !== 'conflict') throw thrown
          yield
          const again = await this.#holdAgain([...needed, manifest])
          if (again.rounds === held.rounds) throw thrown
          held = again
          if (held.gone) break
          yield
        }
      }
      for (const [content, pack] of this.known) if (needed.includes(pack)) this.known.delete(content)
    }
  }

  async *collect(): Program {
    const { desk, heads } = this.world
    const newest = await heads.newest(this.identity)
    yield
    const live = new Set(newest.flatMap((signed) => this.#needsOf(signed)))
    const condemned = (await desk.condemned(this.identity, undefined)).packs.map(({ pack }) => pack)
    yield
    await desk.reprieve(
      this.identity,
      condemned.filter((pack) => live.has(pack)),
    )
    yield
    const all = (await desk.packs(this.identity, undefined)).packs.map(({ pack }) => pack)
    // Of whatever age: what is here believed to be young in the program only spares work.
    const due = all.filter((pack) => !live.has(pack) && !condemned.includes(pack))
    if (due.length === 0) return
    const statements = await Promise.all(due.map((pack) => signCondemnation(this.identity, pack, this.world.now)))
    yield
    try {
      await desk.condemn(this.identity, { statements, basis: await headsDigest(newest) })
    } catch (thrown) {
      if (!['conflict', 'not-found'].includes(codeOf(thrown))) throw thrown
    }
  }

  async #hold(needed: readonly PackId[]): Promise<{ rounds: number; gone: boolean }> {
    const { desk } = this.world
    const { rounds, packs } = await desk.condemned(this.identity, undefined)
    const condemned = packs.map(({ pack }) => pack).filter((pack) => needed.includes(pack))
    const stay = await desk.reprieve(this.identity, condemned)
    return { rounds, gone: stay.length < condemned.length }
  }

  async #holdAgain(needed: readonly PackId[]): Promise<{ rounds: number; gone: boolean }> {
    const { rounds } = await this.world.desk.condemned(this.identity, undefined)
    const stay = new Set(await this.world.desk.reprieve(this.identity, needed))
    return { rounds, gone: needed.some((pack) => !stay.has(pack)) }
  }

  async #newest(): Promise<Awaited<ReturnType<Heads['newest']>>[number] | undefined> {
    for (const signed of await this.world.heads.newest(this.identity)) {
      if ((await openHead(signed)).device === this.identity.device) return signed
    }
    return undefined
  }

  #needsOf(signed: Uint8Array | undefined): readonly PackId[] {
    return (signed && this.world.needs.find((one) => equal(one.signed, signed))?.packs) ?? []
  }
}

const content = fc.constantFrom('a', 'b', 'c')
type Action = { readonly do: 'backup'; readonly contents: string[] } | { readonly do: 'collect' }
const action = fc.oneof<fc.MaybeWeightedArbitrary<Action>[]>(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('backup' as const), contents: fc.uniqueArray(content) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('collect' as const) }) },
)
interface Step {
  readonly what: 'step' | 'kill' | 'month'
  readonly who: number
}
const step = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
  { weight: 20, arbitrary: fc.record({ what: fc.constant('step' as const), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('kill' as const), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.constant({ what: 'month' as const, who: 0 }) },
)

/** The second backup needs nothing of the first one, whose packs the last collection is to drop, whatever else is drawn. */
const outlived: [[Action[], Action[]], Step[]] = [
  [
    [
      { do: 'backup', contents: ['a'] },
      { do: 'backup', contents: ['b'] },
    ],
    [],
  ],
  [],
]

test('no interleaving of two devices loses a pack that a snapshot needs', async () => {
  // In memory where there is such a place: thousands of transactions would wait for the disk of whoever else uses it.
  const folder = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/keeptab-') : temporaryFolder()
  const database = await openDatabase({ dataDir: folder })
  const { deviceKey: key } = await newIdentity()
  let dropped = 0
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.array(action, { minLength: 2, maxLength: 5 }), fc.array(action, { minLength: 2, maxLength: 5 })),
        fc.array(step, { minLength: 20, maxLength: 70 }),
        async (plans, steps) => {
          const root = random.bytes(32)
          const clock = { now: (): number => world.now }
          const world: World = new World(
            database,
            createRetention({ database, key, clock }),
            createHeads(database, clock),
          )
          const devices = [new Device(world, await newIdentity(root)), new Device(world, await newIdentity(root))]
          // Both know where everything is, as devices do that have read each other's index.
          const shared = new Map<string, PackId>()
          const queues = plans.map((plan) => [...plan])
          const running: (Program | undefined)[] = [undefined, undefined]
          const advance = async (who: number): Promise<boolean> => {
            const device = devices[who]
            const next = running[who] === undefined ? queues[who]?.shift() : undefined
            if (device === undefined) return false
            if (next !== undefined) {
              if (next.do === 'backup') {
                for (const [name, pack] of shared) if (!device.known.has(name)) device.known.set(name, pack)
                running[who] = device.backup(next.contents)
              } else running[who] = device.collect()
            }
            const { done } = (await running[who]?.next()) ?? {}
            if (done === undefined) return false
            if (!done) return true
            running[who] = undefined
            for (const [name, pack] of device.known) shared.set(name, pack)
            await world.check(device)
            return true
          }
          for (const { what, who } of steps) {
            const [first] = devices
            if (first === undefined) throw new Error()
            if (what === 'kill') running[who] = undefined
            else if (what === 'step') await advance(who)
            else {
              await world.month(first)
              await world.check(first)
            }
          }
          for (const who of [0, 1]) while (await advance(who));
          const [first] = devices
          if (first === undefined) throw new Error()
          // Nobody looks again in time: what was published is safe as it is.
          await world.month(first)
          await world.check(first)
          const before = (await world.desk.packs(first.identity, undefined)).packs.length
          for await (const _ of first.collect());
          await world.month(first)
          await world.month(first)
          await world.check(first)
          dropped += before - (await world.desk.packs(first.identity, undefined)).packs.length
        },
      ),
      { numRuns: 60, endOnFailure: true, examples: [outlived] },
    )
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
  // The packs that nothing needs did go: the law would hold of a program that never drops anything.
  expect(dropped).toBeGreaterThan(0)
})
