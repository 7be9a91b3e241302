/**
 * The closed set of everything that can go wrong, each with a code, data for programs and words for people.
 * Branch on `code`, never on `instanceof`: an error that crossed a worker has lost its class.
 */

/** What a person reads: what happened, what it means for the data, what to do. `Record` makes a forgotten one a type error. */
export const errorText = {
  // identity
  'phrase-word-count': 'The phrase must have 24 words.',
  'phrase-unknown-word': 'One of the words is not in the word list.',
  'phrase-checksum': 'All words are known, but together they are not a valid phrase. Check the spelling and the order.',
  'words-not-confirmed': 'The words do not match. Look at the paper again and type the words that are asked for.',
  'words-gone': 'The words were confirmed on this device and are no longer stored on it. Use the printed kit.',
  'already-initialised': 'This place already holds an account. Choose another data folder, or go on with this one.',
  'not-initialised': 'There is no account here yet. Run init first, or give the 24 words.',
  'phrase-other-account': 'These are the words of another account. Nothing was changed.',
  'device-revoked':
    'This device was removed from its account with the 24 words. What it backed up stays restorable on the other devices; to use it again, add it again.',
  'epoch-behind':
    'A device was removed from this account, and this one has not been given the new keys. Nothing is lost: use the 24 words here, or add this device again.',
  'revocation-forked':
    'The coordinator shows another list of removed devices than before. It was refused; your backups are as they were.',
  'pairing-failed': 'The two devices did not come together. Nothing was handed over: close this and make a new code.',
  'certificate-invalid': 'A device certificate is not signed by the account it names. The other side was refused.',
  'signature-invalid': 'A signature is not valid. What it was on was refused and nothing was changed.',
  // formats
  'malformed': 'Something arrived in a form this version does not accept. It was refused and nothing was changed.',
  'unsupported-version': 'This was written by a newer version of Keeptab. Update, then try again.',
  'decrypt-failed': 'Stored data does not open with these keys. It is damaged or belongs to another account.',
  'decompress-failed': 'Stored data does not unpack to the size that was signed for it. It was refused.',
  'limit-exceeded': 'Something is larger than Keeptab accepts. It was refused and nothing was changed.',
  // erasure code
  'erasure-parameters': 'The numbers of the erasure code are out of range.',
  'erasure-shards': 'The shards handed to the erasure code do not fit together.',
  'too-few-shards':
    'Too few pieces can be reached to put the data together again. Restore again when more keepers are online.',
  // keeping
  'store-full': 'There is no room left. Nothing that is kept was touched.',
  'shard-unknown': 'This keeper does not have the shard that was asked for.',
  'shard-corrupt': 'A shard does not match its signed root. It was not used.',
  'store-failed': 'The disk or the browser storage refused to write. Nothing half-written is kept.',
  'storage-gone':
    'The browser has deleted everything that Keeptab had stored here. Leave this page open for a minute, so that the network hears of it, and load it again: your backups come back with the 24 words.',
  // transport
  'peer-unreachable': 'Another peer could not be reached.',
  'peer-refused': 'Another peer refused the request.',
  'peer-impostor':
    'The other side of a connection is not the device it claims to be. It was closed before any data moved.',
  'connection-lost': 'A connection to another peer was lost.',
  'timeout': 'No answer came in time.',
  // coordinator
  'coordinator-unreachable':
    'The coordinator cannot be reached. Nothing is lost: check the address and the network, then try again.',
  'not-signed-in': 'The coordinator does not know this session. Signing in again helps.',
  'forbidden': 'The coordinator refused: this belongs to another account.',
  'not-found': 'The coordinator has no such record.',
  'conflict': 'The coordinator already has another value here. Read it again, then decide.',
  'too-many-requests': 'Too many requests in a short time. Wait a little, then try again.',
  'not-enough-keepers':
    'There are not enough keepers in different places. Nothing is protected yet; try again when more are online.',
  'head-rolled-back': 'The coordinator shows an older backup than one that was seen before. The older one was refused.',
  'head-forked':
    'Two different backups claim the same place in the history of a device. Both are listed; neither was taken for the other.',
  // backup and restore
  'backup-first':
    'A device was removed from the account since the last backup here. Nothing was changed: back up once, then try this again.',
  'nothing-to-restore': 'There is no backup for these words at this coordinator.',
  'snapshot-unknown': 'There is no such snapshot.',
  'snapshot-stays': 'This snapshot stays: it is the newest of its device, or protected. Nothing was changed.',
  'path-unknown': 'There is no such path in this snapshot.',
  'source-unreadable': 'The folder cannot be read.',
  'target-refused': 'A file could not be written in the chosen place.',
  'target-differs': 'Something else is there already where files would go. Nothing was written.',
  'streams-unavailable':
    'This tab cannot show files before they are restored. Reload the page and try again; restoring works without it.',
  'download-lost':
    'The browser lost the download halfway, so the file is not whole. Delete it and start again; restoring to a folder, where the browser can, takes another way.',
  'incomplete': 'Some files could not be brought back. All others were.',
  'aborted': 'Stopped on request. What was finished is kept, and it goes on from there next time.',
  'config-invalid': 'A setting has a value that is not allowed.',
  'in-use': 'Another Keeptab is at work here. Try again when it has ended.',
  'usage': 'The command was not understood.',
  'internal': 'Keeptab made a mistake. Nothing was reported as safe that is not. Please report this.',
} as const

export type ErrorCode = keyof typeof errorText

const outOfAccount = ['device-revoked', 'epoch-behind', 'revocation-forked'] as const
/** What a device hears that cannot go on in its account by itself; the 24 words still open everything. */
export type OutOfAccount = (typeof outOfAccount)[number]
export const isOutOfAccount = (code: ErrorCode): code is OutOfAccount => outOfAccount.some((one) => one === code)

/** Facts about an error for programs and for the Details panel. Never a key, a word of a phrase or a file's content. */
export type ErrorData = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Thrown for everything expected to go wrong. `message` is `errorText[code]`, then what was special about this case. */
export class KeeptabError extends Error {
  override readonly name = 'KeeptabError'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly data: ErrorData

  constructor(code: ErrorCode, detail?: string, data: ErrorData = {}, cause?: unknown) {
    super(detail === undefined ? errorText[code] : `${errorText[code]} ${detail}`, { cause })
    this.code = code
    this.detail = detail
    this.data = data
  }
}

/** The code of any thrown value: its own when it carries a known one, `aborted` for an AbortError, else `internal`. */
export function codeOf(thrown: unknown): ErrorCode {
  if (typeof thrown !== 'object' || thrown === null) return 'internal'
  const { code, name } = thrown as { code?: unknown; name?: unknown }
  if (typeof code === 'string' && Object.hasOwn(errorText, code)) return code as ErrorCode
  return name === 'AbortError' ? 'aborted' : 'internal'
}

/** The message of any thrown value, for logs and the Details panel. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** The name of any thrown value: browsers tell kinds of errors apart by it, and by nothing else. */
export const nameOf = (thrown: unknown): string =>
  thrown instanceof Error || thrown instanceof DOMException ? thrown.name : 'Error'

/** What was special about it, without the sentence of its code; the message where nothing else is known. */
export const detailOf = (thrown: unknown): string =>
  (thrown instanceof KeeptabError ? thrown.detail : undefined) ?? messageOf(thrown)

/** The same promise, but that what a browser rejects with becomes an error of this code {reason}: the browser's name for it. */
export async function failingAs<T>(code: ErrorCode, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const reason = nameOf(cause)
    throw new KeeptabError(code, reason, { reason }, cause)
  }
}

/** What the work gives, and `undefined` where it fails for one of these reasons. @throws what else it throws */
export async function absentOn<T>(codes: readonly ErrorCode[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (codes.includes(codeOf(thrown))) return undefined
    throw thrown
  }
}

/** @throws KeeptabError `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new KeeptabError('aborted')
}

/** An error as plain values, for where a class does not survive: between threads, in a log. */
export interface PlainError {
  readonly code: ErrorCode
  readonly detail?: string | undefined
  readonly data: ErrorData
  /** Where it was thrown. For the console, not for people. */
  readonly stack?: string | undefined
}

/** Any thrown value as plain values; what is not a KeeptabError gets the code of `codeOf`. */
export function toPlain(thrown: unknown): PlainError {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  if (thrown instanceof KeeptabError) return { code: thrown.code, detail: thrown.detail, data: thrown.data, stack }
  return { code: codeOf(thrown), detail: messageOf(thrown), data: {}, stack }
}

/** The error again, with the same code, message and data. Its `cause` is the stack of the place that threw it. */
export const fromPlain = ({ code, detail, data, stack }: PlainError): KeeptabError =>
  new KeeptabError(code, detail, data, stack)
