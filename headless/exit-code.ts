/** What a shell script learns from the end of a command. */
import { codeOf, type ErrorCode } from '../src/core/errors.ts'

export const exitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  coordinatorUnreachable: 3,
  phrase: 4,
  notEnoughKeepers: 5,
  notEnoughShards: 6,
  partial: 7,
  /** Another process has the data folder; later it works. */
  busy: 8,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const

/** The exit code for any thrown value. */
export const exitCodeOf = (thrown: unknown): number => exitCodes[codeOf(thrown)]

const { failed, usage, coordinatorUnreachable, phrase, notEnoughKeepers, notEnoughShards, partial, busy, interrupted } =
  exitCode

export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  'phrase-word-count': phrase,
  'phrase-unknown-word': phrase,
  'phrase-checksum': phrase,
  'words-not-confirmed': phrase,
  'words-gone': phrase,
  'already-initialised': failed,
  'not-initialised': failed,
  'phrase-other-account': phrase,
  'device-revoked': failed,
  'epoch-behind': failed,
  'revocation-forked': failed,
  'pairing-failed': failed,
  'certificate-invalid': failed,
  'signature-invalid': failed,
  'malformed': failed,
  'unsupported-version': failed,
  'decrypt-failed': failed,
  'decompress-failed': failed,
  'limit-exceeded': failed,
  'erasure-parameters': failed,
  'erasure-shards': failed,
  'too-few-shards': notEnoughShards,
  'store-full': failed,
  'shard-unknown': failed,
  'shard-corrupt': failed,
  'store-failed': failed,
  'storage-gone': failed,
  'peer-unreachable': failed,
  'peer-refused': failed,
  'peer-impostor': failed,
  'connection-lost': failed,
  'timeout': failed,
  'coordinator-unreachable': coordinatorUnreachable,
  'not-signed-in': failed,
  'forbidden': failed,
  'not-found': failed,
  'conflict': failed,
  'too-many-requests': failed,
  'not-enough-keepers': notEnoughKeepers,
  'head-rolled-back': failed,
  'head-forked': failed,
  'backup-first': failed,
  'nothing-to-restore': failed,
  'snapshot-unknown': failed,
  'snapshot-stays': failed,
  'path-unknown': failed,
  'source-unreadable': failed,
  'target-refused': failed,
  'target-differs': usage,
  'streams-unavailable': failed,
  'download-lost': failed,
  'incomplete': partial,
  'aborted': interrupted,
  'config-invalid': usage,
  'in-use': busy,
  'usage': usage,
  'internal': failed,
}
