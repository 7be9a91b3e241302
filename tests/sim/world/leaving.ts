/**
 * Days in which keepers go as they should: they leave, keep less, or say when they will be back; or two are off for a
 * night while the coordinator is away for a week, which is nobody's absence.
 */
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
  await people.repeats(owner)
  await time.sleep(10 * MINUTE)

  time.grainMs = fate.oneOf([30, 60]) * MINUTE
  const chosen = new Set<KeeperMachine>()
  /** One that keeps something and that nothing has happened to. */
  const another = (): KeeperMachine => {
    const keeper = fate.oneOf(keepers.filter((one) => !chosen.has(one) && one.disk.shelf.shards.size > 0))
    chosen.add(keeper)
    diary.note(keeper.name)
    return keeper
  }
  for (const how of fate.some(world.fate.inTurn(pairs), 2)) {
    done[how] = (done[how] ?? 0) + 1
    diary.note(how)
    const before = world.arrived
    const moves = await ways[how](world, another, fate)
    await time.sleep(DAY)
    const made = world.arrived - before
    laws.test('each shard given up moves once')
    if (made !== moves) laws.broken(`One ${how}, and ${made} shards came to disks where ${moves} had to.`)
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

/** What keepers do, and how many shards that makes come to other disks. */
const ways = {
  async 'leaves'(world: World, another: () => KeeperMachine, fate: Fate) {
    const keeper = another()
    const moves = await givesUp(world, keeper, 0, fate)
    await keeper.stop()
    return moves
  },
  // With two of six shards away a pack is repaired, unless their absence is known to be none.
  async 'of two rests, and says until when'({ time }: World, another: () => KeeperMachine, fate: Fate) {
    const two = [another(), another()]
    const until = time.now() + fate.between(4, 6) * DAY
    for (const keeper of two) {
      await keeper.keeper?.pause(until)
      await keeper.stop()
    }
    await time.sleep(until - time.now())
    await Promise.all(two.map((keeper) => keeper.start()))
    return 0
  },
  async 'keeps less'(world: World, another: () => KeeperMachine, fate: Fate) {
    const keeper = another()
    const bytes = [...keeper.disk.shelf.shards.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    return givesUp(world, keeper, Math.floor(bytes * fate.between(0.2, 0.8)), fate)
  },
  async 'of two is off for a night, and the coordinator for a week'(
    { time, office }: World,
    another: () => KeeperMachine,
    fate: Fate,
  ) {
    const two = [another(), another()]
    for (const keeper of two) keeper.kill(fate.happens(0.5))
    await time.sleep(fate.between(0, 2) * HOUR)
    if (fate.happens(0.5)) office.kill()
    else await office.stop()
    await time.sleep(7 * DAY)
    await office.open()
    await time.sleep(fate.between(4, 12) * HOUR)
    await Promise.all(two.map((keeper) => keeper.start()))
    return 0
  },
}

/** What happens in one story, in this order or the other. */
const pairs = [
  ['leaves', 'of two rests, and says until when'],
  ['keeps less', 'of two is off for a night, and the coordinator for a week'],
] as const satisfies (keyof typeof ways)[][]

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
