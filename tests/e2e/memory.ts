/** What a backup and a restore of one large file cost in memory: for the story and, with larger files, for the soak. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { differences } from './corpus.ts'
import { ended, expectCode, safe, type Network } from './network.ts'
import { peakMemory } from './peak-memory.ts'

export const MiB = 1024 * 1024

/** Bytes. */
export interface Peaks {
  readonly backup: number
  readonly restore: number
}

/** Backs up a random file of so many MiB and brings it back on a new device, byte for byte. */
export async function peaksFor(network: Network, sizeMiB: number): Promise<Peaks> {
  const name = `file-of-${sizeMiB}-MiB`
  const source = join(network.folder, name)
  await mkdir(source)
  await randomFile(join(source, 'file'), sizeMiB)
  const owner = await network.owner(`owner-of-${name}`)
  const backing = network.keeptab(owner.data, ['backup', source])
  const backup = await peakMemory(backing)
  safe(await ended(backing))

  const to = network.freshPath('restored')
  const restoring = ['restore', '--phrase-file', owner.phrase, '--to', to]
  const bringing = network.keeptab(network.freshPath('new-device'), restoring)
  const restore = await peakMemory(bringing)
  expectCode(0, await ended(bringing))
  const wrong = await differences(source, join(to, name))
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  await Promise.all([source, to].map((path) => rm(path, { recursive: true })))
  return { backup, restore }
}

async function randomFile(path: string, sizeMiB: number): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (let i = 0; i < sizeMiB; i += 1) await file.write(randomBytes(MiB))
  } finally {
    await file.close()
  }
}
