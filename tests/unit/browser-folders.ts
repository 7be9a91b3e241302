/** Folders as browsers hand them out: as handles that last, to be written to, and as entries of a drop. */
import { concat, utf8, type Bytes } from '../../src/core/bytes.ts'

/** Of a file that is there when it is looked at, and gone when it is read. */
export const vanishes = Symbol('vanishes')
type Content = string | typeof vanishes
export interface Folder {
  readonly [name: string]: Content | Folder
}

const isFile = (entry: Content | Folder): entry is Content => typeof entry !== 'object'

function opener(name: string, content: Content): () => File {
  let looks = 0
  return () => {
    looks += 1
    if (content === vanishes && looks > 1) throw new DOMException('It is gone.', 'NotFoundError')
    return new File([content === vanishes ? 'here for now' : content], name, { lastModified: 1_600_000_000_000 })
  }
}

class FolderHandle {
  readonly kind = 'directory'
  readonly name: string
  readonly #children: readonly (FolderHandle | FileHandle)[]

  constructor(name: string, folder: Folder) {
    this.name = name
    this.#children = Object.entries(folder).map(([child, entry]) =>
      isFile(entry) ? new FileHandle(child, entry) : new FolderHandle(child, entry),
    )
  }

  async *values() {
    for (const child of this.#children) yield await Promise.resolve(child instanceof FileHandle ? child.again() : child)
  }

  isSameEntry(other: unknown): Promise<boolean> {
    return Promise.resolve(other === this)
  }

  /** @returns the way down to it; `null` when it is not in here */
  async resolve(other: unknown): Promise<string[] | null> {
    if (other === this) return []
    for (const child of this.#children) {
      const below = child instanceof FolderHandle ? await child.resolve(other) : null
      if (below !== null) return [child.name, ...below]
    }
    return null
  }

  queryPermission(): Promise<PermissionState> {
    return Promise.resolve('granted')
  }

  child(name: string): FolderHandle | FileHandle | undefined {
    return this.#children.find((child) => child.name === name)
  }
}

class FileHandle {
  readonly kind = 'file'
  readonly name: string
  readonly #content: Content
  readonly #open: () => File

  constructor(name: string, content: Content) {
    this.name = name
    this.#content = content
    this.#open = opener(name, content)
  }

  /** As the next listing of its folder hands it out. */
  again(): FileHandle {
    return new FileHandle(this.name, this.#content)
  }

  getFile(): Promise<File> {
    return new Promise((resolve) => resolve(this.#open()))
  }
}

export const folderHandle = (name: string, folder: Folder): FileSystemDirectoryHandle =>
  new FolderHandle(name, folder) as unknown as FileSystemDirectoryHandle

/** A folder in a handle that was made by `folderHandle`. */
export const folderIn = (handle: FileSystemDirectoryHandle, name: string): FileSystemDirectoryHandle =>
  (handle as unknown as FolderHandle).child(name) as unknown as FileSystemDirectoryHandle

function entryOf(name: string, entry: Content | Folder): unknown {
  if (isFile(entry)) {
    const open = opener(name, entry)
    const file = (resolve: (file: File) => void, reject: (cause: unknown) => void) => {
      new Promise<File>((done) => done(open())).then(resolve, reject)
    }
    return { isDirectory: false, name, file }
  }
  const createReader = () => {
    const portions = [Object.entries(entry).map(([child, inside]) => entryOf(child, inside))]
    return { readEntries: (resolve: (some: unknown[]) => void) => resolve(portions.pop() ?? []) }
  }
  return { isDirectory: true, name, createReader }
}

const itemsOf = (...items: object[]): DataTransferItemList =>
  items.map((item) => ({ kind: 'file', ...item })) as unknown as DataTransferItemList

/** What is dropped, where the browser gives out handles. */
export const droppedHandles = (...handles: FileSystemDirectoryHandle[]): DataTransferItemList =>
  itemsOf(...handles.map((handle) => ({ getAsFileSystemHandle: () => Promise.resolve(handle) })))

/** What is dropped, where it does not. */
export const droppedEntries = (name: string, folder: Folder): DataTransferItemList =>
  itemsOf({ webkitGetAsEntry: () => entryOf(name, folder) })

/** A folder to be written to: a file is there, and empty, as soon as it was asked for. */
export class WritableFolder {
  readonly name: string
  readonly entries = new Map<string, WritableFolder | Bytes>()
  /** Files, in the order in which they were closed. */
  readonly written: string[] = []
  onLook: (name: string) => void = () => undefined

  constructor(entries: Readonly<Record<string, WritableFolder | string>> = {}, name = '') {
    this.name = name
    for (const [child, entry] of Object.entries(entries)) {
      this.entries.set(child, typeof entry === 'string' ? utf8(entry) : entry)
    }
  }

  get handle(): FileSystemDirectoryHandle {
    return this as object as FileSystemDirectoryHandle
  }

  getDirectoryHandle(name: string, { create = false } = {}): Promise<WritableFolder> {
    const entry = this.entries.get(name) ?? (create ? new WritableFolder({}, name) : undefined)
    if (entry === undefined) return Promise.reject(new DOMException('', 'NotFoundError'))
    if (!(entry instanceof WritableFolder)) return Promise.reject(new DOMException('', 'TypeMismatchError'))
    this.entries.set(name, entry)
    return Promise.resolve(entry)
  }

  getFileHandle(name: string, { create = false } = {}): Promise<unknown> {
    this.onLook(name)
    const entry = this.entries.get(name) ?? (create ? utf8('') : undefined)
    if (entry === undefined) return Promise.reject(new DOMException('', 'NotFoundError'))
    if (entry instanceof WritableFolder) return Promise.reject(new DOMException('', 'TypeMismatchError'))
    this.entries.set(name, entry)
    const parts: Bytes[] = []
    const writable = {
      write: (bytes: Bytes) => Promise.resolve(void parts.push(bytes.slice())),
      close: () => {
        this.written.push(name)
        this.entries.set(name, concat(...parts))
        return Promise.resolve()
      },
      abort: () => Promise.resolve(),
    }
    const getFile = () => Promise.resolve(new Blob([this.entries.get(name) as Bytes]))
    return Promise.resolve({ name, getFile, createWritable: () => Promise.resolve(writable) })
  }

  removeEntry(name: string): Promise<void> {
    this.entries.delete(name)
    return Promise.resolve()
  }

  /** All paths below it, with what is in the files. */
  files(path = ''): string[] {
    return [...this.entries].flatMap(([name, entry]) =>
      entry instanceof WritableFolder
        ? entry.files(`${path}${name}/`)
        : `${path}${name}: ${new TextDecoder().decode(entry)}`,
    )
  }
}
