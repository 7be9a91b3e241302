/** What was dropped on the page: lasting handles where the browser gives them, entries to walk where not. */
import type { Source, SourceDirectory, SourceEntry } from '../backup/source.ts'
import { utf8 } from '../core/bytes.ts'
import { detailOf, failingAs } from '../core/errors.ts'
import { fileEntry, folderSource } from './folder-source.ts'

export interface Dropped {
  readonly source: Source
  readonly handle?: FileSystemDirectoryHandle
}

/**
 * Must be called while the drop event is being handled: its items are empty afterwards.
 * Each folder is a source; loose files together make one more.
 */
export async function dropped(items: DataTransferItemList): Promise<Dropped[]> {
  const files = [...items].filter(({ kind }) => kind === 'file')
  const things = await Promise.all(files.map(thingOf))
  const folders: Dropped[] = []
  const loose: (() => Promise<SourceEntry>)[] = []
  for (const thing of things) {
    if (thing === null) continue
    if ('kind' in thing) {
      if (isFolder(thing)) folders.push({ source: folderSource(thing, 'drop'), handle: thing })
      else loose.push(() => fileEntry(thing as FileSystemFileHandle))
    } else if (thing.isDirectory) {
      folders.push({ source: { name: thing.name, root: walked(thing as FileSystemDirectoryEntry), way: 'drop' } })
    } else {
      loose.push(() => oldFileEntry(thing as FileSystemFileEntry))
    }
  }
  if (loose.length > 0) {
    const root = { list: () => Promise.all(loose.map((read) => read())) }
    folders.push({ source: { name: 'Files', root, way: 'drop' } })
  }
  return folders
}

const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory'

/** Asks at once, as the item is gone when the drop has been handled. */
function thingOf(item: DataTransferItem): Promise<FileSystemHandle | FileSystemEntry | null> {
  return item.getAsFileSystemHandle?.() ?? Promise.resolve(item.webkitGetAsEntry())
}

function walked(directory: FileSystemDirectoryEntry): SourceDirectory {
  return {
    async list() {
      const reader = directory.createReader()
      const entries: SourceEntry[] = []
      for (;;) {
        // Hands out a hundred at a time, and none at the end.
        const some = await readSome(reader)
        if (some.length === 0) return entries
        entries.push(
          ...(await Promise.all(
            some.map(async (entry): Promise<SourceEntry> =>
              entry.isDirectory
                ? ({
                    kind: 'directory',
                    name: utf8(entry.name),
                    directory: walked(entry as FileSystemDirectoryEntry),
                  } as const)
                : oldFileEntry(entry as FileSystemFileEntry),
            ),
          )),
        )
      }
    },
  }
}

const readSome = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  failingAs('source-unreadable', new Promise((resolve, reject) => reader.readEntries(resolve, reject)))

async function oldFileEntry(entry: FileSystemFileEntry): Promise<SourceEntry> {
  const name = utf8(entry.name)
  const open = () => failingAs('source-unreadable', new Promise<File>((resolve, reject) => entry.file(resolve, reject)))
  try {
    const file = await open()
    return { kind: 'file', name, sizeBytes: file.size, modifiedMicros: file.lastModified * 1000, content: open }
  } catch (thrown) {
    return { kind: 'unreadable', name, reason: detailOf(thrown) }
  }
}
