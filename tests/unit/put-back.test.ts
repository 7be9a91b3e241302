/** A coordinator that is put back to an older copy in the middle of somebody's backup. */
import { expect, it } from 'vitest'
import { backup } from '../../src/backup/backup.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { MINUTE } from '../../src/core/units.ts'
import { sourceOf } from '../sim/network.ts'
import { Laws } from '../sim/world/laws.ts'
import { People } from '../sim/world/people.ts'
import { World, type KeeperMachine, type OwnerMachine } from '../sim/world/world.ts'

interface Scene {
  readonly world: World
  readonly people: People
  readonly owner: OwnerMachine
  /** From now on, with the first shard of which this is true. */
  readonly putBackTo: (copy: string, when: (keeper: KeeperMachine, pack: string) => boolean) => void
}

async function putBack(office: World['office'], copy: string): Promise<void> {
  office.kill()
  office.putBack(copy)
  await office.open()
}

/** @returns laws that were broken, and whether it was put back at all */
async function told(story: (scene: Scene) => Promise<void>) {
  let isPutBack: Promise<void> | undefined
  const { world } = await World.of(1, async (world) => {
    await world.office.open()
    const laws = new Laws(world)
    const people = new People(world, laws)
    for (let count = 8; count > 0; count -= 1) await world.addKeeper()
    await Promise.all(world.keepers.map((keeper) => keeper.start()))
    const owner = await world.addOwner()
    const { office } = world
    const putBackTo: Scene['putBackTo'] = (copy, when) => {
      world.onPut = (keeper, pack) => {
        if (!when(keeper, pack)) return
        isPutBack ??= putBack(office, copy)
      }
    }
    await story({ world, people, owner, putBackTo })
    await isPutBack
    await laws.restoredFromWords(owner)
  })
  return { wasPutBack: isPutBack !== undefined, violations: world.violations }
}

it('a backup ends well although its coordinator has forgotten which keeper it gave a place to', async () => {
  const seen = await told(async ({ world, people, owner, putBackTo }) => {
    await people.settles(owner)
    const keepsNothing = ({ disk }: KeeperMachine): boolean => disk.shelf.shards.size === 0
    const spare = world.keepers.filter(keepsNothing)
    putBackTo(world.office.copy(), (keeper) => spare.includes(keeper))
    world.keepers.find((keeper) => !keepsNothing(keeper))?.kill(true)
    await people.settles(owner)
  })
  expect(seen).toEqual({ wasPutBack: true, violations: [] })
})

it('a backup ends well although its coordinator has forgotten the group of a pack, and keepers tell it of it meanwhile', async () => {
  const seen = await told(async ({ world, people, owner, putBackTo }) => {
    const packs: string[] = []
    putBackTo(world.office.copy(), (_, pack) => {
      packs.push(pack)
      // The last pack of a backup has come to all its keepers, and is not committed.
      return new Set(packs).size === 3 && packs.filter((one) => one === pack).length === 5
    })
    await people.settles(owner)
  })
  expect(seen).toEqual({ wasPutBack: true, violations: [] })
})

it('a backup ends well although its coordinator forgets twice where its packs go', async () => {
  const { violations } = await told(async ({ owner }) => {
    await owner.run(async (context) => {
      const { coordinator } = context
      let begun = 0
      const forgetful: typeof coordinator = {
        ...coordinator,
        heads: () => ((begun += 1), coordinator.heads()),
        commitPack: (...pack) =>
          begun <= 2 ? Promise.reject(new KeeptabError('not-found')) : coordinator.commitPack(...pack),
      }
      const { state } = await backup({ ...context, coordinator: forgetful }, [sourceOf('home', {})])
      expect({ begun, state }).toEqual({ begun: 3, state: 'safe' })
    })
  })
  expect(violations).toEqual([])
})

it('words lead to a backup again that nobody but its owner knows of, as soon as it backs up with nothing changed', async () => {
  const { violations } = await told(async ({ world, people, owner }) => {
    const { office, keepers } = world
    const before = office.copy()
    await people.settles(owner)
    for (const { disk } of keepers) disk.shelf.heads.clear()
    await putBack(office, before)
    // Until keepers have told of what they keep, its packs are unknown, and it would send them again.
    await world.time.sleep(10 * MINUTE)
    await people.repeats(owner)
  })
  expect(violations).toEqual([])
})

it('words lead to the backup of a device that is gone, as soon as another one that knew of it backs up', async () => {
  const { violations } = await told(async ({ world, people, owner }) => {
    const { office, keepers } = world
    const before = office.copy()
    const gone = await world.addOwner(owner.root)
    await people.settles(gone)
    await people.settles(owner)
    for (const { disk } of keepers) disk.shelf.heads.clear()
    await putBack(office, before)
    // Until keepers have told of what they keep, its packs are unknown, and it would send them again.
    await world.time.sleep(10 * MINUTE)
    await people.repeats(owner)
  })
  expect(violations).toEqual([])
})
