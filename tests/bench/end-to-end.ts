/** Backup and restore of incompressible files through real processes, against a raw channel of the same run. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { randomFolder } from '../e2e/corpus.ts'
import { Network } from '../e2e/network.ts'
import { print } from './figure.ts'
import { rawChannelRate } from './raw-channel.ts'

const ROUNDS = 5
const FILES = 32
const BYTES_EACH = 1_000_000
const RAW_BYTES = 64 * 1024 * 1024

/** Rates are source bytes over the time from the first to the last progress: the start of the process is not in them. */
export async function benchEndToEnd(): Promise<void> {
  const network = await Network.start(12)
  const backups = []
  const restores = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const source = join(network.folder, `source-${round}`)
      await randomFolder(source, FILES, BYTES_EACH)
      const owner = await network.owner(`owner-${round}`)
      const backup = await timed(network, owner.data, ['backup', source], 'scanned')
      const to = join(network.folder, `back-${round}`)
      const fresh = join(network.folder, `fresh-${round}`)
      const restore = await timed(network, fresh, ['restore', '--phrase-file', owner.phrase, '--to', to], 'progress')
      const peer = await rawChannelRate(RAW_BYTES)
      backups.push({ ours: backup, peer })
      restores.push({ ours: restore, peer })
      await Promise.all([source, to].map((path) => rm(path, { recursive: true })))
    }
  } finally {
    await network.stop()
  }
  const peerName = 'raw data channel between two Node processes, 64 KiB messages'
  const size = `${(FILES * BYTES_EACH) / 1e6} MB incompressible, 2 of 6, 12 keepers, Node`
  print({ target: 'F11', case: `backup, ${size}`, peerName, unit: 'MB/s of source', rounds: backups })
  print({ target: 'F12', case: `restore, ${size}`, peerName, unit: 'MB/s of source', rounds: restores })
}

async function timed(network: Network, data: string, args: readonly string[], first: string): Promise<number> {
  const program = network.keeptab(data, args)
  await program.event(first)
  const startedAt = performance.now()
  const { event } = await program.event('done').catch(() => ({ event: 'failed' }))
  const tookMs = performance.now() - startedAt
  if ((await program.exited) !== 0 || event !== 'done') throw new Error(`${args.join(' ')} failed: ${program.errors}`)
  return (FILES * BYTES_EACH) / 1000 / tookMs
}
