/** A folder in the browser as the place of a restore. It can hold files and folders, but no links, dates or rights. */
import type { OnNotice, RestoreTarget, Standing, TargetBefore } from '../backup/target.ts'
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError, nameOf } from '../core/errors.ts'
import { refusedName, safeName } from '../snapshot/hostile-names.ts'
import { refusal, refuse } from './refusal.ts'

interface OpenDirectory {
  readonly handle: FileSystemDirectoryHandle
  /** For people: path below the target, with a slash at its end. */
  readonly shown: string
  readonly taken: Set<string>
}

export interface FolderTarget extends RestoreTarget {
  /** What is there and differs from the backup may be replaced from now on; a folder never is. */
  mayReplace(): void
}

/**
 * What is made is looked for before anything is put into it: Chromium finds no links, so nothing is written through one.
 * Its methods throw KeeptabError `target-refused` for one entry, after which the others can go on; a directory that was
 * refused has been entered all the same, and all that is put into it is refused.
 * @param root with permission to write
 */
export function folderTarget(root: FileSystemDirectoryHandle, onNotice: OnNotice): FolderTarget {
  let mayReplace = false
  /** From the target itself down to where the restore is; `undefined` for a directory that was refused. */
  const open: (OpenDirectory | undefined)[] = [{ handle: root, shown: '', taken: new Set() }]
  const here = (name: Bytes): OpenDirectory => {
    if (open.length === 0) throw new KeeptabError('internal', 'More directories were left than entered.')
    const directory = open.at(-1)
    if (directory === undefined) throw refusal(textOf(name), 'folder-refused')
    return directory
  }

  return {
    async enterDirectory(name) {
      let entered: OpenDirectory | undefined
      try {
        const into = here(name)
        const { path, result } = await underSafeName(name, into, onNotice, async (safe) => {
          const make = async () => {
            await into.handle.getDirectoryHandle(safe, { create: true })
            return into.handle.getDirectoryHandle(safe)
          }
          return make().catch(async (thrown: unknown) => {
            if (!mayReplace || !isOfAnotherKind(thrown)) throw thrown
            await into.handle.removeEntry(safe)
            return make()
          })
        })
        entered = { handle: result, shown: `${path}/`, taken: new Set() }
      } finally {
        // One that was refused counts as entered, so that what is in it is refused too and does not land in its parent.
        open.push(entered)
      }
    },

    leaveDirectory() {
      open.pop()
      return Promise.resolve()
    },

    async file(name, _sizeBytes, _meta, content) {
      const into = here(name)
      const { path, result } = await underSafeName(name, into, onNotice, async (safe) => {
        const there = await into.handle.getFileHandle(safe).catch(unlessNotFound)
        if (there !== undefined && !mayReplace && (await there.getFile()).size > 0) {
          throw refusal(into.shown + safe, 'different')
        }
        await into.handle.getFileHandle(safe, { create: true })
        return { isNew: there === undefined, handle: await into.handle.getFileHandle(safe) }
      })
      // What is written shows under the name only when it is closed; until then the browser keeps it aside.
      const writable = await result.handle.createWritable().catch(refuse(path))
      try {
        for await (const bytes of content) await writable.write(bytes).catch(refuse(path))
        await writable.close().catch(refuse(path))
      } catch (thrown) {
        await writable.abort().catch(() => undefined) // it is broken already
        // Nobody may take an empty file for what was in the backup.
        if (result.isNew) await into.handle.removeEntry(result.handle.name).catch(() => undefined)
        throw thrown
      }
    },

    symlink(name) {
      const path = `${here(name).shown}${textOf(name)}`
      return Promise.reject(refusal(path, 'no-links'))
    },

    again: () => open[0]?.taken.clear(),

    skip(name) {
      const directory = open.at(-1)
      if (directory !== undefined) safeName(name, { kind: 'folder-api' }, directory.taken)
    },

    before: () => before(root),

    mayReplace() {
      mayReplace = true
    },

    finish: () => Promise.resolve(),
  }
}

function before(root: FileSystemDirectoryHandle): TargetBefore {
  /** `undefined` for a directory that is not there. */
  const open: (OpenDirectory | undefined)[] = [{ handle: root, shown: '', taken: new Set() }]
  const find = async <T>(
    name: Bytes,
    look: (into: FileSystemDirectoryHandle, safe: string) => Promise<T>,
  ): Promise<T | Standing> => {
    const into = open.at(-1)
    if (into === undefined) return 'nothing'
    const found = underSafeName(
      name,
      into,
      () => undefined,
      (safe) => look(into.handle, safe),
    )
    return found
      .then(({ result }) => result)
      .catch((thrown: unknown) => (isOfAnotherKind((thrown as Error).cause) ? 'different' : 'nothing'))
  }
  return {
    async enterDirectory(name) {
      const found = await find(name, (into, safe) => into.getDirectoryHandle(safe))
      const isThere = typeof found === 'object'
      open.push(isThere ? { handle: found, shown: '', taken: new Set() } : undefined)
      return isThere ? 'nothing' : found
    },
    leaveDirectory: () => void open.pop(),
    file: (name) => find(name, async (into, safe) => (await into.getFileHandle(safe)).getFile()),
    symlink: () => Promise.resolve('nothing'), // none is ever made
    skip(name) {
      const into = open.at(-1)
      if (into !== undefined) safeName(name, { kind: 'folder-api' }, into.taken)
    },
  }
}

/** Writes under the name, or under an escaped one where the browser would refuse it, and says so. */
async function underSafeName<T>(
  raw: Bytes,
  { shown, taken }: OpenDirectory,
  onNotice: OnNotice,
  make: (name: string) => Promise<T>,
): Promise<{ path: string; result: T }> {
  let name = safeName(raw, { kind: 'folder-api' }, taken)
  const result = await make(name.text)
    .catch((thrown: unknown) => {
      if (!isNameRefused(thrown)) throw thrown
      name = refusedName(raw, taken)
      return make(name.text)
    })
    .catch(refuse(shown + name.text))
  if (name.escaped) onNotice('renamed', shown + textOf(raw), name.text)
  return { path: shown + name.text, result }
}

const textOf = (raw: Bytes): string => new TextDecoder().decode(raw)

/** Browsers differ in what they refuse, and change it. */
const isNameRefused = (thrown: unknown): boolean => thrown instanceof TypeError

const isOfAnotherKind = (thrown: unknown): boolean => nameOf(thrown) === 'TypeMismatchError'

function unlessNotFound(thrown: unknown): undefined {
  if (nameOf(thrown) !== 'NotFoundError') throw thrown
}
