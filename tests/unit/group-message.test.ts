/** What an owner's device accepts as a placement group, whatever a coordinator says. */
import { describe, expect, it } from 'vitest'
import { groupSchema } from '../../src/protocol/coordinator-messages.ts'
import { redundancyOf } from '../../src/durability/redundancy.ts'

const group = (k: number, n: number) => ({
  id: 'ab'.repeat(16),
  code: { k, n },
  happy: redundancyOf(k, n)?.happy ?? n,
  slots: Array.from({ length: n }, (_, index) => ({
    index,
    keeper: index.toString(16).padStart(64, '0'),
    online: true,
    ticket: '',
  })),
  crowding: { network: 1, platform: 1, operator: n, waived: [] },
  trial: k === 2,
})
const isAccepted = (said: unknown): boolean => groupSchema.safeParse(said).success

describe('a placement group', () => {
  it.each([
    [2, 6],
    [4, 12],
    [8, 24],
    [16, 48],
    [16, 32],
  ])('of (%i, %i) is taken', (k, n) => {
    expect(isAccepted(group(k, n))).toBe(true)
    expect(isAccepted({ ...group(k, n), happy: n, trial: true })).toBe(true)
    expect(isAccepted({ ...group(k, n), slots: group(k, n).slots.slice(1) })).toBe(true)
  })

  const sound = group(16, 32)
  const [first, second, ...others] = sound.slots
  it.each([
    ['with a code that Keeptab never uses', group(16, 20)],
    ['with nothing to spare', group(16, 16)],
    ['of a small code that is not said to be a trial', { ...group(2, 6), trial: false }],
    ['done before enough shards are stored', { ...sound, happy: 27 }],
    ['never done', { ...sound, happy: 33 }],
    ['with two shards at one keeper', { ...sound, slots: [first, { ...second, keeper: first?.keeper }, ...others] }],
    ['with one index twice', { ...sound, slots: [first, { ...second, index: 0 }, ...others] }],
    ['with an index that its code does not have', { ...sound, slots: [{ ...first, index: 32 }] }],
  ])('%s is refused', (_what, said) => {
    expect(isAccepted(said)).toBe(false)
  })
})
