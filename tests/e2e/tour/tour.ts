/**
 * A walk through every screen in every state, for whoever wants to look: a rule of accessibility, or a camera. One network
 * serves all of it. What needs the same keepers goes one after the other; the rest side by side, because most of it waits.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomFolder } from '../corpus.ts'
import { backingUp, crowdedBackup } from './backing-up.ts'
import { damaged } from './damaged.ts'
import { beginKeeping, checking, keeping } from './keeping.ts'
import { crowdedOperating, operating } from './operating.ts'
import { givingUp, ownDevices, remembered } from './own-devices.ts'
import { DEEP_FOLDERS, LONG_NAME, restoring } from './restoring.ts'
import type { Walk } from './walk.ts'
import { inTheWay, withoutCoordinator } from './without.ts'

/** With the tab that keeps they are six, whose code brings a pack back from two. */
const KEEPERS = 5

export async function tour(walk: Walk): Promise<void> {
  const { network } = walk
  const keepers = await network.addKeepersTogether(KEEPERS)
  const folder = join(network.folder, 'Photos')
  await crowdedFolder(folder)
  const keeper = await beginKeeping(walk)
  await operating(walk, KEEPERS + 1)
  const { owner, words } = await backingUp(walk, folder)
  await checking(walk, keeper)
  await Promise.all([
    ownDevices(walk, owner, words),
    keeping(walk, keeper),
    restoring(walk, words, { leave: () => keepers.kill(), return: () => network.addKeepersTogether(KEEPERS) }),
    inTheWay(walk),
  ])
  await remembered(walk, owner, folder)
  await givingUp(walk, owner, words, folder)
  await crowdedBackup(walk, owner)
  await crowdedOperating(walk)
  await damaged(walk)
  await withoutCoordinator(walk, folder)
}

/** Many files, more of them in one folder than are shown at once, a deep one, a name of 255 characters, and what is left out. */
async function crowdedFolder(folder: string): Promise<void> {
  await randomFolder(folder, 40, 20_000)
  const [scans, deep] = [join(folder, 'Scans'), join(folder, ...DEEP_FOLDERS)]
  await Promise.all([scans, deep].map((path) => mkdir(path, { recursive: true })))
  await Promise.all(Array.from({ length: 210 }, (_, i) => writeFile(join(scans, `scan ${i}.pdf`), `scan ${i}`)))
  await writeFile(join(deep, 'at the bottom of it all.txt'), 'deep')
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await writeFile(join(folder, 'node_modules', 'left-out.js'), '')
  await writeFile(join(folder, LONG_NAME), 'long')
  await writeFile(join(folder, 'Thumbs.db'), '')
}
