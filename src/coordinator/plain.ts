/** One question to a coordinator by somebody who has no session with it. */
import type { z } from 'zod'
import { errorText, KeeptabError, type ErrorCode } from '../core/errors.ts'
import { problemSchema } from '../protocol/coordinator-messages.ts'

const ANSWER_MS = 30_000

export interface PlainQuestion<Answer extends z.ZodType> {
  /** The coordinator's address, without a slash at its end. */
  readonly base: string
  readonly path: string
  readonly answer: Answer
  readonly body?: object | undefined
  readonly token?: string | undefined
  readonly send?: typeof fetch | undefined
}

/** @throws KeeptabError `coordinator-unreachable`, `malformed`, or what the coordinator answered */
export async function askPlainly<Answer extends z.ZodType>(question: PlainQuestion<Answer>): Promise<z.output<Answer>> {
  const { base, path, answer, body, token, send = fetch } = question
  let response: Response
  let text: string
  try {
    response = await send(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
