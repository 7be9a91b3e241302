import { describe, expect, test } from 'vitest'
import { folderTarget } from '../../src/app/folder-target.ts'
import type { OnNotice } from '../../src/backup/target.ts'
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'

/** A folder as a browser hands it out: a file is there, and empty, as soon as it was asked for. */
class Folder {
  readonly entries = new Map<string, Folder | { content: string }>()

  constructor(entries: Readonly<Record<string, Folder | string>> = {}) {
    for (const [name, entry] of Object.entries(entries)) {
      this.entries.set(name, typeof entry === 'string' ? { content: entry } : entry)
    }
  }

  getDirectoryHandle(name: string): Promise<Folder> {
    const entry = this.entries.get(name) ?? new Folder()
    if (!(entry instanceof Folder)) return Promise.reject(new DOMException('', 'TypeMismatchError'))
    this.entries.set(name, entry)
    return Promise.resolve(entry)
  }

  getFileHandle(name: string, { create = false } = {}): Promise<unknown> {
    if (!create && !this.entries.has(name)) return Promise.reject(new DOMException('', 'NotFoundError'))
    const file = this.entries.get(name) ?? { content: '' }
    if (file instanceof Folder) return Promise.reject(new DOMException('', 'TypeMismatchError'))
    this.entries.set(name, file)
    let aside = ''
    const writable = {
      write: (bytes: Bytes) => Promise.resolve(void (aside += new TextDecoder().decode(bytes))),
      close: () => Promise.resolve(void (file.content = aside)),
      abort: () => Promise.resolve(),
    }
    return Promise.resolve({ name, createWritable: () => Promise.resolve(writable) })
  }

  removeEntry(name: string): Promise<void> {
    this.entries.delete(name)
    return Promise.resolve()
  }

  /** All paths below it, with what is in the files. */
  files(path = ''): string[] {
    return [...this.entries].flatMap(([name, entry]) =>
      entry instanceof Folder ? entry.files(`${path}${name}/`) : `${path}${name}: ${entry.content}`,
    )
  }
}

const targetIn = (folder: Folder, onNotice: OnNotice = () => undefined) =>
  folderTarget(folder as unknown as FileSystemDirectoryHandle, onNotice)

async function* content(text: string): AsyncGenerator<Bytes> {
  yield await Promise.resolve(utf8(text))
}

async function* broken(): AsyncGenerator<Bytes> {
  yield await Promise.resolve(utf8('half'))
  throw new KeeptabError('too-few-shards')
}

describe('a restore into a folder of the browser', () => {
  test('refuses what is in a folder that was refused, and goes on beside it', async () => {
    const folder = new Folder({ top: new Folder({ 'in-the-way': 'mine' }) })
    const out = targetIn(folder)
    const refused = { code: 'target-refused' }
    await out.enterDirectory(utf8('top'), {})
    await expect(out.enterDirectory(utf8('in-the-way'), {})).rejects.toMatchObject(refused)
    await expect(out.file(utf8('in-it'), 1, {}, content('x'))).rejects.toMatchObject(refused)
    await expect(out.enterDirectory(utf8('below'), {})).rejects.toMatchObject(refused)
    await expect(out.file(utf8('deep'), 1, {}, content('x'))).rejects.toMatchObject(refused)
    await out.leaveDirectory()
    await out.leaveDirectory()
    await out.file(utf8('beside'), 1, {}, content('x'))
    await out.leaveDirectory()
    await out.file(utf8('last'), 1, {}, content('y'))
    expect(folder.files()).toEqual(['top/in-the-way: mine', 'top/beside: x', 'last: y'])
  })

  test('leaves no empty file where the content broke off, and what was there before as it was', async () => {
    const folder = new Folder({ old: 'before' })
    const out = targetIn(folder)
    for (const name of ['old', 'new']) {
      await expect(out.file(utf8(name), 9, {}, broken())).rejects.toMatchObject({ code: 'too-few-shards' })
    }
    expect(folder.files()).toEqual(['old: before'])
  })

  test('keeps both of two names that a disk may take for one, and tells of what it renamed', async () => {
    const folder = new Folder()
    const notices: string[] = []
    const out = targetIn(folder, (what, path, detail) => notices.push(`${what} ${path}: ${detail}`))
    await out.enterDirectory(utf8('top'), {})
    await out.file(utf8('Letter'), 1, {}, content('A'))
    await out.file(utf8('letter'), 1, {}, content('b'))
    await out.file(utf8('con'), 1, {}, content('c'))
    await out.leaveDirectory()
    const [first, ...others] = folder.files()
    expect(first).toBe('top/Letter: A')
    expect(others).toHaveLength(2)
    expect(notices).toHaveLength(2)
    for (const [i, file] of others.entries()) {
      const [written, text] = file.slice('top/'.length).split(': ')
      expect(notices[i]).toBe(`renamed top/${text === 'b' ? 'letter' : 'con'}: ${written}`)
    }
  })

  test('refuses links, which a browser cannot make, and does not pass over them', async () => {
    const folder = new Folder()
    const link = targetIn(folder).symlink(utf8('link'), utf8('to'), {})
    await expect(link).rejects.toMatchObject({ code: 'target-refused' })
    expect(folder.files()).toEqual([])
  })
})
