/** STUN and TURN servers of the operator, with credentials that end by themselves. None configured: none. */
import { createHmac } from 'node:crypto'
import type { Clock } from '../src/core/clock.ts'
import type { DeviceId } from '../src/core/ids.ts'
import type { RendezvousTicket } from '../src/protocol/coordinator-messages.ts'
import type { Config } from './config.ts'

export type IceServers = (device: DeviceId) => RendezvousTicket['iceServers']

/** How long a TURN credential is good for: longer than any transfer, as coturn checks it again at every refresh. */
const TURN_SECONDS = 24 * 3600

/** TURN by the scheme of coturn's `use-auth-secret`: draft-uberti-behave-turn-rest-00 §2.2. */
export const createIceServers =
  ({ stunUrls, turn }: Pick<Config, 'stunUrls' | 'turn'>, clock: Clock): IceServers =>
  (device) => {
    const stun = stunUrls.length === 0 ? [] : [{ urls: [...stunUrls] }]
    if (turn === undefined) return stun
    const username = `${Math.floor(clock.now() / 1000) + TURN_SECONDS}:${device}`
    const credential = createHmac('sha1', turn.secret).update(username).digest('base64')
    return [...stun, { urls: [...turn.urls], username, credential }]
  }
