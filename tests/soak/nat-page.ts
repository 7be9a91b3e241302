/** What `nat.ts` runs in a tab: a peer that reaches others and is reached. */
import { newDeviceOf, random, startEngine } from '../../src/app/compose.ts'
import { answerAll, dial, rest } from './nat-dial.ts'

const identity = await newDeviceOf(random.bytes(32))
const { owner } = await startEngine(identity, undefined)
const { coordinator, transport } = owner
answerAll(transport)
let onlines = 0
coordinator.goOnline(({ type }) => {
  if (type === 'online') onlines += 1
})
await transport.ready()

const nat = {
  device: identity.device,
  /** How often it has come online. */
  onlines: () => onlines,
  dial: (device: string) => dial(transport, device),
  rest: () => rest(transport),
}

export type NatPage = typeof nat
Object.assign(globalThis, { nat })
