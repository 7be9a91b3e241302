import { createHash, createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { own, toHex, utf8, type Bytes } from '../../src/core/bytes.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idBytes, idOf, parseDeviceId, parsePackId } from '../../src/core/ids.ts'
import { LEAF_BYTES, leafHashes, merkleProof, merkleRoot } from '../../src/core/merkle.ts'
import { KiB, MiB } from '../../src/core/units.ts'
import { chooseLeaf, firstDraw, provesLeaf } from '../../src/durability/audit-proof.ts'
import { openAuditAnswer, signAuditAnswer } from '../../src/protocol/records.ts'
import { dayOf } from '../../src/core/clock.ts'
import { beaconAnchor, beaconSecret, earlierSecret, isBeaconSecret } from '../../src/durability/beacon.ts'

const keeper = parseDeviceId('ab'.repeat(32))
const bytes = (length: number): Bytes => own(randomBytes(length))

describe('the beacon', () => {
  const seed = new Uint8Array(32).fill(7)
  const anchor = beaconAnchor(seed)

  it('is a chain: the secret of a day leads to the anchor, and to the secrets of all days before', () => {
    const [first, tenth] = [beaconSecret(seed, 0), beaconSecret(seed, 9)]
    expect(createHash('sha256').update(first).digest()).toEqual(Buffer.from(anchor))
    expect(isBeaconSecret(tenth, 9, anchor)).toBe(true)
    expect(earlierSecret(tenth, 9)).toEqual(first)
  })

  it('has one secret for each day: that of another day, or any other bytes, are none', () => {
    const tenth = beaconSecret(seed, 9)
    for (const day of [8, 10, -1, 0.5, Number.NaN]) expect(isBeaconSecret(tenth, day, anchor)).toBe(false)
    expect(isBeaconSecret(bytes(32), 9, anchor)).toBe(false)
    expect(isBeaconSecret(tenth, 9, bytes(32))).toBe(false)
  })

  it('has no day before the first, and none after the last', () => {
    for (const day of [-1, 36_525, 1.5]) expect(() => beaconSecret(seed, day)).toThrow()
    expect(createHash('sha256').update(seed).digest()).toEqual(Buffer.from(beaconSecret(seed, 36_523)))
  })

  it('begins a day at midnight in UTC', () => {
    expect(dayOf(Date.UTC(2026, 10, 27)) - dayOf(Date.UTC(2026, 10, 27) - 1)).toBe(1)
    expect(dayOf(Date.UTC(2026, 10, 27, 23, 59, 59))).toBe(dayOf(Date.UTC(2026, 10, 27)))
  })
})

describe('which leaf is asked', () => {
  it('is what anyone computes who knows the secret, the keeper and the number', async () => {
    const secret = bytes(32)
    const choice = await chooseLeaf(secret, keeper, 258)
    const mac = createHmac('sha256', secret)
      .update(utf8('keeptab/v1/audit-choice\0'))
      .update(idBytes(keeper))
      .update(Uint8Array.of(0, 0, 1, 2))
      .digest()
    expect(choice).toMatchObject({
      point: toHex(mac.subarray(0, 6)),
      draw: toHex(mac.subarray(6, 12)),
      id: toHex(mac.subarray(16)),
    })
    expect(choice.leafOf(MiB)).toBe(mac.readUInt32BE(12) % 64)
    expect(choice.leafOf(256)).toBe(0)
  })

  it('is another one for another secret, keeper or number', async () => {
    const secret = bytes(32)
    const choices = await Promise.all([
      chooseLeaf(secret, keeper, 1),
      chooseLeaf(secret, keeper, 2),
      chooseLeaf(secret, parseDeviceId('ac'.repeat(32)), 1),
      chooseLeaf(bytes(32), keeper, 1),
    ])
    expect(new Set(choices.map(({ id }) => id)).size).toBe(4)
    expect(new Set(choices.map(({ point }) => point)).size).toBe(4)
  })

  it('comes to every leaf and every part of the ring about as often', async () => {
    const secret = new Uint8Array(32).fill(1)
    const leaves = new Array<number>(8).fill(0)
    const parts = new Array<number>(16).fill(0)
    for (let number = 0; number < 3200; number += 1) {
      const { leafOf, point } = await chooseLeaf(secret, keeper, number)
      leaves[leafOf(128 * KiB)] = (leaves[leafOf(128 * KiB)] ?? 0) + 1
      const part = Number.parseInt(point.charAt(0), 16)
      parts[part] = (parts[part] ?? 0) + 1
    }
    // Five times the deviation that chance has.
    for (const count of leaves) expect(Math.abs(count - 400)).toBeLessThan(5 * Math.sqrt(400))
    for (const count of parts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(200))
  })

  it('places a shard on the ring by its name before it is asked for the first time', () => {
    expect(firstDraw(parsePackId('0123456789abcdef'.repeat(4)))).toBe('0123456789ab')
  })
})

describe('an answer', () => {
  const asked = { audit: '0f'.repeat(16), pack: parsePackId('12'.repeat(32)), index: 47, leaf: 63 }

  it('comes back as it was signed, with a leaf or the word that it is gone', async () => {
    const key = await signingKey(bytes(32))
    const signer = idOf(parseDeviceId, key.publicKey)
    for (const proof of [
      undefined,
      { bytes: bytes(LEAF_BYTES), path: [bytes(32), bytes(32)] },
      { bytes: bytes(1), path: [] },
    ]) {
      const signed = await signAuditAnswer(key, { ...asked, proof })
      expect(await openAuditAnswer(signed)).toEqual({ ...asked, keeper: signer, proof })
    }
  })

  it('is refused when a bit of it is another one', async () => {
    const signed = await signAuditAnswer(await signingKey(bytes(32)), {
      ...asked,
      proof: { bytes: bytes(100), path: [] },
    })
    for (let i = 0; i < signed.length; i += 1) {
      const changed = own(signed)
      changed[i] = (changed[i] ?? 0) ^ 1
      await expect(openAuditAnswer(changed)).rejects.toThrow()
    }
  })
})

describe('a leaf and its path', () => {
  it('prove that leaf of that shard, and no other, whatever is changed in them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(256, 320 * KiB, 448 * KiB, MiB),
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        async (shardBytes, which, where) => {
          const shard = bytes(shardBytes)
          const hashes = await leafHashes(shard)
          const leaf = which % hashes.length
          const known = { root: await merkleRoot(shard), shardBytes }
          const leafBytes = own(shard.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES))
          const proof = { bytes: leafBytes, path: merkleProof(hashes, leaf) }
          expect(await provesLeaf(known, leaf, proof)).toBe(true)

          const flipped = own(leafBytes)
          flipped[where % flipped.length] = (flipped[where % flipped.length] ?? 0) ^ 1
          expect(await provesLeaf(known, leaf, { ...proof, bytes: flipped })).toBe(false)
          expect(await provesLeaf(known, leaf, { ...proof, bytes: leafBytes.slice(1) })).toBe(false)
          expect(await provesLeaf(known, leaf, { ...proof, path: [...proof.path, bytes(32)] })).toBe(false)
          expect(await provesLeaf({ ...known, root: bytes(32) }, leaf, proof)).toBe(false)
          if (hashes.length > 1) {
            expect(await provesLeaf(known, (leaf + 1) % hashes.length, proof)).toBe(false)
            expect(await provesLeaf(known, leaf, { ...proof, path: proof.path.slice(1) })).toBe(false)
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})
