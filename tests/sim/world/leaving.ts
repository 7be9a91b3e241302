/** Days in which keepers go as they should: they leave, keep less, or say when they will be back. */
import { DAY, HOUR, MINUTE, type Millis } from '../../../src/core/units.ts'
import type { Fate } from './fate.ts'
import type { Laws } from './laws.ts'
import type { People } from './people.ts'
import type { KeeperMachine, World } from './world.ts'

/** With nothing in its way, a keeper has handed over what it gives up within so long. */
const HANDING_OVER_MS: Millis = 12 * HOUR

export async function leaving(world: World, fate: Fate, laws: Laws, people: People): Promise<Record<string, number>> {
  const { time, keepers, diary } = world
  const done: Record<string, number> = {}
  for (let count = 9; count > 0; count -= 1) await world.addKeeper()
  await Promise.all(keepers.map((keeper) => keeper.start()))
  const owner = await world.addOwner()
  await people.settles(owner)
  await people.settles(owner)
  await time.sleep(10 * MINUTE)

  time.grainMs = fate.oneOf([15, 30]) * MINUTE
  const chosen = new Set<KeeperMachine>()
  for (const how of fate.some(Object.keys(ways) as (keyof typeof ways)[], 1 + fate.below(3))) {
    done[how] = (done[how] ?? 0) + 1
    const keeper = fate.oneOf(keepers.filter((one) => !chosen.has(one) && one.disk.shelf.shards.size > 0))
    chosen.add(keeper)
    diary.note(`${keeper.name} ${how}`)
    let made = 0
    world.onPut = () => void (made += 1)
    const moves = await ways[how](world, keeper, fate)
    await time.sleep(DAY)
    if (made !== moves) laws.broken(`${keeper.name} ${how}, and ${made} shards came to disks where ${moves} had to.`)
  }
  time.grainMs = 0
  await time.sleep(10 * MINUTE)
  const sound = world.sound(keepers.filter(({ isUp }) => isUp))
  for (const pack of world.placed.keys()) {
    const there = sound.get(pack)?.size ?? 0
    if (there < 6) laws.broken(`Of ${pack.slice(0, 6)} ${there} shards are left, although nobody went without a word.`)
  }
  await laws.restoredFromWords(owner)
  return done
}

/** What a keeper does, and how many shards that makes come to other disks. */
const ways = {
  async 'leaves'(world: World, keeper: KeeperMachine, fate: Fate) {
    const moves = await givesUp(world, keeper, 0, fate)
    await keeper.stop()
    return moves
  },
  async 'keeps less'(world: World, keeper: KeeperMachine, fate: Fate) {
    const bytes = [...keeper.disk.shelf.shards.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    return givesUp(world, keeper, Math.floor(bytes * fate.between(0.2, 0.8)), fate)
  },
  async 'rests, and says until when'({ time }: World, keeper: KeeperMachine, fate: Fate) {
    const until = time.now() + fate.between(1, 5) * DAY
    await keeper.keeper?.pause(until)
    await keeper.stop()
    await time.sleep(until - time.now())
    await keeper.start()
    return 0
  },
}

/** Hands over what is beyond this. @returns how many shards that were */
async function givesUp({ time }: World, keeper: KeeperMachine, limitBytes: number, fate: Fate): Promise<number> {
  const { shards } = keeper.disk.shelf
  const before = shards.size
  keeper.limitBytes = limitBytes
  await keeper.keeper?.setLimits({ limitBytes })
  if (fate.happens(0.5)) {
    await time.sleep(fate.between(0, 2 * MINUTE))
    keeper.kill()
    await keeper.start()
  }
  await time.sleep(HANDING_OVER_MS)
  return before - shards.size
}
