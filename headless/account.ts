/**
 * The account of a data folder. Until it is known that its words are on paper, or in a file that its owner named, the
 * root secret stays in the folder as `unconfirmed-root`, so that they can be shown again; afterwards it is gone.
 */
import { open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { toHex, utf8, type Bytes } from '../src/core/bytes.ts'
import type { Clock, Random } from '../src/core/clock.ts'
import { KeeptabError, throwIfAborted } from '../src/core/errors.ts'
import { accountKey, newDevice, secretsOf, type DeviceIdentity } from '../src/identity/keys.ts'
import { rootOf, wordsOf } from '../src/identity/recovery.ts'
import type { DataDir } from './data-dir.ts'
import { isMissing, readIfThere, reasonOf, removeFile, syncDirectory, using, writeDurably } from './durable-files.ts'

const rootPath = (data: string): string => join(data, 'unconfirmed-root')

/** The root secret of an account whose words nobody confirmed; `undefined` when they were. @param data the data folder */
export const unconfirmedRoot = (data: string): Promise<Bytes | undefined> => readIfThere(rootPath(data))

/** The words are safe: forgets the root for good. */
export const confirmWords = (data: string): Promise<void> => removeFile(rootPath(data))

/**
 * Makes this folder a device of the account behind `root`.
 * @param revocations all removals of devices of that account, checked
 * @param confirmed whether its words are known to be kept elsewhere
 * @throws KeeptabError `already-initialised`, `store-failed`
 */
export async function createDevice(
  directory: DataDir,
  data: string,
  root: Bytes,
  confirmed: boolean,
  { clock, random, revocations: known = [] }: { clock: Clock; random: Random; revocations?: readonly Bytes[] },
): Promise<DeviceIdentity> {
  if ((await directory.loadIdentity()) !== undefined) throw new KeeptabError('already-initialised')
  const deviceSeed = random.bytes(32)
  const identity = await newDevice(root, deviceSeed, clock.now(), known)
  // First, so that no kill in between leaves an account whose words nobody has.
  if (!confirmed) await writeDurably(rootPath(data), root)
  const { certificate, revocations } = identity
  await directory.saveIdentity({ deviceSeed, secrets: await secretsOf(identity), certificate, revocations })
  return identity
}

/** Whether these words are those of an account. */
export const belongsTo = async (root: Bytes, { account }: DeviceIdentity): Promise<boolean> =>
  toHex((await accountKey(root)).publicKey) === account

/**
 * The root secret behind the words in a file, or `undefined` when there is no file; `-` is standard input, to its end.
 * @throws KeeptabError `phrase-…`, `config-invalid`, `aborted`
 */
export async function readPhraseFile(
  path: string,
  signal: AbortSignal,
  input: Readable = process.stdin,
): Promise<Bytes | undefined> {
  try {
    return rootOf(textOf(await (path === '-' ? buffer(addAbortSignal(signal, input)) : readFile(path, { signal }))))
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throwIfAborted(signal)
    throw thrown instanceof KeeptabError ? unlessTelling(thrown) : fileError(path, thrown)
  }
}

/** Words of a phrase that may stand in a message. */
const MOST_NAMED = 3

/** A log may end with whoever reads it: a word or two in it give nothing away, most of a phrase would. */
function unlessTelling(thrown: KeeptabError): KeeptabError {
  const { code, data } = thrown
  const count = Array.isArray(data['positions']) ? data['positions'].length : 0
  if (code !== 'phrase-unknown-word' || count <= MOST_NAMED) return thrown
  return new KeeptabError(code, `${count} words of the file are not; is it the one with the 24 words?`, data)
}

/** UTF-8, or the UTF-16 that Windows' shells write. */
const textOf = (bytes: Buffer): string =>
  new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes)

/** Writes the words into a new file that only its owner can read. @throws KeeptabError `config-invalid` when it cannot be made */
export async function writePhraseFile(path: string, root: Bytes): Promise<void> {
  try {
    await using(await open(path, 'wx', 0o600), async (file) => {
      await file.writeFile(utf8(`${wordsOf(root).join(' ')}\n`))
      await file.sync()
    })
    // Nothing else has these words: a power cut must not take the name of the file while the account stays.
    await syncDirectory(dirname(path))
  } catch (thrown) {
    throw fileError(path, thrown)
  }
}

const fileError = (path: string, thrown: unknown): KeeptabError =>
  new KeeptabError('config-invalid', `The phrase file ${path}: ${reasonOf(thrown)}.`, {}, thrown)
