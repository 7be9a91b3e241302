import { describe, expect, test } from 'vitest'
import type { Bytes } from '../../src/core/bytes.ts'
import { codeOf } from '../../src/core/errors.ts'
import type { DeviceId } from '../../src/core/ids.ts'
import { fingerprintOf, shakeHands, type Ends, type Prover } from '../../src/transport/handshake.ts'
import { Wire } from '../../src/transport/memory.ts'
import type { Pipe } from '../../src/transport/pipe.ts'
import { newIdentity, random } from '../contract/identity.ts'

const FINGERPRINT = { a: 'sha-256 AA', b: 'sha-256 BB', m: 'sha-256 EE' }

/** A connection whose two ends see these fingerprints of each other. */
function connection(a = FINGERPRINT.a, b = FINGERPRINT.b) {
  const wire = new Wire({ random })
  return {
    dial: (who: Prover, expected: DeviceId) =>
      shake(who, wire.pipe('control', 0), { role: 'dialler', expected, ownFingerprint: a, peerFingerprint: b }),
    accept: (who: Prover, expected: DeviceId) =>
      shake(who, wire.pipe('control', 1), { role: 'acceptor', expected, ownFingerprint: b, peerFingerprint: a }),
    dialler: wire.pipe('control', 0),
    acceptor: wire.pipe('control', 1),
  }
}

/** As a transport does: whoever is not convinced hangs up. */
async function shake(who: Prover, pipe: Pipe, ends: Ends): Promise<unknown> {
  try {
    return await shakeHands(who, pipe, ends, random)
  } catch (thrown) {
    pipe.close()
    return codeOf(thrown)
  }
}

const [alice, bob, mallory] = await Promise.all([newIdentity(), newIdentity(), newIdentity()])

describe('a handshake', () => {
  test('proves each end to the other', async () => {
    const { dial, accept } = connection()
    expect(await Promise.all([dial(alice, bob.device), accept(bob, alice.device)])).toEqual([
      { device: bob.device, account: bob.account },
      { device: alice.device, account: alice.account },
    ])
  })

  test('begins with the dialler, whoever is ready first', async () => {
    const { dialler, acceptor } = connection()
    const said: Ends['role'][] = []
    const noted = (pipe: Pipe, role: Ends['role']): Pipe => ({
      ...pipe,
      listen: (listener) => pipe.listen(listener),
      send(message) {
        said.push(role)
        pipe.send(message)
      },
    })
    const seen = { ownFingerprint: FINGERPRINT.a, peerFingerprint: FINGERPRINT.b }
    const seenThere = { ownFingerprint: FINGERPRINT.b, peerFingerprint: FINGERPRINT.a }
    await Promise.all([
      shake(bob, noted(acceptor, 'acceptor'), { role: 'acceptor', expected: alice.device, ...seenThere }),
      shake(alice, noted(dialler, 'dialler'), { role: 'dialler', expected: bob.device, ...seen }),
    ])
    expect(said.slice(0, 2)).toEqual(['dialler', 'acceptor'])
    expect(said).toHaveLength(4)
  })

  test('fails for a man in the middle of two connections of his own, who passes everything on', async () => {
    const left = connection(FINGERPRINT.a, FINGERPRINT.m)
    const right = connection(FINGERPRINT.m, FINGERPRINT.b)
    for (const [from, to] of [
      [left.acceptor, right.dialler],
      [right.dialler, left.acceptor],
    ] as const) {
      from.listen((message) => to.send(message))
      void from.closed.then(() => to.close())
    }
    const outcome = await Promise.all([left.dial(alice, bob.device), right.accept(bob, alice.device)])
    // Whoever finds out first hangs up, which may be all that the other one sees.
    expect(['peer-impostor', 'peer-unreachable']).toEqual(expect.arrayContaining(outcome))
    expect(outcome).toContain('peer-impostor')
  })

  test('fails for somebody who signs with his own key in the name of another', async () => {
    const { dial, accept } = connection()
    const [dialled] = await Promise.all([
      dial(alice, bob.device),
      accept({ ...mallory, device: bob.device }, alice.device),
    ])
    expect(dialled).toBe('peer-impostor')
  })

  test('fails for another device, however valid its own certificate', async () => {
    const { dial, accept } = connection()
    const [dialled] = await Promise.all([dial(alice, bob.device), accept(mallory, alice.device)])
    expect(dialled).toBe('peer-impostor')
  })

  test('fails for somebody who shows the certificate of another', async () => {
    const { dial, accept } = connection()
    const thief = { ...mallory, device: bob.device, certificate: bob.certificate }
    expect(await Promise.all([dial(alice, bob.device), accept(thief, alice.device)])).toContain('peer-impostor')
  })

  test('fails for a certificate that its account did not sign', async () => {
    const { dial, accept } = connection()
    const forged = bob.certificate.slice()
    forged.set([(forged.at(-1) ?? 0) ^ 1], forged.length - 1)
    const [dialled] = await Promise.all([
      dial(alice, bob.device),
      accept({ ...bob, certificate: forged }, alice.device),
    ])
    expect(dialled).toBe('peer-impostor')
  })

  test('fails for a recording of an earlier one, over the same fingerprints', async () => {
    const heard: Bytes[] = []
    const first = connection()
    const send = first.acceptor.send.bind(first.acceptor)
    const recorder: Pipe = {
      ...first.acceptor,
      send(message) {
        heard.push(message)
        send(message)
      },
    }
    const ends = { expected: alice.device, ownFingerprint: FINGERPRINT.b, peerFingerprint: FINGERPRINT.a }
    await Promise.all([first.dial(alice, bob.device), shake(bob, recorder, { role: 'acceptor', ...ends })])
    expect(heard).toHaveLength(2)

    const second = connection()
    const dialled = second.dial(alice, bob.device)
    for (const message of heard) second.acceptor.send(message)
    expect(await dialled).toBe('peer-impostor')
  })

  test('fails for an echo', async () => {
    const { dial, acceptor } = connection()
    acceptor.listen((message) => acceptor.send(message))
    expect(await dial(alice, bob.device)).toBe('peer-impostor')
  })

  test('fails with oneself', async () => {
    const { dial } = connection()
    expect(await dial(alice, alice.device)).toBe('peer-impostor')
  })

  test('fails for anything else that is said first', async () => {
    const { dial, acceptor } = connection()
    acceptor.send(new Uint8Array(100))
    expect(await dial(alice, bob.device)).toBe('peer-impostor')
  })

  test('ends when the other side hangs up', async () => {
    const { dial, acceptor } = connection()
    const dialled = dial(alice, bob.device)
    acceptor.close()
    expect(await dialled).toBe('peer-unreachable')
  })
})

describe('the fingerprint of a description', () => {
  const hex = Array.from({ length: 32 }, () => 'ab').join(':')
  const of = (...lines: string[]): string => {
    try {
      return fingerprintOf({ sdp: ['v=0', ...lines, ''].join('\r\n') } as RTCSessionDescription)
    } catch (thrown) {
      return codeOf(thrown)
    }
  }

  test('has one form, however it is written', () => {
    expect(of(`a=fingerprint:SHA-256 ${hex}`)).toBe(`sha-256 ${hex.toUpperCase()}`)
    expect(of(`a=fingerprint:sha-256 ${hex}`, 'm=x', `a=fingerprint:sha-256 ${hex.toUpperCase()}`)).toBe(
      `sha-256 ${hex.toUpperCase()}`,
    )
  })

  test('is refused when there is none, more than one, or another hash', () => {
    expect(of()).toBe('peer-impostor')
    expect(of(`a=fingerprint:sha-256 ${hex}`, `a=fingerprint:sha-256 00${hex.slice(2)}`)).toBe('peer-impostor')
    expect(of(`a=fingerprint:sha-1 ${hex}`)).toBe('peer-impostor')
    expect(of('a=fingerprint:sha-256 ab')).toBe('peer-impostor')
  })
})
