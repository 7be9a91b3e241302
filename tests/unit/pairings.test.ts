/** Mailboxes of devices that meet: nobody holds all of them, and whoever has few gets one. */
import { expect, it } from 'vitest'
import { createPairings } from '../../signaling/pairings.ts'
import { idOf, parseAccountId, parseDeviceId } from '../../src/core/ids.ts'
import { MINUTE } from '../../src/core/units.ts'

const offer = Uint8Array.of(1)

/** The number as a name of so many bytes. */
const bytesOf = (number: number, length: number) => {
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

function start() {
  let now = 0
  let opened = 0
  const pairings = createPairings({ now: () => now }, 200)
  return {
    pairings,
    pass: (ms: number) => void (now += ms),
    /** A device of that account opens one. @returns its name */
    open: (account: number, block: string | undefined) => {
      const device = idOf(parseDeviceId, bytesOf((opened += 1), 32))
      const name = `mailbox ${opened}`
      pairings.open({ device, account: idOf(parseAccountId, bytesOf(account, 32)) }, block, name, offer)
      return name
    },
  }
}

const tooMany = expect.objectContaining({ code: 'too-many-requests' }) as Error

it('one account has eight at once, whichever of its devices asks', () => {
  const { open, pass } = start()
  for (let i = 0; i < 8; i += 1) open(1, `10.0.${i}.0/24`)
  expect(() => open(1, '10.0.9.0/24')).toThrow(tooMany)
  open(2, '10.0.9.0/24')
  pass(10 * MINUTE)
  open(1, '10.0.9.0/24')
})

it('accounts in one address block have a hundred together, where blocks are told apart', () => {
  const { open } = start()
  for (let i = 0; i < 100; i += 1) open(i, '10.0.0.0/24')
  expect(() => open(100, '10.0.0.0/24')).toThrow(tooMany)
  open(100, '10.0.1.0/24')
  for (let i = 0; i < 101; i += 1) open(1000 + i, undefined)
})

it('when all are taken, the oldest of the block that has most goes for one that has fewer', () => {
  const { open, pairings } = start()
  const own = open(0, '192.0.2.0/24')
  const first = open(1, '10.0.0.0/24')
  for (let i = 1; i < 100; i += 1) open(1 + i, '10.0.0.0/24')
  for (let i = 0; i < 99; i += 1) open(1000 + i, '10.0.1.0/24')
  const late = open(2000, '192.0.3.0/24')
  expect(pairings.read(late)).toEqual({ offer })
  expect(pairings.read(own)).toEqual({ offer })
  expect(() => pairings.read(first)).toThrow(expect.objectContaining({ code: 'not-found' }) as Error)
})

it('where all are in one block nobody is sent away for another', () => {
  const { open, pairings } = start()
  const first = open(0, undefined)
  for (let i = 1; i < 200; i += 1) open(i, undefined)
  expect(() => open(200, undefined)).toThrow(tooMany)
  expect(pairings.read(first)).toEqual({ offer })
})
