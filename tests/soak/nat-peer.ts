/**
 * One peer behind a NAT, told by its parent what to do: `dial DEVICE` answers {"event":"dialled",…}, and `rest` answers
 * {"event":"resting"} as soon as no link is open. Arguments: the coordinator's address. Says {"event":"ready",device} once it can be reached, and again whenever it is back.
 */
import { createInterface } from 'node:readline'
import { composePeer } from '../../headless/compose.ts'
import { newIdentity } from '../contract/identity.ts'
import { answerAll, dial, rest } from './nat-dial.ts'

const say = (event: string, facts: object): void => console.log(JSON.stringify({ event, ...facts }))

const [url = ''] = process.argv.slice(2)
const identity = await newIdentity()
const { coordinator, transport } = composePeer(identity, url, new AbortController().signal)
answerAll(transport)
coordinator.goOnline(({ type }) => say(type, {}))
await transport.ready()
say('ready', { device: identity.device })

createInterface(process.stdin).on('line', (line) => {
  if (line === 'rest') return void rest(transport).then(() => say('resting', {}))
  const [, device = ''] = /^dial (\w+)$/.exec(line) ?? []
  void dial(transport, device).then((dialled) => say('dialled', { device, ...dialled }))
})
