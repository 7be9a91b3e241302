/** Something that went wrong, as a screen shows it: a sentence, what was special, and behind one click code and facts. */
import { codeOf, errorText, KeeptabError, messageOf, type ErrorCode, type ErrorData } from '../core/errors.ts'
import type { Stranger } from '../identity/recovery.ts'
import { eventLog } from './event-log.ts'
import { language, t, type Values } from './language.svelte.ts'
import { nameInText } from './visible-name.ts'

export interface Trouble {
  readonly code: ErrorCode
  /** Facts for the sentence that says what was special about this case. */
  readonly facts: ErrorData
  /** Typed words that are not in the list. */
  readonly strangers: readonly Stranger[]
  /** The same in English, by whoever threw it: for the Details panel, where there is no such sentence. */
  readonly detail: string | undefined
  /** For the Details panel: facts of the error, and for one we did not expect what the browser says. */
  readonly details: string
}

/** @returns `undefined` for what the person asked for: a dialog that was closed, work that was stopped */
export function troubleOf(thrown: unknown): Trouble | undefined {
  const code = isPartMissing(thrown) ? 'coordinator-unreachable' : codeOf(thrown)
  if (code === 'aborted') return undefined
  eventLog.note('trouble', { code })
  const data = (thrown as { data?: ErrorData }).data ?? {}
  const facts = Object.entries(data).map(([name, value]) => `${name}: ${String(value)}`)
  const message = messageOf(thrown)
  const known = message.startsWith(errorText[code])
  return {
    code,
    facts: data,
    strangers: (thrown as { strangers?: readonly Stranger[] }).strangers ?? [],
    detail: thrown instanceof KeeptabError ? thrown.detail : undefined,
    details: [...(known ? [] : [message]), ...facts].join('\n'),
  }
}

/** What happened and what was special about this case, in the language of the page; never the English of whoever threw it. */
export function sentenceOf({ code, facts, strangers = [] }: Told): string {
  return [t(`error.${code}`), specialOf(code, facts), ...strangers.map(strangerText)].filter(Boolean).join(' ')
}

type Told = Pick<Trouble, 'code' | 'facts'> & Partial<Trouble>

/** What was special about a case, where there are words for it and the facts that they need. */
export function specialOf(code: ErrorCode, facts: ErrorData): string | undefined {
  const id = `detail.${code}`
  if (!language.has(id)) return undefined
  try {
    return t(id, valuesOf(facts)) || undefined
  } catch {
    return undefined // not every case of an error knows all of them, and a screen that says it must never fail
  }
}

/** Why something could not be read or written. @param reason a browser's name for it, or one of ours */
export function reasonText(reason: string): string {
  const id = `reason.${reason}`
  return language.has(id) ? t(id) : t('reason.other', { reason: nameInText(reason) })
}

function strangerText({ word, position, near }: Stranger): string {
  const values = { position, word: nameInText(word) }
  if (near.length === 0) return t('phrase.stranger', values)
  const either = new Intl.ListFormat(language.locale, { type: 'disjunction' })
  return t('phrase.stranger.near', {
    ...values,
    near: either.format(near.map((word) => t('phrase.quoted', { word: nameInText(word) }))),
  })
}

/** The facts as a sentence takes them, in the language of the page now. */
const valuesOf = (facts: ErrorData): Values =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, valueOf(name, value)]))

function valueOf(name: string, value: ErrorData[string]): string | number {
  if (Array.isArray(value)) return new Intl.ListFormat(language.locale).format(value as readonly string[])
  if (typeof value === 'number') return value
  if (name === 'path') return nameInText(String(value))
  return name === 'reason' ? reasonText(String(value)) : String(value)
}

/** A part of the page is fetched when it is first needed, unless it is on this device already. Browsers say it so. */
const isPartMissing = (thrown: unknown): boolean =>
  /dynamically imported module|Importing a module script failed|Unable to preload/.test(messageOf(thrown))
