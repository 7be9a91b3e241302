/**
 * A directory on disk as the place of a restore.
 *
 * A directory that is there is filled. A file of the same size and time, or a link that leads to the same, is written
 * anew; anything else that stands in the way is replaced only where that was asked for. Each is replaced in one step.
 * A link is never written through, neither one of the backup nor one that lay there before: where the backup has a
 * directory, a link is taken away and what it leads to stays as it is. A directory is never taken away for a file.
 *
 * Set-user-id is never set, nor set-group-id on files: a backup does not say whose the file was, and whoever restores
 * as root would hand out root's rights.
 */
import { constants, existsSync, type BigIntStats } from 'node:fs'
import {
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  symlink,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import type { EntryMeta, OnNotice, RestoreTarget, Standing, TargetBefore } from '../src/backup/target.ts'
import { equal, type Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { ByteCount } from '../src/core/units.ts'
import { safeName, type NamePolicy } from '../src/snapshot/hostile-names.ts'
import { isMissing, makeWithParents, reasonOf, systemCode, using } from './durable-files.ts'

/** Start of the name of a file or link that is not all there. What carries it when a restore comes by is a leftover. */
const UNFINISHED = '.keeptab-unfinished-'

const NAMES: NamePolicy = { kind: 'posix', foldsCase: process.platform === 'darwin' || process.platform === 'win32' }

/** FAT keeps times in steps of two seconds. */
const TIME_STEP_MICROS = 2_000_000

interface OpenDirectory {
  readonly handle: FileHandle
  /** A path to its entries. */
  readonly place: Buffer
  /** For people: path below the target. */
  readonly shown: string
  readonly meta: EntryMeta
  /** Names given out in it, for `safeName`. */
  readonly taken: Set<string>
}

interface Entry {
  readonly path: Buffer
  readonly shown: string
  readonly directory: Buffer
}

/** Whether what stands where something is written would not be lost. */
type IsSame = (stats: BigIntStats, path: Buffer) => boolean | Promise<boolean>

/**
 * Opens a target, made with its parents when it is not there. Two restores must not write into one target at a time.
 * Its methods throw KeeptabError `target-refused` for one entry, after which the others can go on; a directory that was
 * refused has been entered all the same, and all that is put into it is refused.
 * @param path named by the person, so links on the way to it are followed
 * @param mayReplace what is there and differs from the backup; otherwise such an entry is refused
 * @throws KeeptabError `target-refused`
 */
export async function openFsTarget(path: string, onNotice: OnNotice, mayReplace = false): Promise<RestoreTarget> {
  try {
    await makeWithParents(path)
    const real = await realpath(path, { encoding: 'buffer' })
    return new FsTarget(await openDirectory(real, '', {}), onNotice, mayReplace)
  } catch (thrown) {
    throw refusal(path, thrown)
  }
}

class FsTarget implements RestoreTarget {
  /** From the target itself down to where the restore is; `undefined` for a directory that was refused. */
  readonly #open: (OpenDirectory | undefined)[]
  readonly #root: OpenDirectory
  readonly #onNotice: OnNotice
  readonly #mayReplace: boolean

  constructor(root: OpenDirectory, onNotice: OnNotice, mayReplace: boolean) {
    this.#root = root
    this.#open = [root]
    this.#onNotice = onNotice
    this.#mayReplace = mayReplace
  }

  before(): TargetBefore {
    return new Before(this.#root.place)
  }

  async enterDirectory(rawName: Bytes, meta: EntryMeta): Promise<void> {
    let entered: OpenDirectory | undefined
    try {
      entered = await enter(this.#entry(rawName), meta, this.#mayReplace)
    } finally {
      // One that was refused counts as entered, so that what is in it is refused too and does not land in its parent.
      this.#open.push(entered)
    }
  }

  async leaveDirectory(): Promise<void> {
    if (this.#open.length < 2) throw new KeeptabError('internal', 'More directories were left than entered.')
    const directory = this.#open.pop()
    if (directory !== undefined) await closeDirectory(directory)
  }

  async file(rawName: Bytes, sizeBytes: number, meta: EntryMeta, content: AsyncIterable<Bytes>): Promise<void> {
    await this.#appear(rawName, sameFile(sizeBytes, meta), async (unfinished) => {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
      await using(await open(unfinished, flags, meta.mode === undefined ? 0o666 : 0o600), async (file) => {
        await writeFile(file, content)
        if ((await file.stat()).size !== sizeBytes) throw new KeeptabError('internal', 'A file came with another size.')
        if (meta.mode !== undefined) await file.chmod(meta.mode & 0o1777)
        await setTime(file, meta)
      })
    })
  }

  async symlink(rawName: Bytes, target: Bytes, meta: EntryMeta): Promise<void> {
    await this.#appear(rawName, sameLink(target), async (unfinished) => {
      await symlink(Buffer.from(target), unfinished)
      const time = timeOf(meta)
      if (time !== undefined) await lutimes(unfinished, time, time)
    })
  }

  again(): void {
    this.#open[0]?.taken.clear()
  }

  skip(rawName: Bytes): void {
    const current = this.#open.at(-1)
    if (current !== undefined) safeName(rawName, NAMES, current.taken)
  }

  async finish(): Promise<void> {
    for (const directory of this.#open.splice(0).reverse()) if (directory !== undefined) await closeDirectory(directory)
  }

  /** Makes something under a name of its own and renames it when it is whole, so that nobody ever sees a part of it. */
  async #appear(rawName: Bytes, isSame: IsSame, make: (unfinished: Buffer) => Promise<void>): Promise<void> {
    const { path, shown, directory } = this.#entry(rawName)
    const unfinished = within(directory, Buffer.from(`${UNFINISHED}${process.pid}-${made++}`))
    try {
      await make(unfinished)
      if (!this.#mayReplace && (await standingAt(path, isSame)) === 'different') throw inTheWay(shown)
      await rename(unfinished, path)
    } catch (thrown) {
      await unlink(unfinished).catch(() => undefined)
      throw refusal(shown, thrown)
    }
  }

  /** Where an entry of the current directory goes, whatever its name is. */
  #entry(rawName: Bytes): Entry {
    if (this.#open.length === 0) throw new KeeptabError('internal', 'A target was used after its end.')
    const current = this.#open.at(-1)
    const shownName = new TextDecoder().decode(rawName)
    if (current === undefined) throw new KeeptabError('target-refused', `${shownName}: its folder was refused.`)
    const { bytes, text, escaped } = safeName(rawName, NAMES, current.taken)
    const below = (name: string): string => (current.shown === '' ? name : `${current.shown}/${name}`)
    if (escaped) this.#onNotice('renamed', below(shownName), text)
    return { path: within(current.place, bytes), shown: below(text), directory: current.place }
  }
}

let made = 0

class Before implements TargetBefore {
  /** A path to the entries of each; `undefined` for what is not there, or is no directory. */
  readonly #open: (Buffer | undefined)[]
  readonly #taken: Set<string>[] = [new Set()]

  constructor(root: Buffer) {
    this.#open = [root]
  }

  async enterDirectory(rawName: Bytes): Promise<Standing> {
    const path = this.#path(rawName)
    this.#taken.push(new Set())
    let isDirectory = false as boolean
    const standing = await this.#standing(path, (stats) => (isDirectory = stats.isDirectory()))
    this.#open.push(isDirectory ? path : undefined)
    return standing
  }

  leaveDirectory(): void {
    this.#open.pop()
    this.#taken.pop()
  }

  file(rawName: Bytes, sizeBytes: ByteCount, meta: EntryMeta): Promise<Standing> {
    return this.#standing(this.#path(rawName), sameFile(sizeBytes, meta))
  }

  symlink(rawName: Bytes, target: Bytes): Promise<Standing> {
    return this.#standing(this.#path(rawName), sameLink(target))
  }

  skip(rawName: Bytes): void {
    this.#path(rawName)
  }

  #path(rawName: Bytes): Buffer | undefined {
    const [place, taken] = [this.#open.at(-1), this.#taken.at(-1)]
    if (place === undefined || taken === undefined) return undefined
    return within(place, safeName(rawName, NAMES, taken).bytes)
  }

  async #standing(path: Buffer | undefined, isSame: IsSame): Promise<Standing> {
    return path === undefined ? 'nothing' : standingAt(path, isSame).catch(() => 'nothing')
  }
}

async function standingAt(path: Buffer, isSame: IsSame): Promise<Standing> {
  try {
    const stats = await lstat(path, { bigint: true })
    return (await isSame(stats, path)) ? 'nothing' : 'different'
  } catch (thrown) {
    if (isMissing(thrown)) return 'nothing'
    throw thrown
  }
}

const sameFile =
  (sizeBytes: ByteCount, { modifiedMicros }: EntryMeta): IsSame =>
  (stats) =>
    stats.isFile() && (stats.size === 0n || (stats.size === BigInt(sizeBytes) && isAt(stats, modifiedMicros)))

/** A time that the backup does not know is never the same. */
const isAt = ({ mtimeNs }: BigIntStats, modifiedMicros = NaN): boolean =>
  Math.abs(Number(mtimeNs / 1000n) - modifiedMicros) < TIME_STEP_MICROS

const sameLink =
  (target: Bytes): IsSame =>
  async (stats, path) =>
    stats.isSymbolicLink() && equal(await readlink(path, { encoding: 'buffer' }), target)

const within = (directory: Buffer, name: Uint8Array): Buffer => Buffer.concat([directory, Buffer.from('/'), name])

async function enter({ path, shown }: Entry, meta: EntryMeta, mayReplace: boolean): Promise<OpenDirectory> {
  try {
    const isOther = await isOtherThanDirectory(path)
    if (isOther && !mayReplace) throw inTheWay(shown)
    if (isOther) await unlink(path)
    await mkdir(path, { mode: meta.mode === undefined ? 0o777 : 0o700 }).catch(unlessThere)
    return await openDirectory(path, shown, meta)
  } catch (thrown) {
    throw refusal(shown, thrown)
  }
}

async function isOtherThanDirectory(path: Buffer): Promise<boolean> {
  try {
    return !(await lstat(path)).isDirectory()
  } catch (thrown) {
    if (isMissing(thrown)) return false
    throw thrown
  }
}

/**
 * Opens a directory that must not be a link. Its entries are reached through the descriptor where the system allows it
 * (Linux, `/proc`), so that nobody can put a link into the way later, and no path grows too long.
 */
async function openDirectory(path: Buffer, shown: string, meta: EntryMeta): Promise<OpenDirectory> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  const throughDescriptor = `/proc/self/fd/${handle.fd}`
  const place = existsSync(throughDescriptor) ? Buffer.from(throughDescriptor) : path
  try {
    const mode = (await handle.stat()).mode & 0o7777
    const isOurs = (mode & 0o300) === 0o300
    if (!isOurs) await handle.chmod(mode | 0o700)
    for (const name of await readdir(place, { encoding: 'buffer' })) {
      if (name.toString('latin1').startsWith(UNFINISHED)) await unlink(within(place, name)).catch(() => undefined)
    }
    return { handle, place, shown, meta: isOurs ? meta : { ...meta, mode: meta.mode ?? mode }, taken: new Set() }
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** Rights and date come last: until now the directory had to be writable, and writing changed its date. */
async function closeDirectory({ handle, shown, meta }: OpenDirectory): Promise<void> {
  try {
    await using(handle, async () => {
      if (meta.mode !== undefined) await handle.chmod(meta.mode & 0o3777)
      await setTime(handle, meta)
    })
  } catch (thrown) {
    throw refusal(shown, thrown)
  }
}

async function setTime(handle: FileHandle, meta: EntryMeta): Promise<void> {
  const time = timeOf(meta)
  if (time !== undefined) await handle.utimes(time, time)
}

/**
 * Seconds for `utimes`: as text, because it takes a negative number for no time at all, and a quarter of a microsecond
 * away from zero, because it cuts off and a float of today's size is only good to that.
 */
function timeOf({ modifiedMicros }: EntryMeta): string | undefined {
  if (modifiedMicros === undefined) return undefined
  const isWholeSecond = modifiedMicros % 1e6 === 0
  return String((isWholeSecond ? modifiedMicros : modifiedMicros + Math.sign(modifiedMicros) / 4) / 1e6)
}

function unlessThere(thrown: unknown): void {
  if (systemCode(thrown) !== 'EEXIST') throw thrown
}

const inTheWay = (shown: string): KeeptabError =>
  new KeeptabError('target-refused', `${shown}: something else is there.`, { systemCode: 'EEXIST' })

/** The typed error for one of the file system; what the content of a file threw passes. */
function refusal(shown: string, thrown: unknown): unknown {
  const code = systemCode(thrown)
  if (thrown instanceof KeeptabError || code === undefined) return thrown
  return new KeeptabError(
    'target-refused',
    `${shown}: ${refusals[code] ?? reasonOf(thrown)}.`,
    { systemCode: code },
    thrown,
  )
}

/** What the system's own words leave open where something is to be written. */
const refusals: Readonly<Record<string, string>> = {
  ENOENT: 'the folder around it takes nothing, or is gone',
  EISDIR: 'a folder of that name is in the way',
  EEXIST: 'a file is in the way',
  ENOTDIR: 'a file is in the way',
}
