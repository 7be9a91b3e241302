import { describe, expect, test } from 'vitest'
import { folderTarget } from '../../src/app/folder-target.ts'
import type { OnNotice } from '../../src/backup/target.ts'
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { WritableFolder } from './browser-folders.ts'

const targetIn = (folder: WritableFolder, onNotice: OnNotice = () => undefined) => folderTarget(folder.handle, onNotice)

async function* content(text: string): AsyncGenerator<Bytes> {
  yield await Promise.resolve(utf8(text))
}

async function* broken(): AsyncGenerator<Bytes> {
  yield await Promise.resolve(utf8('half'))
  throw new KeeptabError('too-few-shards')
}

describe('a restore into a folder of the browser', () => {
  test('refuses what is in a folder that was refused, and goes on beside it', async () => {
    const folder = new WritableFolder({ top: new WritableFolder({ 'in-the-way': 'mine' }) })
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
    const folder = new WritableFolder({ old: 'before' })
    const out = targetIn(folder)
    out.mayReplace()
    for (const name of ['old', 'new']) {
      await expect(out.file(utf8(name), 9, {}, broken())).rejects.toMatchObject({ code: 'too-few-shards' })
    }
    expect(folder.files()).toEqual(['old: before'])
  })

  test('keeps both of two names that a disk may take for one, and tells of what it renamed', async () => {
    const folder = new WritableFolder()
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

  test('tells what differs, leaves it as it is, and replaces it once that is said, a folder never', async () => {
    const work = () => ({
      file: 'mine',
      empty: '',
      inPlaceOfFolder: 'mine',
      folder: new WritableFolder({ deep: 'mine' }),
    })
    const folder = new WritableFolder({ top: new WritableFolder(work()) })
    const out = targetIn(folder)
    const before = out.before?.()
    if (before === undefined) throw new Error('nothing can be looked at')
    expect(await before.enterDirectory(utf8('top'))).toBe('nothing')
    expect(await before.file(utf8('file'), 1, {})).toMatchObject({ size: 4 })
    expect(await before.file(utf8('empty'), 1, {})).toMatchObject({ size: 0 })
    expect(await before.file(utf8('absent'), 1, {})).toBe('nothing')
    expect(await before.file(utf8('folder'), 1, {})).toBe('different')
    expect(await before.enterDirectory(utf8('inPlaceOfFolder'))).toBe('different')
    expect(await before.file(utf8('below'), 1, {})).toBe('nothing')
    before.leaveDirectory()
    expect(await before.file(utf8('top'), 1, {}), 'in the folder above').toBe('nothing')

    const write = async () => {
      out.again()
      const refused: string[] = []
      const note = (name: string) => (thrown: KeeptabError) =>
        void refused.push(`${name} ${String(thrown.data['reason'])}`)
      await out.enterDirectory(utf8('top'), {})
      for (const name of ['file', 'empty', 'absent', 'folder']) {
        await out.file(utf8(name), 3, {}, content('new')).catch(note(name))
      }
      await out.enterDirectory(utf8('inPlaceOfFolder'), {}).catch(note('inPlaceOfFolder'))
      await out.file(utf8('below'), 3, {}, content('new')).catch(note('below'))
      await out.leaveDirectory()
      await out.leaveDirectory()
      return refused
    }
    const kind = 'TypeMismatchError'
    const inIt = 'below folder-refused'
    expect(await write()).toEqual(['file different', `folder ${kind}`, `inPlaceOfFolder ${kind}`, inIt])
    const mine = ['top/file: mine', 'top/inPlaceOfFolder: mine', 'top/folder/deep: mine']
    expect(folder.files().sort()).toEqual([...mine, 'top/absent: new', 'top/empty: new'].sort())
    out.mayReplace()
    expect(await write()).toEqual([`folder ${kind}`])
    const theirs = ['top/file', 'top/inPlaceOfFolder/below', 'top/absent', 'top/empty'].map((path) => `${path}: new`)
    expect(folder.files().sort()).toEqual([...theirs, 'top/folder/deep: mine'].sort())
  })

  test('writes through no link that lies there, which a browser does not find and may follow all the same', async () => {
    const outside = new WritableFolder({ file: 'precious' })
    const folder = new WritableFolder()
    const found = { directory: folder.getDirectoryHandle.bind(folder), file: folder.getFileHandle.bind(folder) }
    folder.getDirectoryHandle = (name, options) =>
      name === 'link' && options?.create ? Promise.resolve(outside) : found.directory(name, options)
    folder.getFileHandle = (name, options) =>
      name === 'file' && options?.create ? outside.getFileHandle(name) : found.file(name, options)
    const out = targetIn(folder)
    out.mayReplace()
    const refused = { code: 'target-refused', data: { reason: 'NotFoundError' } }
    await expect(out.file(utf8('file'), 3, {}, content('new'))).rejects.toMatchObject(refused)
    await expect(out.enterDirectory(utf8('link'), {})).rejects.toMatchObject(refused)
    await expect(out.file(utf8('file'), 3, {}, content('new'))).rejects.toMatchObject({ code: 'target-refused' })
    expect([folder.files(), outside.files()]).toEqual([[], ['file: precious']])
  })

  test('refuses links, which a browser cannot make, and does not pass over them', async () => {
    const folder = new WritableFolder()
    const link = targetIn(folder).symlink(utf8('link'), utf8('to'), {})
    await expect(link).rejects.toMatchObject({ code: 'target-refused' })
    expect(folder.files()).toEqual([])
  })
})
