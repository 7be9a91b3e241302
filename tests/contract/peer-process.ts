/** A peer in a process of its own: serves until it is killed, or calls one device, closes and has nothing left to do. */
import '../../headless/node-webrtc.ts'
import { createPeerJsTransport } from '../../src/transport/peerjs.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import type { Rendezvous } from '../../src/transport/peerjs-membership.ts'
import { newIdentity, random } from './identity.ts'

const [invitation = '', device] = process.argv.slice(2)
const identity = await newIdentity()
const transport = createPeerJsTransport({
  identity,
  random,
  rendezvous: () => Promise.resolve(JSON.parse(invitation) as Rendezvous),
})
transport.serve(() => Promise.resolve({ head: { type: 'done' } }))
await transport.ready()
console.log(identity.device)
if (device !== undefined) {
  const link = await transport.connect(parseDeviceId(device))
  await link.call({ head: { type: 'heads' } })
  await transport.close()
}
