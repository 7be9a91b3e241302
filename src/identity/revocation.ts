/**
 * Removing devices. Each removal ends a key epoch and begins the next; the account signs for it, so it needs the words.
 * A removal names every device of the epoch that it ends, and how far the heads of each count: keys of an ended epoch
 * may be in anybody's hands, so nothing that they sign later is believed.
 */
import { z } from 'zod'
import { equal, type Bytes } from '../core/bytes.ts'
import { sha256, type SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, idOf, parseAccountId, parseDeviceId, type AccountId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody } from '../core/signed.ts'
import type { Millis } from '../core/units.ts'
import type { Certificate } from './device.ts'

/** Most devices that one removal names. */
export const MOST_DEVICES = 512
/** Longest removal on the wire, bytes. */
export const REVOCATION_BYTES = 24 * 1024
/** Most removals in the life of an account. */
export const MOST_REVOCATIONS = 256

// {v, account: 32 B, epoch, devices: [[device: 32 B, last sequence, kept]], issuedAt: ms, previous: 32 B | null},
// signed by the account key. `epoch` is the one that begins.
const revocationSchema = z.strictObject({
  v: z.literal(1),
  account: fixedBytes(32),
  epoch: z.int().min(1).max(MOST_REVOCATIONS),
  devices: z.array(z.tuple([fixedBytes(32), z.int().min(0), z.boolean()])).max(MOST_DEVICES),
  issuedAt: z.int().min(0),
  previous: fixedBytes(32).nullable(),
})

/** What became of a device when an epoch ended. */
export interface EndedDevice {
  /** Sequence of its newest head by then, 0 without one. Later heads of that epoch are not its own. */
  readonly lastSequence: number
  /** Goes on in the next epoch. */
  readonly kept: boolean
}

export interface Revocation {
  readonly account: AccountId
  /** The epoch that begins with it. */
  readonly epoch: number
  readonly devices: ReadonlyMap<DeviceId, EndedDevice>
  readonly issuedAt: Millis
  /** SHA-256 of the one before; `null` at the first. */
  readonly previous: Bytes | null
  readonly signed: Bytes
}

/** @param account the recovery branch. @param before all removals up to now */
export async function signRevocation(
  account: SigningKey,
  before: readonly Revocation[],
  devices: ReadonlyMap<DeviceId, EndedDevice>,
  issuedAt: Millis,
): Promise<Bytes> {
  if (devices.size > MOST_DEVICES) {
    const facts = { what: 'devices', most: MOST_DEVICES }
    throw new KeeptabError('limit-exceeded', `At most ${MOST_DEVICES} devices.`, facts)
  }
  const last = before.at(-1)
  return signBody(account, signatureTag.revocation, {
    v: 1,
    account: account.publicKey,
    epoch: before.length + 1,
    devices: [...devices].map(([device, { lastSequence, kept }]) => [idBytes(device), lastSequence, kept]),
    issuedAt,
    previous: last === undefined ? null : await sha256(last.signed),
  })
}

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openRevocation(bytes: Bytes): Promise<Revocation> {
  const body = await openSigned(signatureTag.revocation, revocationSchema, bytes, ({ account }) => account)
  return {
    account: idOf(parseAccountId, body.account),
    epoch: body.epoch,
    devices: new Map(
      body.devices.map(([device, lastSequence, kept]) => [idOf(parseDeviceId, device), { lastSequence, kept }]),
    ),
    issuedAt: body.issuedAt,
    previous: body.previous,
    signed: bytes,
  }
}

/**
 * All removals of an account, oldest first: each begins the epoch after the one before and names it by its hash.
 * @throws KeeptabError `revocation-forked` when they are not one unbroken row; `malformed`, `signature-invalid`
 */
export async function openRevocations(account: AccountId, signed: readonly Bytes[]): Promise<Revocation[]> {
  const all: Revocation[] = []
  for (const bytes of signed) {
    const next = await openRevocation(bytes)
    if (next.account !== account || !(await follows(next, all.at(-1)))) throw new KeeptabError('revocation-forked')
    all.push(next)
  }
  return all
}

/** Whether a removal is the next one after another, or the first. */
export async function follows(next: Revocation, before: Revocation | undefined): Promise<boolean> {
  if (next.epoch !== (before?.epoch ?? 0) + 1) return false
  if (before === undefined) return next.previous === null
  return next.previous !== null && equal(next.previous, await sha256(before.signed))
}

/**
 * Whether the device of a certificate has been removed. One that no removal names and that the account itself certified
 * has never been seen, so nobody can have meant it; one that another device brought in stands or falls with being named.
 */
export function isRevoked(revocations: readonly Revocation[], certificate: Certificate): boolean {
  return revocations
    .filter(({ epoch }) => epoch > certificate.epoch)
    .some(({ devices }) => {
      const ended = devices.get(certificate.device)
      return ended === undefined ? certificate.parent !== undefined : !ended.kept
    })
}

/** Whether a head counts: its epoch has not ended, or its device had written it by then. */
export function headCounts(
  revocations: readonly Revocation[],
  head: { readonly device: DeviceId; readonly epoch: number; readonly sequence: number },
): boolean {
  const end = revocations.find(({ epoch }) => epoch === head.epoch + 1)
  return end === undefined || head.sequence <= (end.devices.get(head.device)?.lastSequence ?? 0)
}

/** What to tell whoever wrote a head that does not count. */
export function whyNotCounted(
  revocations: readonly Revocation[],
  { device, epoch }: { readonly device: DeviceId; readonly epoch: number },
): KeeptabError {
  const end = revocations.find((one) => one.epoch === epoch + 1)
  return new KeeptabError(end?.devices.get(device)?.kept === false ? 'device-revoked' : 'epoch-behind')
}
