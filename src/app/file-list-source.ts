/** Files chosen as a list, in every browser: the tree is made again from their relative paths. */
import type { Source, SourceDirectory, SourceEntry } from '../backup/source.ts'
import { utf8 } from '../core/bytes.ts'

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

const sourceOf = (name: string, directory: Directory): Source => ({ name, root: listed(directory), way: 'files' })

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
