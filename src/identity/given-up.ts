/**
 * Giving up what a removed device has backed up: the account signs that its heads up to one no longer count, so it needs
 * the words. What only they named is then cleared away like all that nothing needs.
 */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import type { SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { idBytes, idOf, parseAccountId, parseDeviceId, type AccountId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody } from '../core/signed.ts'
import type { Millis } from '../core/units.ts'
import type { Revocation } from './revocation.ts'

/** Longest statement on the wire, bytes. */
export const GIVEN_UP_BYTES = 512

// {v, account: 32 B, device: 32 B, sequence, issuedAt: ms}, signed by the account key.
const givenUpSchema = z.strictObject({
  v: z.literal(1),
  account: fixedBytes(32),
  device: fixedBytes(32),
  sequence: z.int().min(1),
  issuedAt: z.int().min(0),
})

export interface GivenUp {
  readonly account: AccountId
  readonly device: DeviceId
  /** Of its newest head by then: later ones, as of a device that was added again, count. */
  readonly sequence: number
  readonly issuedAt: Millis
  readonly signed: Bytes
}

/** @param account the recovery branch */
export const signGivenUp = (
  account: SigningKey,
  { device, sequence, issuedAt }: Pick<GivenUp, 'device' | 'sequence' | 'issuedAt'>,
): Promise<Bytes> =>
  signBody(account, signatureTag.givenUp, {
    v: 1,
    account: account.publicKey,
    device: idBytes(device),
    sequence,
    issuedAt,
  })

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openGivenUp(bytes: Bytes): Promise<GivenUp> {
  const body = await openSigned(signatureTag.givenUp, givenUpSchema, bytes, ({ account }) => account)
  return {
    account: idOf(parseAccountId, body.account),
    device: idOf(parseDeviceId, body.device),
    sequence: body.sequence,
    issuedAt: body.issuedAt,
    signed: bytes,
  }
}

/** Whether a removal has removed a device: of no other anything can be given up. */
export const wasRemoved = (removals: readonly Revocation[], device: DeviceId, sinceEpoch = 0): boolean =>
  removals.some(({ epoch, devices }) => epoch > sinceEpoch && devices.get(device)?.kept === false)

/** Whether a head was given up: its device has been removed since, and it is none that came after the statement. */
export const isGivenUp = (
  statements: readonly GivenUp[],
  removals: readonly Revocation[],
  head: { readonly device: DeviceId; readonly epoch: number; readonly sequence: number },
): boolean =>
  statements.some(({ device, sequence }) => device === head.device && head.sequence <= sequence) &&
  wasRemoved(removals, head.device, head.epoch)

/** The statement of each device that reaches furthest. */
export function furthest(statements: readonly GivenUp[]): Map<DeviceId, GivenUp> {
  const all = new Map<DeviceId, GivenUp>()
  for (const one of statements) if (reachesFurther(one, all.get(one.device))) all.set(one.device, one)
  return all
}

export const reachesFurther = (one: GivenUp, other: GivenUp | undefined): boolean =>
  one.sequence > (other?.sequence ?? 0)
