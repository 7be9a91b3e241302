/** Refusals as HTTP: one status for every code, so that a forgotten one does not compile. */
import type { z } from 'zod'
import { codeOf, KeeptabError, type ErrorCode } from '../src/core/errors.ts'
import type { problemSchema } from '../src/protocol/coordinator-messages.ts'

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503

const statusOf: Readonly<Record<ErrorCode, Status>> = {
  'phrase-word-count': 400,
  'phrase-unknown-word': 400,
  'phrase-checksum': 400,
  'words-not-confirmed': 400,
  'words-gone': 400,
  'already-initialised': 409,
  'not-initialised': 409,
  'phrase-other-account': 400,
  'device-revoked': 401,
  'epoch-behind': 409,
  'revocation-forked': 409,
  'pairing-failed': 409,
  'certificate-invalid': 403,
  'signature-invalid': 403,
  'malformed': 400,
  'unsupported-version': 400,
  'decrypt-failed': 400,
  'decompress-failed': 400,
  'limit-exceeded': 413,
  'erasure-parameters': 400,
  'erasure-shards': 400,
  'too-few-shards': 409,
  'store-full': 409,
  'shard-unknown': 404,
  'shard-corrupt': 422,
  'store-failed': 500,
  'storage-gone': 500,
  'peer-unreachable': 503,
  'peer-refused': 409,
  'peer-impostor': 403,
  'connection-lost': 503,
  'timeout': 503,
  'coordinator-unreachable': 503,
  'not-signed-in': 401,
  'forbidden': 403,
  'not-found': 404,
  'conflict': 409,
  'too-many-requests': 429,
  'not-enough-keepers': 409,
  'head-rolled-back': 409,
  'head-forked': 409,
  'backup-first': 409,
  'nothing-to-restore': 404,
  'snapshot-unknown': 404,
  'snapshot-stays': 409,
  'path-unknown': 404,
  'source-unreadable': 400,
  'target-refused': 400,
  'target-differs': 400,
  'streams-unavailable': 400,
  'download-lost': 400,
  'incomplete': 409,
  'aborted': 503,
  'config-invalid': 500,
  'in-use': 409,
  'usage': 400,
  'internal': 500,
}

export interface Refusal {
  readonly status: Status
  readonly problem: z.output<typeof problemSchema>
}

/** What goes back for a thrown value. Of what was not expected nothing is told: the log has it. */
export function refusalOf(thrown: unknown): Refusal {
  const code = codeOf(thrown)
  const status = statusOf[code]
  if (code === 'internal' || !(thrown instanceof KeeptabError)) return { status, problem: { code, detail: '' } }
  const data = Object.fromEntries(Object.entries(thrown.data).filter(isFact))
  const some = Object.keys(data).length > 0
  return { status, problem: { code, detail: thrown.detail ?? '', ...(some ? { data } : {}) } }
}

const isFact = (entry: [string, unknown]): entry is [string, string | number | boolean] =>
  ['string', 'number', 'boolean'].includes(typeof entry[1])
