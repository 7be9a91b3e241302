/** M20: a keeper with limits of its rates, as a process and in a tab, measured by an owner that takes all it can get. */
import { MB, type Millis } from '../../src/core/units.ts'
import { rateSteps } from '../../src/app/limit-steps.ts'
import type { Network } from '../e2e/network.ts'
import type { Profiles } from '../e2e/tab.ts'
import { meetHeadless, type HeadlessOwner } from './headless-owner.ts'
import type { Moved } from './one-keeper.ts'

const LIMIT = 2 * MB
const MEASURED_MS: Millis = 60_000
/** Fewest with which anything is protected. */
const KEEPERS = 6

/** Bytes in a second over the limit: 1 is exact. */
export interface OfLimit {
  /** The keeper took in and gave out. */
  readonly down: number
  readonly up: number
}

export async function rateLimits(network: Network, profiles: Profiles): Promise<Record<'process' | 'tab', OfLimit>> {
  const limits = ['--upload', `${LIMIT / MB}MB`, '--download', `${LIMIT / MB}MB`]
  const data = network.freshPath('keeper')
  const limited = network.adopt(data, network.keeptab(data, ['keep', '--space', '2GB', ...limits]))
  const tab = await profiles.fresh('keep')
  const [{ device }] = await Promise.all([limited, network.addKeepers(KEEPERS - 2)])
  await tab.keep()
  for (const which of ['Upload', 'Download']) {
    await tab.page.getByRole('slider', { name: which }).fill(String(rateSteps.indexOf(LIMIT)))
  }
  const [process, page] = await Promise.all(
    [device, await tab.device()].map(async (keeper) => measured(await meetHeadless(network.url, keeper))),
  )
  if (process === undefined || page === undefined) throw new Error('two were measured')
  return { process, tab: page }
}

async function measured(owner: HeadlessOwner): Promise<OfLimit> {
  try {
    const { keeper } = owner
    const down = ofLimit(await keeper.storeFor(MEASURED_MS))
    return { down, up: ofLimit(await keeper.readFor(MEASURED_MS)) }
  } finally {
    await owner.close()
  }
}

const ofLimit = ({ bytes, ms }: Moved): number => Number((bytes / (ms / 1000) / LIMIT).toFixed(4))
