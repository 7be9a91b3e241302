/** A story of a seed, told to its end. */
import { messageOf } from '../../../src/core/errors.ts'
import { tell, type Told } from './story.ts'
import { Violation, World } from './world.ts'

export interface ToldStory extends Told {
  readonly seed: number
  /** The same each time. */
  readonly digest: string
  /** Laws that were broken, in words. */
  readonly violations: readonly string[]
}

/** @param say hears every line of the diary */
export async function tellStory(seed: number, say?: (line: string) => void): Promise<ToldStory> {
  const { world, told } = await World.of(seed, tell, say)
  const violations = world.violations.map((one) =>
    one instanceof Violation ? one.message : (one.stack ?? messageOf(one)),
  )
  return { seed, digest: world.diary.digest, violations, ...told }
}

export const replayOf = (seed: number): string => `npm run sim -- world --seed ${seed} --diary`
