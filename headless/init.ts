/** `keeptab init`: makes an account or takes one from its words, and sees to it that the words are kept somewhere. */
import { createInterface } from 'node:readline/promises'
import type { Bytes } from '../src/core/bytes.ts'
import { codeOf, KeeptabError, messageOf } from '../src/core/errors.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import { checkConfirmation, confirmQuestions, wordsOf } from '../src/identity/recovery.ts'
import { belongsTo, confirmWords, createDevice, readPhraseFile, unconfirmedRoot, writePhraseFile } from './account.ts'
import type { DataDir } from './data-dir.ts'
import type { Output } from './output.ts'
import { systemClock as clock, systemRandom as random } from './system.ts'

export interface InitOptions {
  /** The data folder. */
  readonly data: string
  readonly phraseFile?: string | undefined
  /** Whether a person is there to be asked. */
  readonly interactive: boolean
  readonly signal: AbortSignal
  /** Asks the coordinator which devices of the account were removed, which decides the newest keys. */
  readonly removals?: ((root: Bytes) => Promise<readonly Bytes[]>) | undefined
}

/**
 * An account whose words nobody confirmed yet can be initialised again: its words are shown or written again, and words
 * given in a file confirm it.
 * @throws KeeptabError `already-initialised`, `phrase-…`, `config-invalid` when the file cannot be written, `store-failed`
 */
export async function init(directory: DataDir, options: InitOptions, output: Output): Promise<void> {
  const { data, phraseFile } = options
  const existing = await directory.loadIdentity()
  const kept = existing && (await unconfirmedRoot(data))
  if (existing !== undefined && kept === undefined) throw new KeeptabError('already-initialised')

  const given = phraseFile === undefined ? undefined : await readPhraseFile(phraseFile, options.signal)
  if (existing !== undefined && given !== undefined && !(await belongsTo(given, existing))) {
    throw new KeeptabError('already-initialised', 'The words in the file are those of another account.')
  }
  const root = given ?? kept ?? random.bytes(32)
  if (phraseFile !== undefined && given === undefined) await writePhraseFile(phraseFile, root)
  const confirmed = phraseFile !== undefined
  const revocations = existing === undefined && given !== undefined ? await options.removals?.(given) : undefined
  const parts = { clock, random, ...(revocations && { revocations }) }
  const identity = existing ?? (await createDevice(directory, data, root, confirmed, parts))
  if (confirmed) await confirmWords(data)

  if (phraseFile !== undefined) {
    const text = given === undefined ? `The 24 words are in ${phraseFile}. Keep a copy away from this machine.` : ''
    output.result(
      { ...lineOf(identity), phraseFile, confirmed },
      `This folder is now a device of account ${identity.account.slice(0, 8)}. ${text}`.trim(),
    )
    return
  }
  const words = wordsOf(root)
  output.item({ event: 'words', words }, sheetOf(words))
  const isConfirmed = options.interactive && (await askForWords(words, output))
  if (isConfirmed) await confirmWords(data)
  output.result({ ...lineOf(identity), confirmed: isConfirmed }, isConfirmed ? CONFIRMED : UNCONFIRMED)
}

const CONFIRMED = 'The words are right. They are no longer stored on this machine.'
const UNCONFIRMED = `Write these words down: without them and this folder nothing comes back, and no backup is called safe
before they are confirmed. To confirm, put them into a file and run: keeptab init --phrase-file FILE`

const lineOf = ({ account, device }: DeviceIdentity) => ({ event: 'done', account, device })

/** The words in three numbered columns. */
function sheetOf(words: readonly string[]): string {
  const cells = words.map((word, i) => `${String(i + 1).padStart(2)}. ${word.padEnd(10)}`)
  const rows = cells.length / 3
  return Array.from({ length: rows }, (_, row) =>
    cells
      .filter((_cell, i) => i % rows === row)
      .join('  ')
      .trimEnd(),
  ).join('\n')
}

/** Asks for three of the words until they are right or the person ends the input. */
async function askForWords(words: readonly string[], output: Output): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)))
  try {
    output.note('\nWrite the words down, then type the ones that are asked for. Ctrl-D does that later.')
    for (;;) {
      const answers = []
      for (const position of confirmQuestions(random)) {
        const word = await Promise.race([terminal.question(`Word ${position}: `), ended])
        if (word === undefined) return false
        answers.push({ position, word })
      }
      try {
        checkConfirmation(words, answers)
        return true
      } catch (thrown) {
        if (codeOf(thrown) !== 'words-not-confirmed') throw thrown
        output.note(messageOf(thrown))
      }
    }
  } finally {
    terminal.close()
  }
}
