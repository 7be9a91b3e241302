/** A headless owner of a new account that speaks with one keeper. */
import { composePeer, type Peer } from '../../headless/compose.ts'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import { newDevice } from '../../src/identity/keys.ts'
import { OneKeeper } from './one-keeper.ts'

export interface HeadlessOwner {
  readonly keeper: OneKeeper
  readonly peer: Peer
  close(): Promise<void>
}

export async function meetHeadless(url: string, device: string): Promise<HeadlessOwner> {
  const stop = new AbortController()
  const identity = await newDevice(random.bytes(32), random.bytes(32), clock.now())
  const peer = composePeer(identity, url, stop.signal)
  const keeper = await OneKeeper.meet(peer, device)
  return {
    keeper,
    peer,
    async close() {
      stop.abort()
      await peer.transport.close()
    },
  }
}
