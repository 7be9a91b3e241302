/** M5: a second backup of ten thousand files of which one has changed, against a bare walk that looks at all of them. */
import { randomBytes } from 'node:crypto'
import { lstat, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { ensureBuilt } from '../../headless/set-up.mjs'
import { SHARD_SIZES } from '../../src/core/shard-sizes.ts'
import type { Millis } from '../../src/core/units.ts'
import { chromiumOptions } from '../chromium.mjs'
import { randomFolder } from '../e2e/corpus.ts'
import { ended, Network, safe } from '../e2e/network.ts'
import { expect, Profiles, type Tab } from '../e2e/tab.ts'
import { print, timed } from './figure.ts'

const ROUNDS = 5
const DIRECTORIES = 100
const FILES_EACH = 100
const BYTES_EACH = 4096
/** Large enough that what describes it is small beside it. */
const CHANGED_BYTES = 1_000_000
/** Six keepers: any two of six shards are enough, and a shard has one of a few sizes. */
const [K, N] = [2, 6]
const CHANGED_SHARDS_BYTES = N * (SHARD_SIZES.find((size) => K * size > CHANGED_BYTES) ?? NaN)

interface Round {
  /** Until all files are through, the start of the program included; of a page only the whole is known. */
  readonly scanMs?: Millis
  /** From the start of the backup to its end, with all that it sent. */
  readonly backupMs: Millis
  readonly walkMs: Millis
  readonly sentBytes: number
}

export async function benchRescan(): Promise<void> {
  ensureBuilt()
  for (const [where, measure] of [
    ['Node', inNode],
    ['page, a real folder by its handle', inPage],
  ] as const) {
    const network = await Network.start(6)
    try {
      const source = join(network.folder, 'source')
      for (let i = 0; i < DIRECTORIES; i += 1) await randomFolder(join(source, `${i}`), FILES_EACH, BYTES_EACH)
      const rounds = await measure(network, source)
      const what = `${DIRECTORIES * FILES_EACH} files, one of 1 MB changed, ${where}`
      const peerName = 'walk that asks each file for size and time'
      const scans = rounds.flatMap(({ scanMs, walkMs }) =>
        scanMs === undefined ? [] : [{ ours: scanMs, peer: walkMs }],
      )
      if (scans.length > 0) print({ target: 'M5', case: `scan, ${what}`, peerName, unit: 'ms', rounds: scans })
      print({
        target: 'M5',
        case: `whole second backup, ${what}`,
        peerName,
        unit: 'ms',
        rounds: rounds.map(({ backupMs, walkMs }) => ({ ours: backupMs, peer: walkMs })),
      })
      print({
        target: 'M5',
        case: `sent by it, ${where}`,
        peerName: 'the six shards of the changed file',
        unit: 'bytes',
        rounds: rounds.map(({ sentBytes }) => ({ ours: sentBytes, peer: CHANGED_SHARDS_BYTES })),
      })
    } finally {
      await network.stop()
    }
  }
}

const change = (source: string): Promise<void> => writeFile(join(source, 'changing'), randomBytes(CHANGED_BYTES))

async function inNode(network: Network, source: string): Promise<Round[]> {
  const owner = await network.owner('owner')
  await change(source)
  await network.backup(owner, source)
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await change(source)
    const walkMs = await timed(() => walk(source))
    const startedAt = performance.now()
    const program = network.keeptab(owner.data, ['backup', source])
    await program.event('progress', ({ filesDone, filesTotal }) => filesDone === filesTotal)
    const scanMs = performance.now() - startedAt
    const { bytesSent: sentBytes } = safe(await ended(program))
    rounds.push({ scanMs, backupMs: performance.now() - startedAt, walkMs, sentBytes })
  }
  return rounds
}

async function walk(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walk(path)
    else await lstat(path)
  }
}

async function inPage(network: Network, source: string): Promise<Round[]> {
  const browser = await chromium.launch(chromiumOptions())
  try {
    const tab = await new Profiles(browser, network.url).fresh()
    await change(source)
    await tab.drop(source)
    await tab.press('Start backup')
    await expect(tab.state).toHaveText('Words needed', { timeout: 5 * 60_000 })
    // Otherwise the page notices what changes, and has begun before it is told to.
    await tab.page.getByText('Read again every hour').click()
    await tab.page.getByLabel('When folders are read again').selectOption('hand')
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      await change(source)
      const walkMs = await tab.page.evaluate(walkPicked)
      const before = await network.receivedBytes()
      const backupMs = await anotherBackup(tab)
      rounds.push({ backupMs, walkMs, sentBytes: (await network.receivedBytes()) - before })
    }
    return rounds
  } finally {
    await browser.close()
  }
}

/** By the page's own notes of when it began and ended. */
async function anotherBackup(tab: Tab): Promise<Millis> {
  const { startedAt: before } = await tab.page.evaluate(lastBackup)
  await tab.press('Back up now')
  let last = { startedAt: before, endedAt: before }
  await expect
    .poll(async () => (last = await tab.page.evaluate(lastBackup)).startedAt, { timeout: 5 * 60_000 })
    .toBeGreaterThan(before)
  return last.endedAt - last.startedAt
}

// ---- what runs in the page

/** Asks the database of what the page remembers. */
function lastBackup(): Promise<{ startedAt: Millis; endedAt: Millis }> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-page')
    opening.onerror = () => reject(new Error(String(opening.error)))
    opening.onsuccess = () => {
      const asking = opening.result.transaction('facts').objectStore('facts').get('lastBackup')
      asking.onsuccess = () => {
        opening.result.close()
        const { startedAt, finished } = asking.result as { startedAt: Millis; finished: { at: Millis } }
        resolve({ startedAt, endedAt: finished.at })
      }
    }
  })
}

/** Walks the folder that was dropped, by the handle that the page remembers. @returns how long it took */
function walkPicked(): Promise<Millis> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-page')
    opening.onerror = () => reject(new Error(String(opening.error)))
    opening.onsuccess = () => {
      const asking = opening.result.transaction('folders').objectStore('folders').getAll()
      asking.onsuccess = async () => {
        opening.result.close()
        const startedAt = performance.now()
        const waiting = (asking.result as { handle: FileSystemDirectoryHandle }[]).map(({ handle }) => handle)
        for (const directory of waiting) {
          for await (const handle of directory.values()) {
            if (handle.kind === 'directory') waiting.push(handle)
            else await handle.getFile()
          }
        }
        resolve(performance.now() - startedAt)
      }
    }
  })
}
