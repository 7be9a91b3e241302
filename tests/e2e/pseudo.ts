/**
 * A language that nobody speaks, made of English: every letter bears an accent and about every other one is doubled, which
 * makes it two fifths longer. What a screen shows without accents did not come out of the catalog; what does not fit there would not
 * fit in some real language either. It takes the place of Spanish in a copy of the built page, until Spanish is asked for.
 */
import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser'
import type { Page } from '@playwright/test'
import { en } from '../../src/app/messages/en.ts'
import { es } from '../../src/app/messages/es.ts'
import { root } from './program.ts'

/** Its tag on the page. Numbers and dates are written as in Spanish. */
export const PSEUDO = 'es'

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const accented = 'åƀçđéƒĝĥîĵķļɱñöþǫřšţûṽŵẋýžÅɃÇĐÉƑĜĤÎĴĶĻḾÑÖÞǪŘŠŢÛṼŴẊÝŽ'

/** The built page with this language in it, in a new folder. */
export async function pseudoPage(to: string): Promise<void> {
  await cp(join(root, 'dist'), to, { recursive: true })
  const assets = join(to, 'assets')
  const chunk = (await readdir(assets)).find((name) => new RegExp(`^${PSEUDO}-.*\\.js$`).test(name))
  if (chunk === undefined) throw new Error(`The built page has no catalog ${PSEUDO}.`)
  const messages = Object.fromEntries(Object.entries(en).map(([id, text]) => [id, pseudo(text)]))
  await writeFile(join(assets, chunk), `const languages = ${JSON.stringify([messages, es])}\n${EITHER}`)
}

/** What the page asks each time for what it says. */
const EITHER = `export const ${PSEUDO} = {}
for (const id in languages[0]) {
  const get = () => languages[Number(globalThis.speaksSpanish ?? 0)][id]
  Object.defineProperty(${PSEUDO}, id, { get, enumerable: true })
}`

/** Which of the two is spoken from the next change of the language on. */
export const speakSpanish = (page: Page, speaks: boolean): Promise<void> =>
  page.evaluate((speaks) => void Object.assign(globalThis, { speaksSpanish: speaks }), speaks)

/** A message, with all that it says changed and all that it takes as it was. */
const pseudo = (message: string): string => parse(message).map(strange).join('')

function strange(element: MessageFormatElement): string {
  switch (element.type) {
    case TYPE.literal:
      return stretched(element.value).replace(/'/g, "''").replace(/[{}#]/g, "'$&'")
    case TYPE.pound:
      return '#'
    case TYPE.argument:
      return `{${element.value}}`
    case TYPE.number:
      return `{${element.value}, number}`
    case TYPE.plural:
    case TYPE.select: {
      const options = Object.entries(element.options).map(
        ([key, { value }]) => `${key} {${value.map(strange).join('')}}`,
      )
      return `{${element.value}, ${element.type === TYPE.plural ? 'plural' : 'select'}, ${options.join(' ')}}`
    }
    default:
      throw new Error(`No message has had a part like ${JSON.stringify(element)} until now.`)
  }
}

const stretched = (text: string): string =>
  text.replace(/[aeinosu]/gi, '$&$&').replace(/[a-z]/gi, (letter) => accented[plain.indexOf(letter)] ?? letter)

/** Words on the page, also those that are only read out, that did not come out of the catalog; nor are they names or figures. */
export const plainWords = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap(wordsOf).filter((word) => /[a-z]/i.test(word) && !figures.has(word))),
]

const wordsOf = (text: string): string[] => text.match(/\p{L}{2,}/gu) ?? []

/** What dates and sizes are written with. */
const figures = new Set(
  (['short', 'long'] as const)
    .flatMap((length) => [
      ...['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'].map((unit) =>
        new Intl.NumberFormat(PSEUDO, { style: 'unit', unit, unitDisplay: length }).format(2),
      ),
      ...Array.from({ length: 73 }, (_, i) => new Date(2024, 0, 1 + 5 * i)).flatMap((date) => [
        date.toLocaleDateString(PSEUDO, { month: length, day: 'numeric', year: 'numeric' }),
        date.toLocaleDateString(PSEUDO, { weekday: length }),
      ]),
    ])
    .flatMap(wordsOf),
)
