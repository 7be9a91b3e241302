import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDevice, readPhraseFile, unconfirmedRoot } from '../../headless/account.ts'
import { openDataDir } from '../../headless/data-dir.ts'
import { init } from '../../headless/init.ts'
import { Output } from '../../headless/output.ts'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import { messageOf } from '../../src/core/errors.ts'
import { wordsOf } from '../../src/identity/recovery.ts'

const { signal } = new AbortController()
let place: string
let file: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'keeptab-init-'))
  file = join(place, 'words')
})
afterEach(() => rm(place, { recursive: true, force: true }))

/** Runs `keeptab init` as a script would, and returns what it said. */
async function run(data: string, phraseFile?: string): Promise<Record<string, unknown>[]> {
  let text = ''
  const terminal = { write: (more: string) => (text += more) }
  const directory = await openDataDir(join(place, data))
  try {
    const output = new Output({ json: true, out: terminal, errors: terminal, clock })
    await init(directory, { data: join(place, data), phraseFile, interactive: false, signal }, output)
  } finally {
    await directory.close()
  }
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
}

describe('with a phrase file', () => {
  test('new words are written for the owner alone, and count as confirmed', async () => {
    const [done] = await run('a', file)
    expect(done).toMatchObject({ event: 'done', confirmed: true })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readFile(file, 'utf8')).trim().split(' ')).toHaveLength(24)
    expect(await unconfirmedRoot(join(place, 'a'))).toBeUndefined()
  })

  test('words that are there are read, never overwritten: another device of the same account', async () => {
    const [first] = await run('a', file)
    const before = await readFile(file, 'utf8')
    const [second] = await run('b', file)
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(second?.account).toBe(first?.account)
    expect(second?.device).not.toBe(first?.device)
    // As a shell of Windows writes them.
    await writeFile(file, `\uFEFF${before.replace('\n', '\r\n')}`, 'utf16le')
    expect((await run('c', file))[0]?.account).toBe(first?.account)
  })

  test('the words come from standard input where the file is -, to its end or until that is stopped', async () => {
    const root = random.bytes(32)
    const [early, late] = [wordsOf(root).slice(0, 9), wordsOf(root).slice(9)]
    const piped = Readable.from([Buffer.from(`${early.join(' ')} `), Buffer.from(`${late.join('\n')}\n`)])
    expect(await readPhraseFile('-', signal, piped)).toEqual(root)
    await expect(readPhraseFile('-', signal, Readable.from([]))).rejects.toMatchObject({ code: 'phrase-word-count' })
    const stop = new AbortController()
    const waiting = readPhraseFile('-', stop.signal, new PassThrough())
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  })

  test('wrong words make no account', async () => {
    await writeFile(file, 'abandon '.repeat(24))
    await expect(run('a', file)).rejects.toMatchObject({ code: 'phrase-checksum' })
    await writeFile(file, 'abandon '.repeat(20) + 'secret1 secret2 secret3 secret4')
    const told = await run('a', file).catch(messageOf)
    expect(told).toMatch(/4 words of the file/)
    expect(told).not.toContain('secret')
    await rm(file)
    await expect(run('a', file)).resolves.toHaveLength(1)
  })

  test('a second time is an error', async () => {
    await run('a', file)
    await expect(run('a', file)).rejects.toMatchObject({ code: 'already-initialised' })
    await expect(run('a')).rejects.toMatchObject({ code: 'already-initialised' })
  })
})

describe('without a phrase file', () => {
  test('the words are shown, and can be shown again until they are confirmed', async () => {
    const [shown, done] = await run('a')
    expect(done).toMatchObject({ event: 'done', confirmed: false })
    const [again] = await run('a')
    expect(again).toEqual(shown)

    await writeFile(file, (shown?.words as string[]).join('\n'))
    const [confirmed] = await run('a', file)
    expect(confirmed).toMatchObject({ account: done?.account, device: done?.device, confirmed: true })
    expect(await unconfirmedRoot(join(place, 'a'))).toBeUndefined()
    await expect(run('a')).rejects.toMatchObject({ code: 'already-initialised' })
  })

  test('the words of another account confirm nothing', async () => {
    await run('a')
    await writeFile(file, wordsOf(random.bytes(32)).join(' '))
    await expect(run('a', file)).rejects.toMatchObject({ code: 'already-initialised' })
    expect(await unconfirmedRoot(join(place, 'a'))).toBeDefined()
  })

  test('an account that was made for keeping can have its words written later', async () => {
    const directory = await openDataDir(join(place, 'a'))
    const { account } = await createDevice(directory, join(place, 'a'), random.bytes(32), false, { clock, random })
    await directory.close()
    expect(await run('a', file)).toMatchObject([{ account, confirmed: true }])
    expect((await run('b', file))[0]?.account).toBe(account)
  })
})
