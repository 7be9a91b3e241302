/**
 * An owner that is gone for ever, with its machine: nobody is there but strangers. One after the other, every keeper that
 * it had given a shard to goes for good as well, and others come. What is left of it in the end no disk had from its hand.
 */
import { DAY, HOUR, MINUTE } from '../../../src/core/units.ts'
import type { Fate } from './fate.ts'
import type { Laws } from './laws.ts'
import type { People } from './people.ts'
import type { World } from './world.ts'

export async function alone(world: World, fate: Fate, laws: Laws, people: People): Promise<Record<string, number>> {
  const { time, keepers } = world
  for (let count = 7; count > 0; count -= 1) await world.addKeeper()
  await Promise.all(keepers.map((keeper) => keeper.start()))
  const owner = await world.addOwner()
  await people.settles(owner)
  await people.settles(owner)

  time.grainMs = fate.oneOf([4, 6, 8]) * HOUR
  laws.nothingIsMadeInVain()
  const first = keepers.filter(({ disk }) => disk.shelf.shards.size > 0)
  for (const keeper of fate.some(first, first.length)) {
    keeper.kill(true)
    await (await world.addKeeper()).start()
    // Grace of two days, a sweep, and more for whatever was tried in vain.
    await time.sleep(fate.between(4, 6) * DAY)
    laws.everythingIsRepaired()
  }
  time.grainMs = 0
  await time.sleep(10 * MINUTE)
  await laws.restoredFromWords(owner)
  return { 'keepers of the first hour gone': first.length }
}
