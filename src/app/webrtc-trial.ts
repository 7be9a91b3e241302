/** Trying WebRTC out in this page alone: which ways to be reached it finds, and whether a channel carries bytes. */
import { KeeptabError } from '../core/errors.ts'
import { KiB, type Millis } from '../core/units.ts'
import type { CandidateKind, Gathered } from './doctor.ts'

/** A server that has not answered by then is not one to wait for. */
const GATHER_MS: Millis = 5000
const CHANNEL_MS: Millis = 5000
/** What a browser reports for a server that does not answer. */
const SILENCE = 701
/** RFC 5389 §15.6: refused for good; waiting longer helps nothing. */
const REFUSALS: readonly number[] = [400, 401, 403, 437, 438, 441, 486]
const TRIAL_BYTES = 64 * KiB

/** @throws whatever WebRTC throws where it is blocked */
export async function gather(servers: readonly RTCIceServer[], policy: RTCIceTransportPolicy): Promise<Gathered> {
  const connection = new RTCPeerConnection({ iceServers: [...servers], iceTransportPolicy: policy })
  const kinds: CandidateKind[] = []
  const refusals: number[] = []
  const wanted = policy === 'relay' ? 'relay' : servers.length > 0 ? 'srflx' : undefined
  try {
    const gathered = new Promise<'complete' | 'found' | 'refused'>((resolve) => {
      connection.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate === null) resolve('complete')
        else if (candidate.type !== null) kinds.push(candidate.type)
        if (candidate?.type === wanted) resolve('found')
      })
      connection.addEventListener('icecandidateerror', ({ errorCode }) => {
        refusals.push(errorCode)
        if (policy === 'relay' && REFUSALS.includes(errorCode)) resolve('refused')
      })
    })
    connection.createDataChannel('trial')
    await connection.setLocalDescription()
    const came = await Promise.race([gathered, after(GATHER_MS)])
    if (came === undefined && wanted !== undefined) refusals.push(SILENCE)
    return { kinds, refusals }
  } finally {
    connection.close()
  }
}

/** Sends bytes over a channel between two connections of this page. @throws KeeptabError `timeout`, or what WebRTC throws */
export async function carryBytes(): Promise<void> {
  const [near, far] = [new RTCPeerConnection({ iceServers: [] }), new RTCPeerConnection({ iceServers: [] })]
  try {
    introduce(near, far)
    introduce(far, near)
    const arrived = new Promise<true>((resolve) => {
      far.addEventListener('datachannel', ({ channel }) => {
        channel.binaryType = 'arraybuffer'
        channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => data.byteLength === TRIAL_BYTES && resolve(true)
      })
    })
    const channel = near.createDataChannel('trial')
    channel.onopen = () => channel.send(new Uint8Array(TRIAL_BYTES))
    await near.setLocalDescription()
    await far.setRemoteDescription(near.localDescription ?? never())
    await far.setLocalDescription()
    await near.setRemoteDescription(far.localDescription ?? never())
    if ((await Promise.race([arrived, after(CHANNEL_MS)])) !== true) throw new KeeptabError('timeout')
  } finally {
    near.close()
    far.close()
  }
}

function introduce(from: RTCPeerConnection, to: RTCPeerConnection): void {
  // One that comes before the description is refused; the description then has it already.
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate !== null) to.addIceCandidate(candidate).catch(() => undefined)
  })
}

const never = (): never => {
  throw new KeeptabError('internal', 'A description was set and is not there.')
}

const after = (ms: Millis): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms)
  })
