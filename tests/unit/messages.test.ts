import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import type { Way } from '../../src/app/backup.svelte.ts'
import { language, languageTags, t, type LanguageTag } from '../../src/app/language.svelte.ts'
import { en, type Messages } from '../../src/app/messages/en.ts'
import { reasonText, sentenceOf, specialOf, troubleOf } from '../../src/app/trouble.ts'
import { nameInText } from '../../src/app/visible-name.ts'
import { errorText, KeeptabError, type ErrorCode } from '../../src/core/errors.ts'
import { rootOf, wordsOf } from '../../src/identity/recovery.ts'

const catalogs = import.meta.glob<Record<string, Messages>>('../../src/app/messages/*.ts', { eager: true })
const messagesOf = (tag: LanguageTag): Messages => {
  const messages = catalogs[`../../src/app/messages/${tag}.ts`]?.[tag]
  if (messages === undefined) throw new Error(`${tag}.ts does not export ${tag}.`)
  return messages
}

/** File System Standard and File API: what reading and writing rejects with. */
const reasonsOfBrowsers = [
  'InvalidStateError',
  'NoModificationAllowedError',
  'NotAllowedError',
  'NotFoundError',
  'NotReadableError',
  'QuotaExceededError',
  'SecurityError',
  'TypeError',
  'TypeMismatchError',
]

/** The values a message takes, and how it takes them. */
function valuesIn(elements: readonly MessageFormatElement[]): Set<string> {
  const found = new Set<string>()
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue
    found.add(element.value)
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const option of Object.values(element.options)) for (const value of valuesIn(option.value)) found.add(value)
    }
  }
  return found
}

test('every language that a person can choose has a catalog, and every catalog can be chosen', () => {
  expect(Object.keys(catalogs).map((path) => /(\w+)\.ts$/.exec(path)?.[1])).toEqual(
    expect.arrayContaining([...languageTags]),
  )
  expect(Object.keys(catalogs)).toHaveLength(languageTags.length)
})

describe.each(languageTags)('%s', (tag) => {
  const messages = messagesOf(tag)

  test('says all that English says, and nothing else', () => {
    expect(Object.keys(messages).toSorted()).toEqual(Object.keys(en).toSorted())
  })

  test('every message is well formed and takes the values of the English one', () => {
    for (const [id, text] of Object.entries(messages)) {
      const english = en[id as keyof Messages]
      expect({ id, values: valuesIn(parse(text)) }).toEqual({ id, values: valuesIn(parse(english)) })
      expect(text.trim(), id).not.toBe('')
    }
  })

  test('what was special about an error is left out where a fact is missing, and no screen fails over it', async () => {
    await language.speak(tag)
    expect(specialOf('too-few-shards', { reachable: 0, needed: 2 })).toBeTruthy()
    for (const facts of [{}, { reachable: 0 }, { k: 2, present: 1 }]) {
      expect(specialOf('too-few-shards', facts)).toBeUndefined()
    }
  })

  test('what went wrong is said in its words: of no error does the English of whoever threw it reach the sentence', async () => {
    await language.speak(tag)
    const english = 'words of whoever threw it'
    for (const code of Object.keys(errorText) as ErrorCode[]) {
      const shown = troubleOf(new KeeptabError(code, english, { reason: 'NotAllowedError', path: 'a' }))
      if (shown === undefined) expect(code).toBe('aborted')
      else expect(sentenceOf(shown), code).not.toContain(english)
    }
  })

  test('why a browser does not read or write is said in its words, and in its own where there are none', async () => {
    await language.speak(tag)
    for (const reason of reasonsOfBrowsers) expect(reasonText(reason), reason).not.toContain(reason)
    expect(reasonText('UnheardOfError')).toContain(nameInText('UnheardOfError'))
    const refused = troubleOf(new KeeptabError('target-refused', 'a: b', { path: 'a', reason: 'QuotaExceededError' }))
    expect(refused && sentenceOf(refused)).toContain(messages['reason.QuotaExceededError'])
  })

  test('what is wrong with a typed phrase is said in its words, with the word and what may have been meant', async () => {
    await language.speak(tag)
    const words = wordsOf(new Uint8Array(32).fill(7))
    const said = (phrase: readonly string[]): string => {
      try {
        rootOf(phrase.join(' '))
      } catch (thrown) {
        const shown = troubleOf(thrown)
        if (shown !== undefined) return sentenceOf(shown)
      }
      throw new Error('the phrase was accepted')
    }
    const [first = '', second = '', ...rest] = words
    const wrong = said([`${first}x`, second, ...rest])
    expect(wrong).toContain(nameInText(`${first}x`))
    expect(wrong).toContain(nameInText(first))
    expect(wrong.startsWith(messages['error.phrase-unknown-word'])).toBe(true)
    expect(said([...words, 'qqqqqq'])).toContain(nameInText('qqqqqq'))
    expect(said(words.slice(1))).toContain(new Intl.NumberFormat(language.locale).format(23))
    expect(said([second, first, ...rest]).length).toBeGreaterThan(messages['error.phrase-checksum'].length)
  })

  test('plurals have a form for each number that the language tells apart', () => {
    const rules = new Intl.PluralRules(tag)
    const wanted = new Set(Array.from({ length: 1000 }, (_, number) => rules.select(number)))
    for (const [id, text] of Object.entries(messages)) {
      for (const element of parse(text)) {
        if (element.type !== TYPE.plural) continue
        expect(Object.keys(element.options), id).toEqual(expect.arrayContaining([...wanted]))
      }
    }
  })

  test('what to do after a failed test restore names the button that there is, and no other', async () => {
    await language.speak(tag)
    const said = (way: Way) => t('drill.failed.here', { way })
    for (const way of ['now', 'resume', 'counting', 'preview', 'choose', 'running'] as const) {
      expect(said(way).includes(messages['backup.now']), way).toBe(way === 'now')
    }
    expect(said('resume')).toContain(messages['backup.go-on'])
    expect(new Set([said('counting'), said('preview'), said('choose')]).size).toBe(3)
  })

  test('is spoken', async () => {
    await language.speak(tag)
    expect(t('count.files', { count: 5000 })).toBe(
      new IntlMessageFormat(messages['count.files'], language.locale).format({ count: 5000 }),
    )
  })
})
