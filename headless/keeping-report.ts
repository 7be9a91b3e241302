/** What `keeptab keep` says: when it is ready, and later what has changed, not more than once a second. */
import type { Millis } from '../src/core/units.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import type { KeeperState } from '../src/keeping/keeper.ts'
import type { KeeperStanding } from '../src/protocol/coordinator-messages.ts'
import { countText, type Output } from './output.ts'
import { sizeText } from './progress.ts'

const EVERY_MS: Millis = 1000

export interface KeepingReport {
  /** A folder that was named by mistake must not pass for the one that was meant. */
  readonly onNewAccount: (identity: DeviceIdentity, data: string) => void
  /** Tells the first state at once and the newest of all later ones when its second is over. */
  readonly onState: (identity: DeviceIdentity, state: KeeperState) => void
}

export const keepingReport = (output: Output): KeepingReport => ({
  onNewAccount({ account, device }, data) {
    const text = `There was no account in ${data}: a new one was made. keeptab init shows its 24 words.`
    output.item({ event: 'new-account', account, device, data }, text)
  },
  onState: stateReport(output),
})

function stateReport(output: Output): KeepingReport['onState'] {
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

function textOf({ online, limitBytes, usedBytes, shards, lost, standing }: KeeperState, device: string): string {
  const holds = `${countText(shards, 'shard')}, ${sizeText(usedBytes)} of ${sizeText(limitBytes)}`
  const losses = lost === 0 ? '' : ` ${countText(lost, 'shard')} lost and reported.`
  const word = standing === undefined ? '' : ` ${standingText(standing)}`
  return `Device ${device.slice(0, 8)} ${online ? 'keeps' : 'is offline, keeps'} ${holds}.${losses}${word}`
}

const states: Readonly<Record<KeeperStanding['state'], string>> = {
  new: 'New',
  vetted: 'Vetted',
  warned: 'Warned',
  suspended: 'Suspended, gets nothing new',
  out: 'Out, what it keeps does not count',
}
const reasons: Readonly<Record<KeeperStanding['reason'], string>> = {
  young: '',
  proven: '',
  late: ': answers come late',
  lost: ': what it was asked for was gone',
  silent: ': what it was asked for was not shown for hours',
  wrong: ': what it was asked for came back changed',
  withheld: ': others connect to it and get nothing whole, so that what it keeps does not count',
  unreachable: ': nobody can connect to it, so that what it keeps does not count',
}

function standingText(standing: KeeperStanding): string {
  const { state, reason, passed, failed, leaves, notBefore, auditScore, hereShare } = standing
  const shown = `${countText(passed, 'proof')}${failed === 0 ? '' : `, ${failed} not given`}`
  const unit = reason === 'withheld' || reason === 'unreachable' ? 'read' : 'proof'
  const more = leaves === 0 ? '' : `, ${countText(leaves, unit)} to go`
  const from = notBefore === undefined ? '' : `, not before ${new Date(notBefore).toISOString().slice(0, 10)}`
  const score = passed + failed === 0 ? '' : `, score ${(Math.floor(1000 * auditScore) / 10).toFixed(1)}%`
  const here = hereShare === undefined ? '' : `, here ${Math.round(24 * hereShare)} h of 24`
  return `${states[state]}${reasons[reason]} (${shown}${more}${from}${score}${here}).`
}
