/**
 * One process per directory: a file `lock` that names the process, `<pid> <start>`. A process that is dead, or whose
 * number another one got since, holds nothing. Two machines that share a directory over a network are not kept apart.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeeptabError } from '../src/core/errors.ts'
import { diskError, isMissing, systemCode } from './durable-files.ts'

/** Locks of this very process, which could not tell itself from a dead one with its number. */
const ours = new Set<string>()

/**
 * Takes a directory for this process until the returned function is called.
 * @throws KeeptabError `in-use` with the holder's `pid`, or `store-failed`
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock')
  if (ours.has(path)) throw taken(directory, process.pid)
  ours.add(path)
  try {
    await take(directory, path)
  } catch (thrown) {
    ours.delete(path)
    throw diskError(thrown, path)
  }
  return async () => {
    await rm(path, { force: true })
    ours.delete(path)
  }
}

async function take(directory: string, path: string): Promise<void> {
  const mine = `${path}-${process.pid}`
  try {
    await writeFile(mine, `${process.pid} ${await startOf(process.pid)}`, { mode: 0o600 })
    // A link appears with its content and only if there is none: nobody ever sees half a lock, and one of two wins.
    while (!(await linked(mine, path))) {
      const holder = await holderOf(path)
      if (holder !== undefined) throw taken(directory, holder)
      await putAside(path, `${mine}-stale`)
    }
  } finally {
    await rm(mine, { force: true })
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') return false
    throw thrown
  }
}

/** The living process that holds a lock, if one does. */
async function holderOf(path: string): Promise<number | undefined> {
  const [pidText, start] = (await textOf(path))?.split(' ') ?? []
  const pid = Number(pidText)
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return undefined
  return start === (await startOf(pid)) ? pid : undefined
}

/** Moves a dead process's lock away. Somebody may have been faster and hold it by now: then it is put back. */
async function putAside(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch (thrown) {
    if (isMissing(thrown)) return
    throw thrown
  }
  if ((await holderOf(aside)) !== undefined) await linked(aside, path)
  await rm(aside, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return systemCode(thrown) === 'EPERM'
  }
}

/** When a process started, in ticks since the machine did (field 22 of proc(5) stat); empty where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  // The name in field 2 may contain anything, even ')': count from the last one.
  const stat = (await textOf(`/proc/${pid}/stat`)) ?? ''
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    if (isMissing(thrown) || systemCode(thrown) === 'ESRCH') return undefined
    throw thrown
  }
}

const taken = (directory: string, pid: number): KeeptabError =>
  new KeeptabError(
    'in-use',
    `Process ${pid} has the data folder ${directory}. To back up while keep runs, give backup a folder of its own with ` +
      `the same words: keeptab --data OTHER init --phrase-file WORDS, once; then keeptab --data OTHER backup PATH.`,
    { pid, directory },
  )
