/**
 * One backup, so many of the keepers that hold it die, one restore; the real coordinator, services and codes over memory
 * transport.
 */
import { codeOf } from '../../src/core/errors.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type Files } from './network.ts'

export interface OneBackupOptions {
  readonly keepers: number
  readonly die: number
  readonly megabytes: number
  /** That a connection breaks. */
  readonly breakChance: number
  readonly seed: number
}

export async function oneBackup(options: OneBackupOptions) {
  const { keepers, die, megabytes, breakChance, seed } = options
  const network = await startNetwork(keepers, { breakChance })
  const root = noise(`${seed}/root`, 32)
  const files: Files = Object.fromEntries(
    Array.from({ length: megabytes }, (_, i) => [`file ${i}`, noise(`${seed}/${i}`, 1_000_000)]),
  )

  const startedAt = performance.now()
  const { result } = await backUp(await network.owner(root), sourceOf('home', files))
  const backedUpAt = performance.now()
  const holders = network.keepers.filter(({ keeper }) => keeper.state().shards > 0)
  await Promise.all(holders.slice(0, die).map((holder) => holder.die()))
  const diedAt = performance.now()
  const back = await bringBack(await network.owner(root)).catch((thrown: unknown) => codeOf(thrown))
  const whole =
    typeof back !== 'string' &&
    Object.entries(files).every(
      ([path, bytes]) => Buffer.compare(bytes, back.files.get(`home/${path}`) ?? bytes.slice(1)) === 0,
    )
  const endedAt = performance.now()
  await network.close()
  return {
    ...options,
    placed: holders.length,
    state: result.state,
    bytesSent: result.bytesSent,
    restored: typeof back === 'string' ? back : whole ? 'whole' : 'damaged',
    backupMs: Math.round(backedUpAt - startedAt),
    restoreMs: Math.round(endedAt - diedAt),
  }
}
