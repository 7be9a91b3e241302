/**
 * The 24 words on paper ↔ the 32-byte root secret. The words are the entropy of BIP-39 itself with its checksum
 * (English list), not the stretched seed that wallets derive: the root has full entropy, so stretching adds nothing.
 */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { own, type Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { KeeptabError, type ErrorCode, type ErrorData } from '../core/errors.ts'

export const WORD_COUNT = 24
/** How many words a person is asked for before the root is forgotten. */
export const QUESTIONS = 3
/** Suggestions for one unknown word, and how many typing errors apart they may be. */
const SUGGESTIONS = 3
const TYPING_ERRORS = 2
/** More words than this are another text, of which nothing is told word by word. */
const PHRASE_AND_CLUTTER = 2 * WORD_COUNT
/** The longest word of the list has eight letters: what is much longer is no mistyped one of them. */
const LONGEST_MISTYPED = 16

const known = new Set(wordlist)

/** A typed word that is not in the list. */
export interface Stranger {
  readonly word: string
  /** Its place in the phrase, from 1. */
  readonly position: number
  /** Words of the list that may have been meant, the likeliest first. */
  readonly near: readonly string[]
}

/** What is wrong with a typed phrase. `strangers` is for the eyes of whoever typed them, like the message; `data` is for logs. */
class PhraseError extends KeeptabError {
  readonly strangers: readonly Stranger[]

  constructor(code: ErrorCode, sentence: string, strangers: readonly Stranger[], data: ErrorData) {
    super(code, [sentence, ...strangers.map(describe)].join(' ').trim() || undefined, data)
    this.strangers = strangers
  }
}

/** The 24 words of a root secret. @param root 32 bytes */
export const wordsOf = (root: Bytes): string[] => entropyToMnemonic(root, wordlist).split(' ')

/**
 * The root secret of a typed phrase, 32 bytes. Case, commas and any white space are forgiven; numbers before all words
 * give their order, whatever columns they were pasted from.
 * Messages name a wrong word, because whoever typed it sees them; `data` does not, because it may end in a log.
 * @throws KeeptabError `phrase-word-count` {count}, `phrase-unknown-word` {positions}, or `phrase-checksum` {swapped};
 *   the first two say which words in `strangers`
 */
export function rootOf(text: string): Bytes {
  const words = inOrder(typedWords(text))
  const strangers = (words.length > PHRASE_AND_CLUTTER ? [] : words).flatMap((word, i) =>
    known.has(word) ? [] : [{ word, position: i + 1, near: nearestWords(word) }],
  )
  if (words.length !== WORD_COUNT) {
    const count = words.length
    throw new PhraseError('phrase-word-count', `There are ${count} here.`, strangers, { count })
  }
  if (strangers.length > 0) {
    const positions = strangers.map(({ position }) => String(position))
    throw new PhraseError('phrase-unknown-word', '', strangers, { positions })
  }
  const root = rootWithChecksum(words)
  if (root !== undefined) return root
  const swapped = neighboursSwapped(words)
  const suspicion = swapped ? 'Two words next to each other may be in the wrong order.' : undefined
  throw new KeeptabError('phrase-checksum', suspicion, { swapped })
}

interface TypedWord {
  readonly word: string
  /** The number before it, from 1. */
  readonly numbered?: number
}

/** The words of a typed or pasted text, in lower case, as they stand there; what is only punctuation is dropped. */
function typedWords(text: string): TypedWord[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
  return Array.from(
    plain.matchAll(/(?:(\d{1,3})[\s\p{P}\p{S}]*)?([^\s\p{P}\p{S}\d][^\s\p{P}\p{S}]*)/gu),
    ([, number, word]) => ({
      word: word ?? '',
      ...(number !== undefined && { numbered: Number(number) }),
    }),
  )
}

/** By their numbers where those count from 1 to the last, else as they stand there. */
function inOrder(typed: readonly TypedWord[]): string[] {
  const byNumber = typed.toSorted((a, b) => (a.numbered ?? 0) - (b.numbered ?? 0))
  const counted = byNumber.every(({ numbered }, i) => numbered === i + 1)
  return (counted ? byNumber : typed).map(({ word }) => word)
}

/** One word as it was typed, freed of what does not matter. */
export const typedWord = (text: string): string =>
  typedWords(text)
    .map(({ word }) => word)
    .join(' ')

function rootWithChecksum(words: readonly string[]): Bytes | undefined {
  try {
    return own(mnemonicToEntropy(words.join(' '), wordlist))
  } catch {
    return undefined
  }
}

/** Whether exchanging one word with the next makes a valid phrase: one wrong phrase in eleven does so by chance. */
const neighboursSwapped = (words: readonly string[]): boolean =>
  words.some((word, i) => {
    const next = words[i + 1]
    return next !== undefined && rootWithChecksum(words.with(i, next).with(i + 1, word)) !== undefined
  })

function describe({ word, position, near }: Stranger): string {
  const hint = near.length === 0 ? '' : ` Did you mean ${near.map((candidate) => `“${candidate}”`).join(' or ')}?`
  return `Word ${position}, “${word}”, is not in the list.${hint}`
}

/** Words of the list with the fewest typing errors between, those that share the first four letters before others. */
function nearestWords(typed: string): string[] {
  if (typed.length > LONGEST_MISTYPED) return []
  const start = typed.slice(0, 4)
  return wordlist
    .map((word) => ({ word, errors: typingErrors(typed, word), sameStart: word.startsWith(start) }))
    .filter(({ errors, sameStart }) => errors <= TYPING_ERRORS || (sameStart && start.length === 4))
    .toSorted((a, b) => Number(b.sameStart) - Number(a.sameStart) || a.errors - b.errors)
    .filter(({ errors, sameStart }, _, [best]) => sameStart === best?.sameStart && errors === best.errors)
    .slice(0, SUGGESTIONS)
    .map(({ word }) => word)
}

/** Letters missing, added, mistaken or exchanged with the next: optimal string alignment distance. */
function typingErrors(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const at = (line: number[], column: number) => line[column] ?? Infinity
      const same = a[i - 1] === b[j - 1]
      const exchanged = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        at(row, j - 1) + 1,
        at(last, j) + 1,
        at(last, j - 1) + Number(!same),
        exchanged ? at(beforeLast, j - 2) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? Infinity
}

/** Three different places in the phrase, from 1, in rising order. */
export function confirmQuestions(random: Random): number[] {
  const places = Array.from({ length: WORD_COUNT }, (_, i) => i + 1)
  const chosen = Array.from({ length: QUESTIONS }, () =>
    places.splice(Math.floor(random.fraction() * places.length), 1),
  )
  return chosen.flat().toSorted((a, b) => a - b)
}

/**
 * Compares what was typed with the words at the places asked for.
 * @throws KeeptabError `words-not-confirmed` {positions} naming the places that do not match
 */
export function checkConfirmation(
  words: readonly string[],
  answers: readonly { readonly position: number; readonly word: string }[],
): void {
  const wrong = answers.filter(({ position, word }) => typedWord(word) !== words[position - 1])
  if (wrong.length === 0 && answers.length === QUESTIONS) return
  const positions = wrong.map(({ position }) => String(position))
  const detail = positions.length === 0 ? undefined : `Not right: word ${positions.join(' and word ')}.`
  throw new KeeptabError('words-not-confirmed', detail, { positions })
}
