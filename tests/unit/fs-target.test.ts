import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFsTarget } from '../../headless/fs-target.ts'
import type { RestoreTarget } from '../../src/backup/target.ts'
import { own, utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'

let place: string
let target: string
let outside: string
let notices: string[][]
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'keeptab-target-'))
  target = join(place, 'target')
  outside = join(place, 'outside')
  notices = []
  await mkdir(outside)
  await writeFile(join(outside, 'file'), 'precious')
})
afterEach(async () => {
  // Nothing that a test does may reach what lies beside the target.
  expect(await readdir(place)).toEqual(
    (await lstat(target).catch(() => undefined)) ? ['outside', 'target'] : ['outside'],
  )
  expect(await readdir(outside)).toEqual(['file'])
  expect(await readFile(join(outside, 'file'), 'utf8')).toBe('precious')
  // Node's own `rm` cannot take away paths that are too long to be named at once.
  execFileSync('rm', ['-rf', place])
})

const open = (mayReplace = false) => openFsTarget(target, (...notice) => notices.push(notice), mayReplace)

async function* content(...parts: string[]): AsyncGenerator<Bytes> {
  for (const part of parts) yield await Promise.resolve(utf8(part))
}

describe('a restore into a directory', () => {
  test('makes it with its parents and brings back content, rights, dates, links and empty directories', async () => {
    target = join(target, 'a', 'b')
    const out = await open()
    await out.enterDirectory(utf8('docs'), { mode: 0o2550, modifiedMicros: 1_600_000_000_123_456 })
    await out.file(utf8('file'), 6, { mode: 0o640, modifiedMicros: -1_500_000 }, content('abc', 'def'))
    await out.enterDirectory(utf8('empty'), { mode: 0o1777, modifiedMicros: 1_000_000 })
    await out.leaveDirectory()
    await out.symlink(utf8('link'), utf8('../../outside'), { modifiedMicros: 1_700_000_000_999_999 })
    await out.leaveDirectory()
    await out.finish()

    const at = (path: string) => lstat(join(target, path), { bigint: true })
    const docs = await at('docs')
    expect([docs.mode & 0o7777n, docs.mtimeNs / 1000n]).toEqual([0o2550n, 1_600_000_000_123_456n])
    const file = await at('docs/file')
    expect([file.mode & 0o7777n, file.mtimeNs]).toEqual([0o640n, -1_500_000_000n])
    expect(await readFile(join(target, 'docs/file'), 'utf8')).toBe('abcdef')
    const empty = await at('docs/empty')
    expect([empty.mode & 0o7777n, empty.mtimeNs]).toEqual([0o1777n, 1_000_000_000n])
    expect((await at('docs/link')).mtimeNs / 1000n).toBe(1_700_000_000_999_999n)
    expect(await readlink(join(target, 'docs/link'))).toBe('../../outside')
    expect(notices).toEqual([])
    target = join(place, 'target')
  })

  test('gives names back byte for byte, also those that are no UTF-8', async () => {
    const raw = Buffer.from([0x61, 0xff, 0x0a, 0x80])
    const out = await open()
    await out.file(own(raw), 1, {}, content('x'))
    await out.finish()
    expect(await readdir(target, { encoding: 'buffer' })).toEqual([raw])
  })

  test('without rights in the backup leaves them to the umask', async () => {
    const umask = Number.parseInt(execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' }), 8)
    const out = await open()
    await out.enterDirectory(utf8('folder'), {})
    await out.file(utf8('file'), 1, {}, content('x'))
    await out.finish()
    expect((await stat(join(target, 'folder'))).mode & 0o777).toBe(0o777 & ~umask)
    expect((await stat(join(target, 'folder/file'))).mode & 0o777).toBe(0o666 & ~umask)
  })

  test('never sets the bits that lend the rights of whoever restores', async () => {
    const out = await open()
    await out.file(utf8('file'), 1, { mode: 0o6755 }, content('x'))
    await out.finish()
    expect((await stat(join(target, 'file'))).mode & 0o7777).toBe(0o755)
  })

  test('fills a directory that is entered again for what came later, and leaves it with its own rights and date', async () => {
    const out = await open()
    const meta = { mode: 0o500, modifiedMicros: 1e15 }
    for (const name of ['first', 'second']) {
      await out.enterDirectory(utf8('docs'), meta)
      if (name === 'second') out.skip(utf8('first'))
      await out.file(utf8(name), name.length, {}, content(name))
      await out.leaveDirectory()
      out.again()
    }
    await out.finish()
    const found = await stat(join(target, 'docs'))
    expect([found.mode & 0o7777, found.mtimeMs]).toEqual([0o500, 1e12])
    for (const name of ['first', 'second']) expect(await readFile(join(target, 'docs', name), 'utf8')).toBe(name)
  })

  test('holds a tree whose paths are longer than the system takes at once', async () => {
    const out = await open()
    const name = utf8('x'.repeat(250))
    for (let depth = 0; depth < 20; depth += 1) await out.enterDirectory(name, {})
    await out.file(utf8('deep'), 1, {}, content('x'))
    await out.finish()
    expect(execFileSync('find', ['.', '-name', 'deep', '-printf', '%d'], { cwd: target, encoding: 'utf8' })).toBe('21')
  })
})

describe('what lies in the target already', () => {
  beforeEach(() => mkdir(target))

  test('a link where the backup has a directory is not walked through', async () => {
    await symlink(outside, join(target, 'docs'))
    const out = await open(true)
    await out.enterDirectory(utf8('docs'), { mode: 0o700, modifiedMicros: 0 })
    await out.file(utf8('file'), 3, {}, content('new'))
    await out.leaveDirectory()
    await out.finish()
    expect((await lstat(join(target, 'docs'))).isDirectory()).toBe(true)
    expect(await readFile(join(target, 'docs/file'), 'utf8')).toBe('new')
  })

  test('a link where the backup has a file is replaced, not written through', async () => {
    await symlink(join(outside, 'file'), join(target, 'file'))
    await symlink(join(outside, 'made'), join(target, 'dangling'))
    const out = await open(true)
    await out.file(utf8('file'), 3, { mode: 0o600 }, content('new'))
    await out.file(utf8('dangling'), 3, {}, content('new'))
    await out.finish()
    expect((await lstat(join(target, 'file'))).isFile()).toBe(true)
    expect((await lstat(join(target, 'dangling'))).isFile()).toBe(true)
  })

  test('a link that the backup itself has just made is not walked through', async () => {
    const out = await open()
    await out.symlink(utf8('docs'), utf8(outside), {})
    await out.enterDirectory(utf8('docs'), {})
    await out.file(utf8('file'), 3, {}, content('new'))
    await out.finish()
    expect((await lstat(join(target, 'docs'))).isSymbolicLink()).toBe(true)
  })

  test('a directory that is swapped for a link while it is being filled does not lead out', async () => {
    const out = await open()
    await out.enterDirectory(utf8('docs'), {})
    await rm(join(target, 'docs'), { recursive: true })
    await symlink(outside, join(target, 'docs'))
    await expect(out.file(utf8('file'), 3, {}, content('new'))).rejects.toMatchObject({ code: 'target-refused' })
    await out.finish()
  })

  const day = { modifiedMicros: 1_700_000_000_000_000 }
  const at = (path: string) => join(target, path)
  /** What is there, and the same in a backup of a day, in which all files hold `new`. */
  async function work() {
    const files = {
      older: 'old',
      longer: 'longer',
      same: 'new',
      coarse: 'new',
      empty: '',
      inPlaceOfFolder: 'mine',
      other: 'mine',
    }
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text)
    await mkdir(at('inPlaceOfFile'))
    for (const [name, to] of [
      ['sameLink', 'to'],
      ['otherLink', 'elsewhere'],
      ['linkInPlaceOfFolder', outside],
    ] as const) {
      await symlink(to, at(name))
    }
    await symlink(join(outside, 'file'), at('linkInPlaceOfFile'))
    const seconds = day.modifiedMicros / 1e6
    await utimes(at('older'), seconds - 2, seconds - 2)
    // As FAT keeps it.
    for (const [name, time] of [
      ['longer', seconds],
      ['same', seconds],
      ['coarse', seconds - 1.9],
    ] as const) {
      await utimes(at(name), time, time)
    }
  }
  const filesOfBackup = ['older', 'longer', 'same', 'coarse', 'empty', 'absent', 'inPlaceOfFile', 'linkInPlaceOfFile']
  const foldersOfBackup = ['inPlaceOfFolder', 'linkInPlaceOfFolder', 'folder']
  const differing = [
    'older',
    'longer',
    'inPlaceOfFile',
    'linkInPlaceOfFile',
    'otherLink',
    'inPlaceOfFolder',
    'linkInPlaceOfFolder',
  ]

  /** @returns the names of what was refused */
  async function writeAll(out: RestoreTarget): Promise<string[]> {
    const refused: string[] = []
    const note = (name: string) => (thrown: KeeptabError) => void refused.push(`${thrown.code} ${name}`)
    for (const name of filesOfBackup) await out.file(utf8(name), 3, day, content('new')).catch(note(name))
    for (const name of ['sameLink', 'otherLink']) await out.symlink(utf8(name), utf8('to'), {}).catch(note(name))
    for (const name of foldersOfBackup) {
      await out.enterDirectory(utf8(name), {}).catch(note(name))
      await out.file(utf8('file'), 3, day, content('new')).catch(note(`${name}/file`))
      await out.leaveDirectory()
    }
    await out.finish()
    return refused
  }

  test('what differs is told before anything is written, and is refused', async () => {
    await work()
    const out = await open()
    const before = out.before?.()
    if (before === undefined) throw new Error('nothing can be looked at')
    const told: string[] = []
    const note = (name: string, standing: unknown) => {
      if (standing === 'different') told.push(name)
    }
    for (const name of filesOfBackup) note(name, await before.file(utf8(name), 3, day))
    for (const name of ['sameLink', 'otherLink']) note(name, await before.symlink(utf8(name), utf8('to')))
    for (const name of foldersOfBackup) {
      note(name, await before.enterDirectory(utf8(name)))
      note(`${name}/file`, await before.file(utf8('file'), 3, day))
      before.leaveDirectory()
    }
    expect(told).toEqual(differing)
    expect(await out.before?.().file(utf8('same'), 3, {}), 'of no known time').toBe('different')

    const mine = async () => {
      const kept = ['older', 'longer', 'inPlaceOfFolder', 'other']
      const files = await Promise.all(
        kept.map(async (name) => [await readFile(at(name), 'utf8'), (await stat(at(name))).mtimeMs]),
      )
      return [
        ...files,
        ...(await Promise.all(
          ['otherLink', 'linkInPlaceOfFolder', 'linkInPlaceOfFile'].map((name) => readlink(at(name))),
        )),
      ]
    }
    const was = await mine()
    const below = ['inPlaceOfFolder/file', 'linkInPlaceOfFolder/file']
    expect((await writeAll(out)).sort()).toEqual(
      [...differing, ...below].map((name) => `target-refused ${name}`).sort(),
    )
    expect(await mine()).toEqual(was)
    for (const name of ['same', 'coarse', 'empty', 'absent']) expect(await readFile(at(name), 'utf8')).toBe('new')
  })

  test('what differs is replaced where that was asked for, but no folder by a file, and other files stay', async () => {
    await work()
    expect(await writeAll(await open(true))).toEqual(['target-refused inPlaceOfFile'])
    const files = filesOfBackup.filter((name) => name !== 'inPlaceOfFile')
    for (const name of [...files, ...foldersOfBackup.map((folder) => join(folder, 'file'))]) {
      expect((await lstat(at(name))).isFile()).toBe(true)
      expect(await readFile(at(name), 'utf8')).toBe('new')
    }
    for (const name of foldersOfBackup) expect((await lstat(at(name))).isDirectory()).toBe(true)
    expect(await readlink(at('otherLink'))).toBe('to')
    expect(await readFile(at('other'), 'utf8')).toBe('mine')
    expect((await stat(at('inPlaceOfFile'))).isDirectory()).toBe(true)
  })

  test.runIf(existsSync('/proc/self'))('a place in which nothing can be made is named at once', async () => {
    for (const [path, code] of [
      ['/proc/x/y', 'ENOENT'],
      ['/dev/null/x', 'ENOTDIR'],
    ] as const) {
      await expect(openFsTarget(path, () => undefined)).rejects.toMatchObject({
        code: 'target-refused',
        message: expect.stringContaining(`${path}: `) as unknown,
        data: { systemCode: code },
      })
    }
  })

  test('a file is never taken for the place of a restore, and it says so', async () => {
    await writeFile(join(place, 'taken'), 'mine')
    const refused = openFsTarget(join(place, 'taken'), () => undefined)
    await expect(refused).rejects.toMatchObject({
      code: 'target-refused',
      detail: expect.stringContaining('a file is in the way') as string,
    })
    expect(await readFile(join(place, 'taken'), 'utf8')).toBe('mine')
    await rm(join(place, 'taken'))
  })

  test('a directory is never taken away for a file, and the restore goes on', async () => {
    await mkdir(join(target, 'name'))
    await mkdir(join(target, 'other'))
    const out = await open()
    await expect(out.file(utf8('name'), 1, {}, content('x'))).rejects.toMatchObject({ code: 'target-refused' })
    await expect(out.symlink(utf8('other'), utf8('x'), {})).rejects.toMatchObject({ code: 'target-refused' })
    await out.file(utf8('next'), 1, {}, content('x'))
    await out.finish()
    expect((await readdir(target)).sort()).toEqual(['name', 'next', 'other'])
  })

  test('what belongs into a directory that is refused is refused too and does not land beside it', async () => {
    const out = await open()
    // In a directory that is gone nothing can be made.
    await rm(target, { recursive: true })
    await expect(out.enterDirectory(utf8('docs'), {})).rejects.toMatchObject({ code: 'target-refused' })
    await mkdir(target)
    await expect(out.file(utf8('file'), 1, {}, content('x'))).rejects.toMatchObject({ code: 'target-refused' })
    await expect(out.enterDirectory(utf8('below'), {})).rejects.toMatchObject({ code: 'target-refused' })
    await out.leaveDirectory()
    await out.leaveDirectory()
    await out.finish()
    expect(await readdir(target)).toEqual([])
  })

  test('a read-only directory is filled and is read-only again', async () => {
    await mkdir(join(target, 'docs'))
    await chmod(join(target, 'docs'), 0o555)
    const out = await open()
    await out.enterDirectory(utf8('docs'), {})
    await out.file(utf8('file'), 1, {}, content('x'))
    await out.leaveDirectory()
    await out.finish()
    expect((await stat(join(target, 'docs'))).mode & 0o777).toBe(0o555)
    await chmod(join(target, 'docs'), 0o755)
  })
})

describe('hostile names', () => {
  const hostile = [
    '..',
    '.',
    '',
    '../outside/file',
    '/etc/passwd',
    'a/../../outside/file',
    'nul\0',
    '%=x',
    'x'.repeat(300),
  ]

  test.each(hostile)('%j stays inside, for files, links and directories', async (name) => {
    const out = await open()
    await out.file(utf8(name), 1, {}, content('x'))
    await out.symlink(utf8(`${name}l`), utf8('/'), {})
    await out.enterDirectory(utf8(`${name}d`), {})
    await out.file(utf8(name), 1, {}, content('x'))
    await out.leaveDirectory()
    await out.finish()
    expect(await readdir(target)).toHaveLength(3)
    expect(notices[0]?.[0]).toBe('renamed')
  })

  test('two files of one name are both kept', async () => {
    const out = await open()
    await out.file(utf8('same'), 1, {}, content('1'))
    await out.file(utf8('same'), 1, {}, content('2'))
    await out.finish()
    expect(await readFile(join(target, 'same'), 'utf8')).toBe('1')
    expect(await readdir(target)).toHaveLength(2)
  })

  test.each(['', 'a\0b', 'x'.repeat(5000)])(
    'a link that leads to %j is refused, and the restore goes on',
    async (to) => {
      const out = await open()
      await expect(out.symlink(utf8('link'), utf8(to), {})).rejects.toMatchObject({ code: 'target-refused' })
      await out.file(utf8('next'), 1, {}, content('x'))
      await out.finish()
      expect(await readdir(target)).toEqual(['next'])
    },
  )
})

describe('an interruption', () => {
  async function* broken(): AsyncGenerator<Bytes> {
    yield await Promise.resolve(utf8('half'))
    throw new KeeptabError('aborted')
  }

  test('leaves the old file, no part of the new one, and passes its reason on', async () => {
    await mkdir(target)
    await writeFile(join(target, 'file'), 'old')
    const out = await open()
    await expect(out.file(utf8('file'), 8, {}, broken())).rejects.toMatchObject({ code: 'aborted' })
    expect(await readdir(target)).toEqual(['file'])
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('old')
    await out.finish()
  })

  test('content of another size than promised never gets the name', async () => {
    const out = await open()
    await expect(out.file(utf8('file'), 9, {}, content('short'))).rejects.toMatchObject({ code: 'internal' })
    expect(await readdir(target)).toEqual([])
    await out.finish()
  })

  test('what a killed restore left behind is cleaned by the next', async () => {
    await mkdir(join(target, 'docs'), { recursive: true })
    for (const name of ['.keeptab-unfinished-1-0', 'docs/.keeptab-unfinished-1-1'])
      await writeFile(join(target, name), 'half')
    const out = await open()
    await out.enterDirectory(utf8('docs'), {})
    await out.leaveDirectory()
    await out.finish()
    expect(await readdir(target)).toEqual(['docs'])
    expect(await readdir(join(target, 'docs'))).toEqual([])
  })
})
