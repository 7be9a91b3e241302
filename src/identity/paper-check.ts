/**
 * What stays on a device of the 24 words once they are on paper: enough to tell whether three of them were read off the
 * right paper, and not enough to be of use to a thief. Only ever two triples exist, so that asking again gives nothing
 * more away: whoever guesses both has 66 of 256 bits (`docs/threat-model.md`).
 */
import { equal, utf8, type Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { slowHash } from '../core/crypto.ts'
import { slowHashTag } from '../core/derive.ts'
import { confirmQuestions, QUESTIONS, typedWord, WORD_COUNT } from './recovery.ts'

/** As it is stored: a new way of hashing gets a new `v`. */
export interface PaperCheck {
  readonly v: 1
  /** Places in the phrase, from 1, in rising order. */
  readonly positions: readonly number[]
  readonly salt: Bytes
  readonly iterations: number
  readonly hash: Bytes
}

const ITERATIONS = 600_000
const SALT_BYTES = 16
const HASH_BYTES = 32

/** Two checks of three words each that have no word in common. @param words all 24 */
export function paperChecks(words: readonly string[], random: Random): Promise<PaperCheck[]> {
  const first = confirmQuestions(random)
  const others = Array.from({ length: WORD_COUNT }, (_, i) => i + 1).filter((place) => !first.includes(place))
  const second = Array.from({ length: QUESTIONS }, () =>
    others.splice(Math.floor(random.fraction() * others.length), 1),
  ).flat()
  return Promise.all(
    [first, second.toSorted((a, b) => a - b)].map(async (positions): Promise<PaperCheck> => {
      const salt = random.bytes(SALT_BYTES)
      const chosen = positions.map((position) => words[position - 1] ?? '')
      return { v: 1, positions, salt, iterations: ITERATIONS, hash: await hashOf(chosen, salt, ITERATIONS) }
    }),
  )
}

/** Whether all three words are right; which of them is not, nobody can tell. @param answers in the order of the positions */
export async function provesPaper(check: PaperCheck, answers: readonly string[]): Promise<boolean> {
  return equal(await hashOf(answers.map(typedWord), check.salt, check.iterations), check.hash)
}

/** Never of fewer words than three: 11 bits would be guessed in an instant, however slow the hash. */
const hashOf = (words: readonly string[], salt: Bytes, iterations: number): Promise<Bytes> =>
  slowHash(utf8([slowHashTag.paper, ...words].join(' ')), salt, iterations, HASH_BYTES)
