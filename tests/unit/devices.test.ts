/** Devices of an account: certificates two deep, key epochs, envelopes, removals, and the rules of what counts after them. */
import { describe, expect, test } from 'vitest'
import { openChunk, sealChunk } from '../../src/snapshot/seal.ts'
import { certifyAsDevice, openCertificate } from '../../src/identity/device.ts'
import { openEnvelope, sealEnvelope } from '../../src/identity/envelope.ts'
import {
  accountKey,
  advanced,
  dailySecrets,
  headKeyOf,
  keysOf,
  newDevice,
  secretsOf,
  type DeviceIdentity,
} from '../../src/identity/keys.ts'
import { certify } from '../../src/identity/device.ts'
import {
  headCounts,
  isRevoked,
  openRevocation,
  openRevocations,
  signRevocation,
} from '../../src/identity/revocation.ts'
import { boxKey, signingKey } from '../../src/core/crypto.ts'
import { signatureTag } from '../../src/core/derive.ts'
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { idBytes } from '../../src/core/ids.ts'
import { signBody } from '../../src/core/signed.ts'
import type { WireValue } from '../../src/core/wire.ts'
import { furthest, GIVEN_UP_BYTES, isGivenUp, openGivenUp, signGivenUp } from '../../src/identity/given-up.ts'
import { deviceName, nameIn, openDeviceRecord, signDeviceRecord } from '../../src/protocol/device-record.ts'
import { openHead, openPackRecord, signHead, signPackRecord } from '../../src/protocol/records.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { parsePackId } from '../../src/core/ids.ts'
import { checkJoin, mailboxOf, openMessage, pairingCode, sealMessage, signJoin } from '../../src/protocol/pairing.ts'
import { sha256 } from '../../src/core/crypto.ts'

const fill = (byte: number, length = 32): Bytes => new Uint8Array(length).fill(byte)
const root = fill(1)
const account = await accountKey(root)
const laptop = await newDevice(root, fill(2), 1000)
const phone = await newDevice(root, fill(3), 1000)

/** The account after the phone was removed: the signed removal, and the envelope of the laptop. */
async function removePhone(before: readonly Bytes[] = [], lastOfPhone = 4) {
  const removals = await openRevocations(laptop.account, before)
  const revocation = await signRevocation(
    account,
    removals,
    new Map([
      [laptop.device, { lastSequence: 2, kept: true }],
      [phone.device, { lastSequence: lastOfPhone, kept: false }],
    ]),
    2000,
  )
  const secrets = await dailySecrets(root, before.length + 1)
  const certificate = await certify(
    account,
    laptop.deviceKey.publicKey,
    before.length + 1,
    await headKeyOf(secrets),
    2000,
  )
  const to = { account: laptop.account, device: laptop.device, box: laptop.box.publicKey }
  const envelope = await sealEnvelope(to, { certificate, secrets }, fill(9))
  return { revocation, envelope, secrets, certificate }
}

/** The laptop in the epoch that began when the phone was removed. */
async function laptopAfter(): Promise<DeviceIdentity> {
  const { revocation, envelope } = await removePhone()
  return advanced(laptop, { ...(await openEnvelope(laptop, envelope)), revocations: [revocation] })
}

describe('certificates', () => {
  test('a device certifies another, which then is of its account and epoch', async () => {
    const added = await signingKey(fill(5))
    const certificate = await certifyAsDevice(laptop.deviceKey, laptop.certificate, added.publicKey, 1)
    expect(await openCertificate(certificate)).toMatchObject({
      account: laptop.account,
      parent: laptop.device,
      epoch: 0,
      headPublicKey: laptop.daily.head.publicKey,
    })
    expect(certificate.length).toBeLessThanOrEqual(512)
  })

  test('a device that was certified by a device certifies no other', async () => {
    const added = await signingKey(fill(5))
    const second = await certifyAsDevice(laptop.deviceKey, laptop.certificate, added.publicKey, 1)
    const third = signBody(added, signatureTag.deviceCertificate, {
      v: 2,
      parent: second,
      device: fill(6),
      issuedAt: 1,
    })
    await expect(certifyAsDevice(added, second, fill(6), 1)).rejects.toMatchObject({ code: 'certificate-invalid' })
    await expect(openCertificate(await third)).rejects.toMatchObject({ code: 'certificate-invalid' })
  })

  test('a certificate that its parent did not sign is refused', async () => {
    const forged = certifyAsDevice(phone.deviceKey, laptop.certificate, fill(6), 1)
    await expect(forged).rejects.toMatchObject({ code: 'certificate-invalid' })
    const asAccount = signBody(account, signatureTag.deviceCertificate, {
      v: 1,
      account: account.publicKey,
      device: fill(6),
      epoch: 0,
      headKey: fill(7),
      issuedAt: 1,
    })
    await expect(openCertificate(await asAccount)).rejects.toMatchObject({ code: 'certificate-invalid' })
  })

  test('a pack record of another epoch than its certificate is refused', async () => {
    const roots = await Promise.all(Array.from({ length: 6 }, (_, i) => merkleRoot(fill(i, 256))))
    const pack = { k: 2, n: 6, shardBytes: 256, roots }
    expect((await openPackRecord(await signPackRecord(laptop, pack))).epoch).toBe(0)
    const later = await laptopAfter()
    const lie = await signPackRecord({ ...laptop, daily: later.daily }, pack)
    await expect(openPackRecord(lie)).rejects.toMatchObject({ code: 'certificate-invalid' })
  })
})

describe('key epochs', () => {
  test('a removed device opens nothing of a later epoch, a device that stays opens both', async () => {
    const after = await laptopAfter()
    expect(after.daily.epoch).toBe(1)
    const plain = utf8('written after the phone was lost')
    const chunk = await sealChunk(after.daily, 'file', plain)
    for (const keys of [phone.daily, ...phone.past]) {
      await expect(openChunk(keys, chunk, chunk.sealed)).rejects.toMatchObject({ code: 'decrypt-failed' })
    }
    expect(await openChunk(keysOf(after, 1), chunk, chunk.sealed)).toEqual(plain)
    const old = await sealChunk(phone.daily, 'file', plain)
    expect(await openChunk(keysOf(after, 0), old, old.sealed)).toEqual(plain)
    expect(() => keysOf(phone, 1)).toThrow(expect.objectContaining({ code: 'epoch-behind' }))
  })

  test('words alone make a device with the keys of every epoch', async () => {
    const { revocation } = await removePhone()
    const fresh = await newDevice(root, fill(8), 3000, [revocation])
    const after = await laptopAfter()
    expect(fresh.daily.head.publicKey).toEqual(after.daily.head.publicKey)
    expect(keysOf(fresh, 0).head.publicKey).toEqual(laptop.daily.head.publicKey)
    expect(await secretsOf(fresh)).toEqual(await dailySecrets(root, 1))
    expect(await secretsOf(after)).toEqual(await dailySecrets(root, 1))
  })

  test('an envelope opens for its device and for no other', async () => {
    const { envelope, secrets, certificate } = await removePhone()
    expect(await openEnvelope(laptop, envelope)).toEqual({ secrets, certificate })
    await expect(openEnvelope(phone, envelope)).rejects.toMatchObject({ code: 'forbidden' })
    const pretender = { ...phone, account: laptop.account, device: laptop.device }
    await expect(openEnvelope(pretender, envelope)).rejects.toMatchObject({ code: 'decrypt-failed' })
    for (const at of [40, 90, envelope.length - 1]) {
      const changed = envelope.map((byte, i) => (i === at ? byte ^ 1 : byte))
      await expect(openEnvelope(laptop, changed)).rejects.toThrow()
    }
  })

  test('keys of low order share no secret', async () => {
    const to = { account: laptop.account, device: laptop.device, box: fill(0) }
    const admission = { certificate: laptop.certificate, secrets: [fill(1)] }
    await expect(sealEnvelope(to, admission, fill(9))).rejects.toMatchObject({ code: 'malformed' })
    expect((await boxKey(fill(4))).publicKey).toHaveLength(32)
  })

  test('a device goes on only with keys that the account has certified for it', async () => {
    const { revocation, secrets, certificate } = await removePhone()
    const revocations = [revocation]
    const wrong = [
      { certificate: phone.certificate, secrets: [secrets[0] ?? fill(0)], revocations: [] },
      { certificate, secrets: [secrets[0] ?? fill(0), fill(7)], revocations },
      { certificate, secrets, revocations: [] },
      { certificate: laptop.certificate, secrets, revocations },
    ]
    for (const admission of wrong) {
      await expect(advanced(laptop, admission)).rejects.toMatchObject({ code: 'certificate-invalid' })
    }
  })
})

describe('removals', () => {
  test('a removal that the account did not sign, is another account’s or does not follow is refused', async () => {
    const { revocation } = await removePhone()
    const second = (await removePhone([revocation])).revocation
    expect(await openRevocations(laptop.account, [revocation, second])).toHaveLength(2)
    const other = (await removePhone([], 3)).revocation
    for (const row of [[second], [revocation, revocation], [other, second], [second, revocation]]) {
      await expect(openRevocations(laptop.account, row)).rejects.toMatchObject({ code: 'revocation-forked' })
    }
    const stranger = await newDevice(fill(77), fill(2), 1)
    await expect(openRevocations(stranger.account, [revocation])).rejects.toMatchObject({ code: 'revocation-forked' })
    const forged = await signBody(phone.deviceKey, signatureTag.revocation, {
      v: 1,
      account: account.publicKey,
      epoch: 1,
      devices: [[idBytes(laptop.device), 0, false]],
      issuedAt: 1,
      previous: null,
    })
    await expect(openRevocation(forged)).rejects.toMatchObject({ code: 'signature-invalid' })
  })

  test('who is out: the removed one, and whom it brought in without the words', async () => {
    const removals = await openRevocations(laptop.account, [(await removePhone()).revocation])
    const certificateOf = async (bytes: Bytes) => openCertificate(bytes)
    expect(isRevoked(removals, await certificateOf(phone.certificate))).toBe(true)
    expect(isRevoked(removals, await certificateOf(laptop.certificate))).toBe(false)
    const child = await certifyAsDevice(phone.deviceKey, phone.certificate, fill(6), 1)
    expect(isRevoked(removals, await certificateOf(child))).toBe(true)
    // Nobody has seen it, so nobody can have meant it: it has the words.
    const unseen = await newDevice(root, fill(44), 1)
    expect(isRevoked(removals, await certificateOf(unseen.certificate))).toBe(false)
    const added = await certifyAsDevice(
      (await laptopAfter()).deviceKey,
      (await laptopAfter()).certificate,
      phone.deviceKey.publicKey,
      1,
    )
    expect(isRevoked(removals, await certificateOf(added))).toBe(false)
  })

  test('heads of an ended epoch count up to the last one that was seen, whoever signs them', async () => {
    const removals = await openRevocations(laptop.account, [(await removePhone()).revocation])
    const head = async (identity: DeviceIdentity, sequence: number) => {
      const manifest = [parsePackId('00'.repeat(32))]
      return openHead(await signHead(identity, { sequence, previous: sequence === 1 ? null : fill(1), manifest }))
    }
    // The phone has the head key of the epoch, and so can sign in the laptop's name as well.
    const asLaptop = { ...phone, certificate: laptop.certificate }
    expect(headCounts(removals, await head(phone, 4))).toBe(true)
    expect(headCounts(removals, await head(phone, 5))).toBe(false)
    expect(headCounts(removals, await head(asLaptop, 2))).toBe(true)
    expect(headCounts(removals, await head(asLaptop, 3))).toBe(false)
    expect(headCounts(removals, await head(await laptopAfter(), 3))).toBe(true)
  })
})

describe('giving up the backups of a removed device', () => {
  const given = { device: phone.device, sequence: 3, issuedAt: 2500 }
  const head = async (identity: DeviceIdentity, sequence: number) => {
    const manifest = [parsePackId('00'.repeat(32))]
    return openHead(await signHead(identity, { sequence, previous: sequence === 1 ? null : fill(1), manifest }))
  }

  test('says whose, which and how far, and only the account can say it', async () => {
    const signed = await signGivenUp(account, given)
    expect(signed.length).toBeLessThanOrEqual(GIVEN_UP_BYTES)
    expect(await openGivenUp(signed)).toEqual({ ...given, account: laptop.account, signed })
    const body = {
      v: 1,
      account: account.publicKey,
      device: idBytes(phone.device),
      sequence: 3,
      issuedAt: 2500,
    } as const
    const forged = await signBody(phone.deviceKey, signatureTag.givenUp, body)
    await expect(openGivenUp(forged)).rejects.toMatchObject({ code: 'signature-invalid' })
    const other = await signBody(account, signatureTag.revocation, body)
    await expect(openGivenUp(other)).rejects.toMatchObject({ code: 'signature-invalid' })
    const wrong: readonly WireValue[] = [
      { ...body, v: 2 },
      { ...body, sequence: 0 },
      { ...body, device: fill(3, 31) },
      { ...body, more: 1 },
    ]
    for (const each of wrong) {
      const made = await signBody(account, signatureTag.givenUp, each)
      await expect(openGivenUp(made)).rejects.toMatchObject({ code: 'malformed' })
    }
    for (const at of [3, 60, signed.length - 1]) {
      const changed = signed.map((byte, i) => (i === at ? byte ^ 1 : byte))
      await expect(openGivenUp(changed)).rejects.toMatchObject({
        code: expect.stringMatching(/^(malformed|signature-invalid)$/) as string,
      })
    }
  })

  test('its heads up to that one no longer count, those of all others and later ones do', async () => {
    const removals = await openRevocations(laptop.account, [(await removePhone()).revocation])
    const statement = await openGivenUp(await signGivenUp(account, given))
    expect(isGivenUp([statement], removals, await head(phone, 3))).toBe(true)
    expect(isGivenUp([statement], removals, await head(phone, 4))).toBe(false)
    expect(isGivenUp([statement], removals, await head(laptop, 2))).toBe(false)
    expect(isGivenUp([], removals, await head(phone, 3))).toBe(false)
    const further = await openGivenUp(await signGivenUp(account, { ...given, sequence: 4 }))
    expect(furthest([statement, further, statement])).toEqual(new Map([[phone.device, further]]))
  })

  test('of a device that is not removed, or that has come back since, nothing is given up', async () => {
    const removals = await openRevocations(laptop.account, [(await removePhone()).revocation])
    const ofLaptop = await openGivenUp(await signGivenUp(account, { ...given, device: laptop.device }))
    expect(isGivenUp([ofLaptop], removals, await head(laptop, 1))).toBe(false)
    const ofPhone = await openGivenUp(await signGivenUp(account, given))
    expect(isGivenUp([ofPhone], [], await head(phone, 1))).toBe(false)
    const back = await newDevice(root, fill(3), 3000, [(await removePhone()).revocation])
    expect(back.device).toBe(phone.device)
    expect(isGivenUp([ofPhone], removals, await head(back, 3))).toBe(false)
  })
})

describe('names', () => {
  test('the name of a device is read with the keys of its epoch only, and all are of one length', async () => {
    const names = ['', 'Laptop', 'Läptop 文'.repeat(20), 'x'.repeat(255)]
    const records = await Promise.all(
      names.map((name, i) => signDeviceRecord(phone, { name: deviceName(name), addedAt: 5 }, fill(i, 12))),
    )
    for (const [i, signed] of records.entries()) {
      const record = await openDeviceRecord(signed)
      expect(await nameIn(laptop, record)).toBe(names[i])
      expect(record).toMatchObject({ device: phone.device, addedAt: 5, box: phone.box.publicKey })
      const stranger = await newDevice(fill(77), fill(2), 1)
      await expect(nameIn(stranger, record)).rejects.toMatchObject({ code: 'decrypt-failed' })
    }
    expect(new Set(records.map(({ length }) => length)).size).toBe(1)
    const after = await laptopAfter()
    const renamed = await openDeviceRecord(await signDeviceRecord(after, { name: 'new', addedAt: 5 }, fill(1, 12)))
    await expect(nameIn(phone, renamed)).rejects.toMatchObject({ code: 'epoch-behind' })
  })

  test('a name that is too long is cut between characters', () => {
    expect(deviceName(`  ${'文'.repeat(100)} `)).toBe('文'.repeat(85))
    expect(deviceName('😀'.repeat(64))).toBe('😀'.repeat(63))
  })

  test('a record in another device’s name is refused', async () => {
    const forged = await signDeviceRecord(
      { ...phone, certificate: laptop.certificate },
      { name: 'x', addedAt: 1 },
      fill(0, 12),
    )
    await expect(openDeviceRecord(forged)).rejects.toMatchObject({ code: 'signature-invalid' })
  })
})

describe('meeting by QR code', () => {
  const nonce = fill(21)
  const offerOf = async () => ({
    v: 1 as const,
    account: account.publicKey,
    certificate: laptop.certificate,
    commitment: await sha256(nonce),
  })
  const joinOf = async (seed: number) => {
    const key = await signingKey(fill(seed))
    const own = { v: 1 as const, device: key.publicKey, box: (await boxKey(fill(seed))).publicKey, nonce: fill(seed) }
    return { ...own, signature: await signJoin(key, await offerOf(), own) }
  }

  test('both sides show the same six digits, and others when anything in between was changed', async () => {
    const [offer, join] = [await offerOf(), await joinOf(31)]
    const code = await pairingCode(offer, join, { v: 1, nonce })
    expect(code).toMatch(/^\d{6}$/)
    const others = await Promise.all([
      pairingCode({ ...offer, account: fill(6) }, join, { v: 1, nonce }),
      pairingCode(offer, { ...join, box: fill(6) }, { v: 1, nonce }),
      pairingCode(offer, { ...join, device: fill(6) }, { v: 1, nonce }),
      pairingCode(offer, { ...join, nonce: fill(6) }, { v: 1, nonce }),
    ])
    expect(others).not.toContain(code)
    expect(await pairingCode(offer, join, { v: 1, nonce })).toBe(code)
  })

  test('a nonce other than the one that was settled on is refused', async () => {
    const code = pairingCode(await offerOf(), await joinOf(31), { v: 1, nonce: fill(22) })
    await expect(code).rejects.toMatchObject({ code: 'pairing-failed' })
  })

  test('a key that the new device does not have is refused', async () => {
    const [offer, join] = [await offerOf(), await joinOf(31)]
    await checkJoin(offer, join)
    await expect(checkJoin(offer, { ...join, device: phone.deviceKey.publicKey })).rejects.toMatchObject({
      code: 'signature-invalid',
    })
  })

  test('what lies in the mailbox opens with the secret alone, and only as what it is', async () => {
    const [mailbox, other] = [await mailboxOf(fill(1)), await mailboxOf(fill(2))]
    const sealed = await sealMessage(mailbox, 'reveal', { v: 1, nonce }, fill(3, 12))
    expect(await openMessage(mailbox, 'reveal', sealed)).toEqual({ v: 1, nonce })
    await expect(openMessage(other, 'reveal', sealed)).rejects.toMatchObject({ code: 'decrypt-failed' })
    await expect(openMessage(mailbox, 'grant', sealed)).rejects.toMatchObject({ code: 'decrypt-failed' })
    expect(mailbox.name).not.toEqual(other.name)
  })
})
