import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { own } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { checkConfirmation, confirmQuestions, rootOf, wordsOf } from '../../src/identity/recovery.ts'

const root = own(Uint8Array.from({ length: 32 }, (_, i) => i * 7))
const words = wordsOf(root)
const roots = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(own)

function refusal(text: string): KeeptabError {
  try {
    rootOf(text)
  } catch (thrown) {
    if (thrown instanceof KeeptabError) return thrown
  }
  throw new Error('the phrase was accepted')
}

describe('words and root', () => {
  test('every root comes back from its 24 words', () => {
    fc.assert(
      fc.property(roots, (secret) => {
        expect(rootOf(wordsOf(secret).join(' '))).toEqual(secret)
      }),
    )
  })

  test('the words are the entropy of BIP-39 (Trezor vectors)', () => {
    expect(wordsOf(new Uint8Array(32))).toEqual([...Array<string>(23).fill('abandon'), 'art'])
    expect(wordsOf(own(new Uint8Array(32).fill(0xff)))).toEqual([...Array<string>(23).fill('zoo'), 'vote'])
    expect(wordsOf(own(new Uint8Array(32).fill(0x80))).at(-1)).toBe('bless')
  })

  test('case, numbering, commas and odd white space are forgiven', () => {
    const typed = words.map((word, i) => `${i + 1}. ${i % 2 ? word.toUpperCase() : word},`).join('\u00a0\n\t ')
    expect(rootOf(`\ufeff  ${typed}`)).toEqual(root)
    expect(rootOf(words.map((word, i) => `${i + 1}${word}`).join(';'))).toEqual(root)
    expect(rootOf(words.join(' ').replaceAll('a', '\uff41'))).toEqual(root) // full-width letters
  })

  test('words in numbered columns are put in the order of their numbers, others stay as they stand', () => {
    const rows = Array.from({ length: 8 }, (_, row) => [row, row + 8, row + 16])
    const columns = rows.map((places) => places.map((place) => `${place + 1} ${words[place]}`).join('\t')).join('\n')
    expect(rootOf(columns)).toEqual(root)
    expect(rootOf(`1 ${words.join(' ')}`)).toEqual(root)
    expect(refusal(columns.replace('17', '16')).code).toBe('phrase-checksum')
  })

  test('of a text that is no phrase only the length is told', () => {
    const error = refusal('secret '.repeat(20_000))
    expect(error).toMatchObject({ code: 'phrase-word-count', data: { count: 20_000 }, strangers: [] })
    expect(error.message).not.toContain('secret')
    expect(refusal(words.with(0, 'x'.repeat(100_000)).join(' '))).toMatchObject({
      strangers: [{ position: 1, near: [] }],
    })
  })

  test('a wrong number of words is said with the number', () => {
    const error = refusal(words.slice(1).join(' '))
    expect(error.code).toBe('phrase-word-count')
    expect(error.data).toEqual({ count: 23 })
    expect(error.message).toContain('23')
    expect(refusal('').data).toEqual({ count: 0 })
  })

  test.each([
    ['abandn', 'abandon'],
    ['abuot', 'about'],
    ['elephants', 'elephant'],
    ['wierd', 'weird'],
  ])('“%s” is named with its place, and “%s” suggested', (typed, meant) => {
    const error = refusal(words.with(6, typed).join(' '))
    expect(error.code).toBe('phrase-unknown-word')
    expect(error.message).toContain(`Word 7, “${typed}”`)
    expect(error.message).toContain(`“${meant}”`)
    expect(JSON.stringify(error.data)).toBe('{"positions":["7"]}')
    expect(error).toMatchObject({ strangers: [{ position: 7, word: typed, near: [meant] }] })
  })

  test('every unknown word is named, and none of them reaches the data', () => {
    const error = refusal(words.with(0, 'qqqqqq').with(23, 'xxxxxx').join(' '))
    expect(error.message).toContain('Word 1, “qqqqqq”')
    expect(error.message).toContain('Word 24, “xxxxxx”')
    expect(JSON.stringify(error.data)).not.toMatch(/qqq|xxx/)
    expect(error).toMatchObject({
      strangers: [
        { position: 1, word: 'qqqqqq', near: [] },
        { position: 24, word: 'xxxxxx', near: [] },
      ],
    })
  })

  test('neighbours in the wrong order are suspected', () => {
    fc.assert(
      fc.property(roots, fc.nat(22), (secret, i) => {
        const right = wordsOf(secret)
        const [a = '', b = ''] = right.slice(i)
        const swapped = right
          .with(i, b)
          .with(i + 1, a)
          .join(' ')
        try {
          rootOf(swapped) // the same word twice, or the one in 256 that the checksum lets pass
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'phrase-checksum', data: { swapped: true } })
          expect((thrown as Error).message).toContain('wrong order')
        }
      }),
    )
  })

  test('known words that do not belong together fail the checksum', () => {
    expect(refusal(Array<string>(24).fill('abandon').join(' '))).toMatchObject({
      code: 'phrase-checksum',
      data: { swapped: false },
    })
  })
})

describe('confirming the words', () => {
  test('three different places are asked for, in order', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })), (chance) => {
        const next = () => chance.next().value as number
        const places = confirmQuestions({ fraction: next, bytes: (length) => new Uint8Array(length) })
        expect(new Set(places).size).toBe(3)
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        expect(places.every((place) => place >= 1 && place <= 24)).toBe(true)
      }),
    )
  })

  const answer = (position: number, word = words[position - 1] ?? '') => ({ position, word })

  test('the right words confirm, in any case and with spaces around', () => {
    expect(() =>
      checkConfirmation(words, [answer(1), answer(9), answer(24, ` ${words[23]?.toUpperCase()} `)]),
    ).not.toThrow()
  })

  test('a wrong, missing or misplaced word does not, and its place is named', () => {
    for (const wrong of ['', 'zoo', words[8] ?? '']) {
      expect(() => checkConfirmation(words, [answer(1), answer(2, wrong), answer(3)])).toThrow('word 2')
    }
    expect(() => checkConfirmation(words, [])).toThrow(KeeptabError)
  })
})
