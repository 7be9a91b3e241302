/** Who calls whom, without any network. */
import { expect, test } from 'vitest'
import { codeOf, KeeptabError } from '../../src/core/errors.ts'
import { deferred } from '../../src/transport/deferred.ts'
import type { Link } from '../../src/transport/transport.ts'
import { Switchboard } from '../../src/transport/switchboard.ts'
import { newIdentity } from '../contract/identity.ts'

const { device: own } = await newIdentity()
const { device: other } = await newIdentity()

test('whoever waits for a call from the other side that comes to nothing calls there, once', async () => {
  const switchboard = new Switchboard(own)
  const arriving = deferred<Link>()
  let dials = 0
  const dial = () => {
    dials += 1
    return Promise.reject(new KeeptabError('peer-impostor'))
  }
  expect(switchboard.arrive(other, () => arriving.promise)).toBe(true)
  const waiting = [1, 2].map(() => switchboard.connect(other, dial).catch(codeOf))
  await Promise.resolve()
  expect(dials).toBe(0)
  arriving.reject(new KeeptabError('peer-unreachable'))
  expect(await Promise.all(waiting)).toEqual(['peer-impostor', 'peer-impostor'])
  expect(dials).toBe(1)
})

test('nobody is called for those who have given up waiting, or after this side has left', async () => {
  const switchboard = new Switchboard(own)
  let dials = 0
  const dial = () => {
    dials += 1
    return Promise.reject(new KeeptabError('peer-impostor'))
  }
  const calls = [deferred<Link>(), deferred<Link>()] as const
  const stop = new AbortController()
  switchboard.arrive(other, () => calls[0].promise)
  const impatient = switchboard.connect(other, dial, stop.signal).catch(codeOf)
  await Promise.resolve()
  stop.abort()
  calls[0].reject(new KeeptabError('peer-unreachable'))
  expect(await impatient).toBe('aborted')

  switchboard.arrive(other, () => calls[1].promise)
  const waiting = switchboard.connect(other, dial).catch(codeOf)
  await Promise.resolve()
  switchboard.close()
  calls[1].reject(new KeeptabError('peer-unreachable'))
  expect(await waiting).toBe('peer-unreachable')
  expect(dials).toBe(0)
})

test('nobody is called where the other side has called again meanwhile and got through', async () => {
  const switchboard = new Switchboard(own)
  const first = deferred<Link>()
  switchboard.arrive(other, () => first.promise)
  const waiting = switchboard.connect(other, () => Promise.reject(new KeeptabError('internal', 'It was called.')))
  await Promise.resolve()
  const open = { closed: new Promise(() => undefined), close: () => undefined } as unknown as Link
  switchboard.arrive(other, () => Promise.resolve(open))
  await new Promise(setImmediate)
  first.reject(new KeeptabError('peer-unreachable'))
  expect(await waiting).toBe(open)
})
