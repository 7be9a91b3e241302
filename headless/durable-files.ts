/** Files that are there whole or not at all, and stay there through a power cut. */
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { own, type Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { Turns } from './turns.ts'

/** Start of the name of a file that is still being written. Whatever carries it after a start is a leftover. */
const UNFINISHED = '.unfinished-'
let written = 0

/**
 * Puts a file of these parts in place of whatever was there. When it resolves file and name are on the disk.
 * @throws KeeptabError `store-full` when the disk is, `store-failed`; the old file is still there then
 */
export async function writeDurably(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
  const unfinished = join(dirname(path), `${UNFINISHED}${written++}`)
  try {
    await using(await open(unfinished, 'w', 0o600), async (file) => {
      for (const part of parts) await file.writeFile(part)
      await file.sync()
    })
    await rename(unfinished, path)
    await syncDirectory(dirname(path))
  } catch (thrown) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw diskError(thrown, path)
  }
}

/** Whether there is anything at a path, also where the system does not say what. */
export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (thrown: unknown) => !isMissing(thrown),
  )

const making = new Turns()

/** Makes a directory, readable by its owner alone, that is still there after a power cut. @throws KeeptabError `store-failed` */
export function makeDirectory(path: string): Promise<void> {
  // In turns, so that nobody relies on a directory that somebody else has made but not yet synced.
  return making.take(path, async () => {
    try {
      const first = await makeWithParents(path, 0o700)
      if (first === undefined) return
      for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made))
    } catch (thrown) {
      throw diskError(thrown)
    }
  })
}

/**
 * Makes a directory, with its parents one after the other: below one that takes none, such as `/proc`, Node's own
 * `recursive` tries for ever.
 * @returns the first that was made, `undefined` when all were there. Rejects with what the system says
 */
export async function makeWithParents(path: string, mode = 0o777): Promise<string | undefined> {
  try {
    return (await isMade(path, mode)) ? path : undefined
  } catch (thrown) {
    const parent = dirname(path)
    if (!isMissing(thrown) || parent === path) throw thrown
    const first = await makeWithParents(parent, mode)
    return (await isMade(path, mode)) ? (first ?? path) : first
  }
}

/** @returns whether it was not there before */
async function isMade(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode })
    return true
  } catch (thrown) {
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory() === true) return false
    throw thrown
  }
}

/** Names of the finished files in a directory; none when there is no such directory. @throws KeeptabError `store-failed` */
export async function namesIn(path: string): Promise<string[]> {
  return (await allNames(path)).filter((name) => !isUnfinished(name))
}

/** Like `namesIn`, after leftovers were removed: for a start, when nobody is writing there. @throws KeeptabError `store-failed` */
export async function tidyNamesIn(path: string): Promise<string[]> {
  const names = await allNames(path)
  await Promise.all(names.filter(isUnfinished).map((name) => removeFile(join(path, name))))
  return names.filter((name) => !isUnfinished(name))
}

/** A whole file, or `undefined` when there is none. @throws KeeptabError `store-failed` */
export async function readIfThere(path: string): Promise<Bytes | undefined> {
  try {
    return own(await readFile(path))
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw diskError(thrown)
  }
}

/** Takes a file away. Harmless when there is none. @throws KeeptabError `store-failed` */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((thrown: unknown) => {
    throw diskError(thrown)
  })
}

/** Runs `work` with an open file and closes it whatever happens. */
export async function using<T>(file: FileHandle, work: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

/** Makes the names in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  await using(await open(path, 'r'), (directory) => directory.sync())
}

/** Whether an error of `node:fs` means that there is no such file. */
export const isMissing = (thrown: unknown): boolean => systemCode(thrown) === 'ENOENT'

/** The typed error for an error of `node:fs`; typed ones pass. @param at what was written, where the error does not say */
export function diskError(thrown: unknown, at?: string): KeeptabError {
  if (thrown instanceof KeeptabError) return thrown
  const code = systemCode(thrown)
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  const path = thrown instanceof Error && 'path' in thrown ? String(thrown.path) : at
  const detail = path === undefined ? reasonOf(thrown) : `${path}: ${reasonOf(thrown)}.`
  return new KeeptabError(full ? 'store-full' : 'store-failed', detail, { systemCode: code }, thrown)
}

/** Why the system refused, in words for a person. */
export function reasonOf(thrown: unknown): string {
  const code = systemCode(thrown) ?? 'an unknown error'
  return reasons[code] ?? code
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOENT: 'no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a file is where a folder should be',
  ENAMETOOLONG: 'the path is too long',
  EIO: 'the disk reports an error',
  ELOOP: 'a link where a file was',
  EMFILE: 'too many open files',
}

/** `ENOENT` and its like, out of an error of `node:fs`. */
export function systemCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : undefined
}

const isUnfinished = (name: string): boolean => name.startsWith(UNFINISHED)

async function allNames(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (thrown) {
    if (isMissing(thrown)) return []
    throw diskError(thrown)
  }
}
