/** M14: a backup of gigabytes comes back in a page from the words alone, as a ZIP or into a folder, and the page stays small. */
import { execFile } from 'node:child_process'
import { createCipheriv, createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from '@playwright/test'
import { ensureBuilt } from '../../headless/set-up.mjs'
import { MB, type ByteCount, type Millis } from '../../src/core/units.ts'
import { chromiumOptions } from '../chromium.mjs'
import { freePort } from '../contract/free-port.ts'
import { chance } from '../e2e/chance.ts'
import { Network } from '../e2e/network.ts'
import { Profiles, expect, type Tab } from '../e2e/tab.ts'
import { PageMemory } from './page-memory.ts'

/** As few as the network works with: they keep three times what is backed up. */
const KEEPERS = 6
const SMALL_FILES = 300
/** Of all bytes in the large file. Of 5 GB it is more than 32 bits count, so sizes and places need ZIP64. */
const LARGE_SHARE = 0.88
const LINE_BYTES = 300 * MB

type Facts = Readonly<Record<string, unknown>>
/** The SHA-256 of each file by its path. */
type Hashes = ReadonlyMap<string, string>

/** A way to bring back what is open in a tab. */
type Way = (tab: Tab) => {
  /** Resolves once all is back. */
  readonly back: Promise<unknown>
  readonly found: () => Promise<Hashes>
}

/** As `broughtBack`. With 5 GB one file is above 4 GiB. */
export const zipOf = (bytes: ByteCount): Promise<Facts> =>
  broughtBack('zip', bytes, (tab) => {
    const back = tab.downloadZip()
    return { back, found: async () => hashesIn(await back) }
  })

/** As `broughtBack`, into a folder of the browser's own file system, which stands for the one that a person picks. */
export const folderOf = (bytes: ByteCount): Promise<Facts> =>
  broughtBack('folder', bytes, (tab) => ({
    back: tab.press('Restore to a folder').then(() => isBack(tab, 60 * 60_000)),
    found: async () => {
      const restored = [...(await tab.restored('source'))]
      return new Map(restored.map(([path, what]) => [`source/${path}`, what.split(' ').at(-1) ?? '']))
    },
  }))

const isBack = (tab: Tab, timeout: Millis): Promise<void> =>
  expect(tab.heading).toHaveText('Everything is back', { timeout })

/**
 * @param bytes in all files together
 * @throws Error when anything else is back than went in, or the heaps miss their line
 */
async function broughtBack(story: string, bytes: ByteCount, bringBack: Way): Promise<Facts> {
  ensureBuilt()
  const { seed } = chance(story)
  const port = await freePort()
  const network = await Network.start()
  const { args, ...options } = chromiumOptions()
  const browser = await chromium.launch({ ...options, args: [...args, `--remote-debugging-port=${port}`] })
  try {
    await network.addKeepersTogether(KEEPERS, undefined, `${Math.ceil(bytes / 1e9) + 1}GB`)
    const source = join(network.folder, 'source')
    const made = await makeFiles(source, bytes, seed)
    const owner = await network.owner('owner')
    const backedUpFrom = performance.now()
    await network.backup(owner, source)
    const backupSeconds = secondsSince(backedUpFrom)
    await rm(source, { recursive: true })

    const profiles = new Profiles(browser, network.url)
    const tab = await profiles.fresh('restore')
    await tab.findBackups((await readFile(owner.phrase, 'utf8')).trim())
    await tab.openNewest()
    const memory = await PageMemory.of(port)
    const { back, found: look } = bringBack(tab)
    const from = performance.now()
    const peaks = await memory.peaksDuring(back)
    const restoreSeconds = secondsSince(from)
    memory.close()
    await isBack(tab, 60_000)
    if (profiles.complaints.length > 0) throw new Error(profiles.complaints.join('\n'))

    const found = await look()
    for (const [path, hash] of made) if (found.get(path) !== hash) throw new Error(`${path} is not what it was.`)
    if (found.size !== made.size) throw new Error(`There are ${found.size} files instead of ${made.size}.`)
    const facts = { seed, bytes, files: made.size, backupSeconds, restoreSeconds, ...peaks }
    if (peaks.togetherBytes >= LINE_BYTES) throw new Error(`The heaps miss their line: ${JSON.stringify(facts)}`)
    return facts
  } finally {
    await browser.close()
    await network.stop()
  }
}

async function makeFiles(source: string, bytes: ByteCount, seed: number): Promise<Hashes> {
  await mkdir(source)
  const large = Math.ceil(bytes * LARGE_SHARE)
  const small = Math.ceil((bytes - large) / SMALL_FILES)
  const hashes = new Map<string, string>()
  for (let i = 0; i <= SMALL_FILES; i += 1) {
    const name = `file ${String(i).padStart(3, '0')}` // the large one first, so that all others lie beyond it
    const hash = createHash('sha256')
    const pieces = noise(`${seed} ${i}`, i === 0 ? large : small)
    await pipeline(hashed(pieces, hash), createWriteStream(join(source, name)))
    hashes.set(`source/${name}`, hash.digest('hex'))
  }
  return hashes
}

/** Bytes that nothing compresses, the same for the same seed. */
function* noise(seed: string, bytes: ByteCount): Generator<Buffer> {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  const zeros = Buffer.alloc(1024 * 1024)
  for (let left = bytes; left > 0; left -= zeros.length) yield cipher.update(zeros.subarray(0, left))
}

function* hashed(pieces: Iterable<Buffer>, hash: Hash): Generator<Buffer> {
  for (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
}

/** Read by a program that knows nothing of Keeptab. */
async function hashesIn(zip: string): Promise<Hashes> {
  const program = fileURLToPath(new URL('zip_hashes.py', import.meta.url))
  const { stdout } = await promisify(execFile)('python3', [program, zip])
  const lines = stdout.trim().split('\n')
  return new Map(
    lines.map((line) => JSON.parse(line) as { path: string; sha256: string }).map(({ path, sha256 }) => [path, sha256]),
  )
}

const secondsSince = (from: Millis): number => Math.round((performance.now() - from) / 1000)
