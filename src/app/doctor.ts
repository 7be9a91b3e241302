/**
 * The connection doctor: walks the way from this page to a keeper, and on to what it stands on here, and names each stage
 * at which it breaks. Rules over probes; the probes alone touch the world, so that a test can put a fault into any.
 */
import { CLOCK_TOLERANCE_MS } from '../core/clock.ts'
import { codeOf, type ErrorCode } from '../core/errors.ts'
import { GB, type ByteCount, type Millis } from '../core/units.ts'

/** In the order of the way: what breaks at one stage often breaks the later ones too. */
export const stages = [
  'secure',
  'coordinator',
  'clock',
  'sign-in',
  'live',
  'rendezvous',
  'ice',
  'turn',
  'channel',
  'keepers',
  'storage',
  'persistence',
  'folders',
  'notifications',
] as const
export type Stage = (typeof stages)[number]

/** `advice`: it works, and could be better. `skipped`: it was not tried, for the reason that is named. */
type Verdict = 'well' | 'advice' | 'broken' | 'skipped'

/** All that can be found. Each has its sentences in the catalog: what is wrong, what it means, what to do. */
const verdicts = {
  'well': 'well',
  'insecure': 'broken',
  'offline': 'broken',
  'coordinator-down': 'broken',
  'coordinator-foreign': 'broken',
  'coordinator-refuses': 'broken',
  'clock-wrong': 'broken',
  'sign-in-refused': 'broken',
  'live-blocked': 'broken',
  'rendezvous-blocked': 'broken',
  'webrtc-blocked': 'broken',
  'no-addresses': 'broken',
  'stun-silent': 'advice',
  'turn-refused': 'broken',
  'turn-dead': 'broken',
  'channel-blocked': 'broken',
  'keepers-unreachable': 'broken',
  'storage-full': 'broken',
  'storage-failed': 'broken',
  'storage-low': 'advice',
  'not-persistent': 'advice',
  'folders-refused': 'broken',
  'folders-gone': 'broken',
  'notifications-off': 'advice',
  'after-secure': 'skipped',
  'after-coordinator': 'skipped',
  'after-sign-in': 'skipped',
  'after-ice': 'skipped',
  'no-account': 'skipped',
  'elsewhere': 'skipped',
  'no-profile': 'skipped',
  'no-turn': 'skipped',
  'no-keepers': 'skipped',
  'no-folders': 'skipped',
} as const satisfies Record<string, Verdict>
export type Found = keyof typeof verdicts

/** Facts go into the report: numbers, yes or no, and codes. Never an id, an address or a name. */
type Facts = Readonly<Record<string, number | boolean | ErrorCode>>

export interface Finding {
  readonly stage: Stage
  readonly found: Found
  readonly verdict: Verdict
  readonly facts: Facts
}

export type CandidateKind = 'host' | 'srflx' | 'prflx' | 'relay'

/** What came of asking for ways to be reached. */
export interface Gathered {
  readonly kinds: readonly CandidateKind[]
  /** Codes with which servers refused or did not answer: those of STUN, or 701 for silence. */
  readonly refusals: readonly number[]
}

export interface StorageFacts {
  readonly quotaBytes?: ByteCount | undefined
  readonly usedBytes?: ByteCount | undefined
  /** Whether a few bytes could be written and read again. */
  readonly wrote: 'well' | 'full' | 'failed'
}

/** The ones that need a device which may sign in. All throw KeeptabError. */
export interface DeviceProbes {
  /** Signs in and asks for the operator's servers. */
  signIn(): Promise<readonly RTCIceServer[]>
  /** Resolves when the live socket has said welcome. */
  live(): Promise<void>
  /** Resolves when other devices can reach this one by the rendezvous. */
  rendezvous(): Promise<void>
  /** Dials some keepers that are said to be online. @throws `not-enough-keepers` when there are none to dial */
  keepers(): Promise<{ readonly tried: number; readonly reached: number }>
}

export interface Probes {
  secure(): boolean
  online(): boolean
  /** How far this device's clock is ahead. @throws KeeptabError */
  coordinator(): Promise<{ readonly aheadMs: Millis; readonly tookMs: Millis }>
  readonly device: DeviceProbes | 'no-account' | 'elsewhere' | 'no-profile'
  /** @throws whatever WebRTC throws where it is blocked */
  gather(servers: readonly RTCIceServer[], policy: RTCIceTransportPolicy): Promise<Gathered>
  /** Carries bytes over a channel between two connections in this page. @throws when they do not arrive */
  channel(): Promise<void>
  storage(): Promise<StorageFacts>
  persisted(): Promise<boolean>
  folders(): Promise<{ readonly all: number; readonly refused: number; readonly gone: number }>
  /** `undefined` where the browser has none. */
  notifications(): NotificationPermission | undefined
}

/** With less, a browser soon refuses to write. */
const LOW_BYTES: ByteCount = GB

/** Examines stage after stage. `onFinding` runs for each as soon as it is known, in order. Never rejects. */
export async function examine(probes: Probes, onFinding: (finding: Finding) => void): Promise<void> {
  const tell = (stage: Stage, found: Found, facts: Facts = {}): boolean => {
    onFinding({ stage, found, verdict: verdicts[found], facts })
    return verdicts[found] === 'well'
  }

  if (!tell('secure', probes.secure() ? 'well' : 'insecure')) {
    // Nothing that the others would try exists there.
    for (const stage of stages.slice(1)) tell(stage, 'after-secure')
    return
  }
  const reached = await examineCoordinator(probes, tell)
  const servers = await examineDevice(probes, reached, tell)
  const connects = await examineIce(probes, servers, tell)
  await examineKeepers(probes, servers, connects, tell)
  await examineStorage(probes, tell)

  const { all, refused, gone } = await probes.folders()
  if (all === 0) tell('folders', 'no-folders')
  else if (gone > 0) tell('folders', 'folders-gone', { all, refused, gone })
  else tell('folders', refused > 0 ? 'folders-refused' : 'well', { all, refused })
  tell('notifications', probes.notifications() === 'granted' ? 'well' : 'notifications-off')
}

type Tell = (stage: Stage, found: Found, facts?: Facts) => boolean

async function examineCoordinator(probes: Probes, tell: Tell): Promise<boolean> {
  try {
    const { aheadMs, tookMs } = await probes.coordinator()
    tell('coordinator', 'well', { tookMs })
    tell('clock', Math.abs(aheadMs) > CLOCK_TOLERANCE_MS ? 'clock-wrong' : 'well', { aheadMs })
    return true
  } catch (thrown) {
    tell('coordinator', unreached(codeOf(thrown), probes.online()), { code: codeOf(thrown) })
    tell('clock', 'after-coordinator')
    return false
  }
}

function unreached(code: ErrorCode, online: boolean): Found {
  if (!online) return 'offline'
  if (code === 'malformed') return 'coordinator-foreign'
  return code === 'coordinator-unreachable' || code === 'timeout' ? 'coordinator-down' : 'coordinator-refuses'
}

/** @returns the operator's servers, once signed in */
async function examineDevice(
  { device }: Probes,
  reached: boolean,
  tell: Tell,
): Promise<readonly RTCIceServer[] | undefined> {
  const skip = (found: Found, ...skipped: readonly Stage[]) => skipped.forEach((stage) => tell(stage, found))
  if (!reached || typeof device === 'string') {
    skip(reached && typeof device === 'string' ? device : 'after-coordinator', 'sign-in', 'live', 'rendezvous')
    return undefined
  }
  let servers: readonly RTCIceServer[]
  try {
    servers = await device.signIn()
    tell('sign-in', 'well')
  } catch (thrown) {
    tell('sign-in', 'sign-in-refused', { code: codeOf(thrown) })
    skip('after-sign-in', 'live', 'rendezvous')
    return undefined
  }
  await attempt(tell, 'live', 'live-blocked', () => device.live())
  await attempt(tell, 'rendezvous', 'rendezvous-blocked', () => device.rendezvous())
  return servers
}

/** Without an answer of the coordinator, as far as one gets without servers. */
async function examineIce(probes: Probes, known: readonly RTCIceServer[] | undefined, tell: Tell): Promise<boolean> {
  const servers = known ?? []
  const stun = servers.filter((server) => !relays(server))
  const turn = servers.filter(relays)
  let gathered: Gathered
  try {
    gathered = await probes.gather(stun, 'all')
  } catch {
    tell('ice', 'webrtc-blocked')
    tell('turn', 'after-ice')
    tell('channel', 'after-ice')
    return false
  }
  const { kinds, refusals } = gathered
  const ways = countOf(kinds)
  if (kinds.length === 0) tell('ice', 'no-addresses', ways)
  // A device with a public address of its own hears nothing new from STUN: then no server complains either.
  else tell('ice', !kinds.includes('srflx') && refusals.length > 0 ? 'stun-silent' : 'well', ways)

  if (turn.length === 0) tell('turn', known === undefined ? 'after-sign-in' : 'no-turn')
  else {
    const relayed = await probes.gather(turn, 'relay')
    const refusal = relayed.refusals.find((code) => code < SILENCE)
    if (relayed.kinds.includes('relay')) tell('turn', 'well', countOf(relayed.kinds))
    else if (refusal === undefined) tell('turn', 'turn-dead')
    else tell('turn', 'turn-refused', { stunError: refusal })
  }
  return attempt(tell, 'channel', 'channel-blocked', () => probes.channel())
}

async function examineKeepers(
  { device }: Probes,
  servers: readonly RTCIceServer[] | undefined,
  connects: boolean,
  tell: Tell,
): Promise<void> {
  if (typeof device === 'string') return void tell('keepers', device)
  if (servers === undefined) return void tell('keepers', 'after-sign-in')
  if (!connects) return void tell('keepers', 'after-ice')
  try {
    const { tried, reached } = await device.keepers()
    if (tried === 0) tell('keepers', 'no-keepers')
    else tell('keepers', reached > 0 ? 'well' : 'keepers-unreachable', { tried, reached })
  } catch (thrown) {
    const code = codeOf(thrown)
    tell('keepers', code === 'not-enough-keepers' ? 'no-keepers' : 'keepers-unreachable', { code })
  }
}

async function examineStorage(probes: Probes, tell: Tell): Promise<void> {
  const { quotaBytes, usedBytes, wrote } = await probes.storage()
  const facts = { ...(quotaBytes !== undefined && { quotaBytes }), ...(usedBytes !== undefined && { usedBytes }) }
  const freeBytes = quotaBytes === undefined ? Infinity : quotaBytes - (usedBytes ?? 0)
  if (wrote !== 'well') tell('storage', wrote === 'full' ? 'storage-full' : 'storage-failed', facts)
  else tell('storage', freeBytes < LOW_BYTES ? 'storage-low' : 'well', facts)
  tell('persistence', (await probes.persisted()) ? 'well' : 'not-persistent')
}

async function attempt(tell: Tell, stage: Stage, broken: Found, probe: () => Promise<void>): Promise<boolean> {
  try {
    await probe()
    return tell(stage, 'well')
  } catch (thrown) {
    return tell(stage, broken, { code: codeOf(thrown) })
  }
}

/** W3C WebRTC §4.8.2: what stands for a server that does not answer; codes of STUN are below. */
const SILENCE = 700

const relays = ({ urls }: RTCIceServer): boolean => [urls].flat().some((url) => /^turns?:/.test(url))

function countOf(kinds: readonly CandidateKind[]): Facts {
  const counts: Record<string, number> = {}
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** What the person reads first: the first stage that is broken; else the first that could be better. */
export const chiefOf = (findings: readonly Finding[]): Finding | undefined =>
  findings.find(({ verdict }) => verdict === 'broken') ?? findings.find(({ verdict }) => verdict === 'advice')
