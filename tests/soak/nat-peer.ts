/**
 * One peer behind a NAT, told by its parent what to do: `dial DEVICE` answers {"event":"dialled",…}, and `rest` answers
 * {"event":"resting"} as soon as no link is open. Arguments: the coordinator's address. Says {"event":"ready",device} once it can be reached, and again whenever it is back.
 */
import { createInterface } from 'node:readline'
import { composePeer } from '../../headless/compose.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import { codeOf } from '../../src/core/errors.ts'
import { newIdentity } from '../contract/identity.ts'

const say = (event: string, facts: object): void => console.log(JSON.stringify({ event, ...facts }))

const [url = ''] = process.argv.slice(2)
const identity = await newIdentity()
const { coordinator, transport } = composePeer(identity, url, new AbortController().signal)
const { device } = identity
// Anything that comes back shows that bytes went both ways.
transport.serve(() => Promise.resolve({ head: { type: 'heads', heads: [] } }))
coordinator.goOnline(({ type }) => say(type, {}))
await transport.ready()
say('ready', { device })

async function dial(text: string): Promise<void> {
  const from = performance.now()
  try {
    const link = await transport.connect(parseDeviceId(text))
    await link.call({ head: { type: 'heads' } })
    link.close()
    say('dialled', { device: text, connected: true, ms: Math.round(performance.now() - from) })
  } catch (thrown) {
    say('dialled', { device: text, connected: false, code: codeOf(thrown) })
  }
}

/** Long enough for the end of a link to be heard of, and often enough not to be waited for. */
const LOOK_MS = 50

async function rest(): Promise<void> {
  while (transport.openLinks > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  say('resting', {})
}

createInterface(process.stdin).on('line', (line) => {
  if (line === 'rest') return void rest()
  const [, wanted = ''] = /^dial (\w+)$/.exec(line) ?? []
  void dial(wanted)
})
