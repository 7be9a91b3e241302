/** Something that went wrong, as a screen shows it: a sentence, what was special, and behind one click code and facts. */
import { codeOf, errorText, KeeptabError, messageOf, type ErrorCode, type ErrorData } from '../core/errors.ts'
import { eventLog } from './event-log.ts'
import { language, t, type Values } from './language.svelte.ts'

export interface Trouble {
  readonly code: ErrorCode
  /** Facts for the sentence that says what was special about this case. */
  readonly facts: ErrorData
  /** The same in the words of whoever threw it: for cases without such a sentence. */
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
    detail: thrown instanceof KeeptabError ? thrown.detail : undefined,
    details: [...(known ? [] : [message]), ...facts].join('\n'),
  }
}

/** What was special about a case, where there are words for it and the facts that they need. */
export function specialOf(code: ErrorCode, facts: ErrorData): string | undefined {
  const id = `detail.${code}`
  if (!language.has(id)) return undefined
  try {
    return t(id, valuesOf(facts))
  } catch {
    return undefined // not every case of an error knows all of them, and a screen that says it must never fail
  }
}

/** The facts as a sentence takes them, in the language of the page now. */
const valuesOf = (facts: ErrorData): Values =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, valueOf(value)]))

function valueOf(value: ErrorData[string]): string | number {
  if (Array.isArray(value)) return new Intl.ListFormat(language.locale).format(value as readonly string[])
  return typeof value === 'number' ? value : String(value)
}

/** A part of the page is fetched when it is first needed, unless it is on this device already. Browsers say it so. */
const isPartMissing = (thrown: unknown): boolean =>
  /dynamically imported module|Importing a module script failed|Unable to preload/.test(messageOf(thrown))
