/** Files chosen as a list, in every browser: the tree is made again from their relative paths. */
import type { Source, SourceDirectory, SourceEntry } from '../backup/source.ts'
import { utf8 } from '../core/bytes.ts'
import { codeOf } from '../core/errors.ts'
import { readStream } from '../snapshot/file-sealer.ts'

interface Directory {
  readonly directories: Map<string, Directory>
  readonly files: File[]
}

const emptyDirectory = (): Directory => ({ directories: new Map(), files: [] })

/**
 * One source for each folder at the top of the list, in the order of the list; loose files make one more.
 * @param files as of `<input webkitdirectory>`: each with a `webkitRelativePath`, or none for loose files
 */
export function fileListSources(files: Iterable<File>): Source[] {
  const top = emptyDirectory()
  for (const file of files) {
    const path = file.webkitRelativePath.split('/').slice(0, -1)
    path.reduce(within, top).files.push(file)
  }
  const sources = [...top.directories].map(([name, directory]) => sourceOf(name, directory))
  if (top.files.length > 0) sources.push(sourceOf('Files', { directories: new Map(), files: top.files }))
  return sources
}

function within(directory: Directory, name: string): Directory {
  const inner = directory.directories.get(name) ?? emptyDirectory()
  directory.directories.set(name, inner)
  return inner
}

/** The list stays in the page when the disk is gone: whether the disk is there shows only in reading. */
function sourceOf(name: string, directory: Directory): Source {
  const inner = listed(directory)
  const root: SourceDirectory = {
    async list() {
      await readAny(directory)
      return inner.list()
    },
  }
  return { name, root, way: 'files' }
}

/** @throws KeeptabError `source-unreadable` when there are files and not one of them can be read */
async function readAny(directory: Directory): Promise<void> {
  let failed: Error | undefined
  for (const file of filesIn(directory)) {
    try {
      await readStream(file.slice(0, 1)).next()
      return
    } catch (thrown) {
      if (codeOf(thrown) !== 'source-unreadable' || !(thrown instanceof Error)) throw thrown
      failed ??= thrown
    }
  }
  if (failed !== undefined) throw failed
}

/** Those with something in them: a browser need not open an empty file to read it. */
function* filesIn({ directories, files }: Directory): Generator<File> {
  for (const file of files) if (file.size > 0) yield file
  for (const inner of directories.values()) yield* filesIn(inner)
}

function listed({ directories, files }: Directory): SourceDirectory {
  return {
    list: () =>
      Promise.resolve([
        ...[...directories].map(([name, inner]): SourceEntry => ({
          kind: 'directory',
          name: utf8(name),
          directory: listed(inner),
        })),
        ...files.map((file): SourceEntry => ({
          kind: 'file',
          name: utf8(file.name),
          sizeBytes: file.size,
          modifiedMicros: file.lastModified * 1000,
          content: () => Promise.resolve(file),
        })),
      ]),
  }
}
