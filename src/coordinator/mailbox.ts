/** The mailbox of two devices that meet, as one that has no account yet reaches it: nobody signs in. */
import { z } from 'zod'
import { errorText, KeeptabError, type ErrorCode } from '../core/errors.ts'
import { pairingMessageSchema, pairingSchema, problemSchema } from '../protocol/coordinator-messages.ts'
import type { Mailboxes } from './coordinator.ts'

const ANSWER_MS = 30_000

/** @param url the coordinator's address */
export function httpMailboxes(url: string, send: typeof fetch = fetch): Mailboxes {
  const base = url.replace(/\/+$/, '')
  const ask = async <Answer extends z.ZodType>(
    path: string,
    answer: Answer,
    body?: object,
  ): Promise<z.output<Answer>> => {
    let response: Response
    let text: string
    try {
      response = await send(`${base}/v1/pairings/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
      })
      text = await response.text()
    } catch (cause) {
      throw new KeeptabError('coordinator-unreachable', undefined, {}, cause)
    }
    if ([502, 503, 504].includes(response.status)) throw new KeeptabError('coordinator-unreachable')
    const parsed = (response.ok ? answer : problemSchema).safeParse(parseJson(text))
    if (!parsed.success) throw new KeeptabError('malformed')
    if (response.ok) return parsed.data as z.output<Answer>
    const { code } = parsed.data as z.output<typeof problemSchema>
    throw new KeeptabError(Object.hasOwn(errorText, code) ? (code as ErrorCode) : 'malformed')
  }
  return {
    read: (name) => ask(name, pairingSchema),
    async leave(name, slot, message) {
      await ask(`${name}/${slot}`, z.strictObject({}), z.encode(pairingMessageSchema, { message }))
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
