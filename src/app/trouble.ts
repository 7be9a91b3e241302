/** Something that went wrong, as a screen shows it: a sentence, and behind one click the code and the facts. */
import { codeOf, errorText, messageOf, type ErrorCode, type ErrorData } from '../core/errors.ts'

export interface Trouble {
  readonly text: string
  readonly code: ErrorCode
  /** For the Details panel: facts of the error, and for one we did not expect what the browser says. */
  readonly details: string
}

/** @returns `undefined` for what the person asked for: a dialog that was closed, work that was stopped */
export function troubleOf(thrown: unknown): Trouble | undefined {
  const code = codeOf(thrown)
  if (code === 'aborted') return undefined
  const message = messageOf(thrown)
  const data = (thrown as { data?: ErrorData }).data ?? {}
  const facts = Object.entries(data).map(([name, value]) => `${name}: ${String(value)}`)
  const known = message.startsWith(errorText[code])
  return { text: known ? message : errorText[code], code, details: [...(known ? [] : [message]), ...facts].join('\n') }
}
