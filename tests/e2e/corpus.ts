/** Folders to back up, and the comparison that decides whether they came back. */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { chmod, cp, lstat, mkdir, readdir, readlink, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { root } from './program.ts'

/**
 * Copies the first so many files of `node_modules`, by byte order of path: real names, sizes and contents.
 * @param from packages whose name sorts before this are left out
 */
export async function nodeModulesSlice(to: string, files = 5000, from = ''): Promise<{ files: number; bytes: number }> {
  let count = 0
  let bytes = 0
  const visit = async (relative: string): Promise<void> => {
    for (const entry of byName(await readdir(join(root, 'node_modules', relative), { withFileTypes: true }))) {
      if (count === files) return
      const path = join(relative, entry.name)
      if (path < from) continue
      // Tool caches are no part of what was installed and differ from run to run.
      if (entry.isDirectory() && !entry.name.startsWith('.')) await visit(path)
      if (!entry.isFile()) continue
      await mkdir(dirname(join(to, path)), { recursive: true })
      await cp(join(root, 'node_modules', path), join(to, path), { preserveTimestamps: true })
      bytes += (await lstat(join(to, path))).size
      count += 1
    }
  }
  await visit('')
  return { files: count, bytes }
}

/** Everything a file system can hold that a backup might trip over. */
export async function oddFolder(to: string): Promise<void> {
  const file = async (name: string, content: string | Uint8Array, mode = 0o644) => {
    await mkdir(dirname(join(to, name)), { recursive: true })
    await writeFile(join(to, name), content)
    await chmod(join(to, name), mode)
  }
  await file('empty', '')
  await file('script.sh', '#!/bin/sh\necho kept\n', 0o755)
  await file('private/secret', 'only for me', 0o600)
  await file('names/with space', 'a')
  await file('names/ünïcödé – 日本語 🗂', 'b')
  await file('names/colon:star*question?', 'c')
  await file('names/back\\slash', 'd')
  await file('names/trailing dot.', 'e')
  await file('names/CON', 'f')
  await file('names/case', 'lower')
  await file('names/CASE', 'upper')
  await file(`names/${'long'.repeat(63)}`, 'g')
  await file('names/.hidden', 'h')
  await file('names/new\nline', 'i')
  await file('large.bin', randomBytes(3_000_000))
  await file('text.txt', 'the same words again and again\n'.repeat(50_000))
  await mkdir(join(to, 'empty-directory/and-in-it'), { recursive: true })
  await symlink('text.txt', join(to, 'link-inside'))
  await symlink('/etc/hostname', join(to, 'link-outside'))
  await symlink('nowhere/at/all', join(to, 'link-broken'))
  await symlink('private', join(to, 'link-to-directory'))
  await utimes(join(to, 'text.txt'), new Date('2001-02-03T04:05:06.789Z'), new Date('2001-02-03T04:05:06.789Z'))
  await utimes(join(to, 'empty-directory'), new Date('2010-01-01T00:00:01Z'), new Date('2010-01-01T00:00:01Z'))
}

/** So many files of random bytes, none alike, none compressible. */
export async function randomFolder(to: string, files: number, bytesEach: number): Promise<void> {
  await mkdir(to, { recursive: true })
  for (let i = 0; i < files; i += 1) await writeFile(join(to, `file-${i}`), randomBytes(bytesEach))
}

/** So many files in one directory, empty but for every tenth. */
export async function emptyFiles(to: string, files: number): Promise<void> {
  await mkdir(to, { recursive: true })
  for (let i = 0; i < files; i += 1) await writeFile(join(to, `file ${i}`), i % 10 === 0 ? `number ${i}` : '')
}

export interface Compare {
  /** Times and modes too; a browser sees neither modes nor the times of directories. */
  readonly meta: boolean
}

/** What differs between two folders, one line each; empty when they are the same byte for byte. */
export async function differences(a: string, b: string, compare: Compare = { meta: true }): Promise<string[]> {
  const [left, right] = await Promise.all([contentsOf(a, compare), contentsOf(b, compare)])
  const paths = new Set([...left.keys(), ...right.keys()])
  return [...paths].flatMap((path) => {
    const [one, other] = [left.get(path) ?? 'missing', right.get(path) ?? 'missing']
    return one === other ? [] : [`${JSON.stringify(path)}: ${one} ≠ ${other}`]
  })
}

/** What each path below a folder is. */
export async function contentsOf(folder: string, { meta }: Compare): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const visit = async (relative: string): Promise<void> => {
    for (const entry of byName(await readdir(join(folder, relative), { withFileTypes: true }))) {
      const path = join(relative, entry.name)
      const full = join(folder, path)
      const stat = await lstat(full)
      const facts = meta ? ` mode ${(stat.mode & 0o7777).toString(8)} at ${Math.floor(stat.mtimeMs)}` : ''
      if (entry.isSymbolicLink()) found.set(path, `link to ${await readlink(full)}`)
      else if (entry.isDirectory()) {
        found.set(path, `directory${facts}`)
        await visit(path)
      } else found.set(path, `file of ${stat.size} ${await hashOf(full)}${facts}`)
    }
  }
  await visit('')
  return found
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

const byName = (entries: Dirent[]): Dirent[] =>
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
