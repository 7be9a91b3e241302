/** What `keeptab keep` says: when it is ready, and later what has changed, not more than once a second. */
import type { Millis } from '../src/core/units.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import type { KeeperState } from '../src/keeping/keeper.ts'
import { countText, type Output } from './output.ts'
import { sizeText } from './progress.ts'

const EVERY_MS: Millis = 1000

/** A listener that tells the first state at once and the newest of all later ones when its second is over. */
export function keepingReport(output: Output): (identity: DeviceIdentity, state: KeeperState) => void {
  let said: string | undefined
  let latest: KeeperState | undefined
  return ({ device }, state) => {
    const say = (now: KeeperState) => {
      const line = { event: 'keeping', device, ...now }
      if (JSON.stringify(line) === said) return
      said = JSON.stringify(line)
      output.item(line, textOf(now, device))
    }
    if (said === undefined) {
      say(state)
      return
    }
    if (latest === undefined) {
      setTimeout(() => {
        if (latest !== undefined) say(latest)
        latest = undefined
      }, EVERY_MS).unref()
    }
    latest = state
  }
}

function textOf({ online, limitBytes, usedBytes, shards, lost }: KeeperState, device: string): string {
  const holds = `${countText(shards, 'shard')}, ${sizeText(usedBytes)} of ${sizeText(limitBytes)}`
  const losses = lost === 0 ? '' : ` ${countText(lost, 'shard')} lost and reported.`
  return `Device ${device.slice(0, 8)} ${online ? 'keeps' : 'is offline, keeps'} ${holds}.${losses}`
}
