/** A folder picked or dropped in a browser that hands out handles: it can be read again at the next visit. */
import type { Source, SourceDirectory, SourceEntry } from '../backup/source.ts'
import { utf8 } from '../core/bytes.ts'
import { failingAs, nameOf } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'

/** Files of one directory that the browser is asked about at once. */
const FILES_AT_ONCE = 32

export const folderSource = (handle: FileSystemDirectoryHandle, way: 'folder' | 'drop'): Source => ({
  name: handle.name,
  root: directoryOf(handle),
  way,
})

const directoryOf = (handle: FileSystemDirectoryHandle): SourceDirectory => ({
  list: () => failingAs('source-unreadable', entriesOf(handle)),
})

async function entriesOf(handle: FileSystemDirectoryHandle): Promise<SourceEntry[]> {
  const gate = new Gate(FILES_AT_ONCE)
  const entries: Promise<SourceEntry>[] = []
  for await (const child of handle.values()) {
    entries.push(
      isDirectory(child)
        ? Promise.resolve({ kind: 'directory', name: utf8(child.name), directory: directoryOf(child) })
        : gate.run(() => fileEntry(child)),
    )
  }
  return Promise.all(entries)
}

/** Also for a single file that was dropped. Never rejects: what cannot be read is an entry that says so. */
export async function fileEntry(handle: FileSystemFileHandle): Promise<SourceEntry> {
  const name = utf8(handle.name)
  try {
    const file = await handle.getFile()
    return {
      kind: 'file',
      name,
      sizeBytes: file.size,
      modifiedMicros: file.lastModified * 1000,
      // Asked again when it is read: a File that was changed on disk meanwhile cannot be read any more.
      content: () => failingAs('source-unreadable', handle.getFile()),
    }
  } catch (thrown) {
    return { kind: 'unreadable', name, reason: nameOf(thrown) }
  }
}

const isDirectory = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory'

/** Whether the folder may be read now, without asking. Browsers without such permissions never hand out handles either. */
export const mayRead = async (handle: FileSystemDirectoryHandle): Promise<boolean> =>
  (await handle.queryPermission({ mode: 'read' })) === 'granted'

/** Asks the person. Only in answer to a click. */
export const askToRead = async (handle: FileSystemDirectoryHandle): Promise<boolean> =>
  (await handle.requestPermission({ mode: 'read' })) === 'granted'
