/**
 * Which devices belong to an account. A removal is signed by the account's own key and checked by every device; what the
 * coordinator adds is that a removed device is out at once: no session, no ticket, no socket (threats.md, T13).
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { AccountId, DeviceId } from '../src/core/ids.ts'
import { openCertificate, type Certificate } from '../src/identity/device.ts'
import { openGivenUp, reachesFurther, wasRemoved } from '../src/identity/given-up.ts'
import { follows, isRevoked, MOST_DEVICES, openRevocation, openRevocations } from '../src/identity/revocation.ts'
import type { ListedDevice } from '../src/protocol/coordinator-messages.ts'
import { openDeviceRecord } from '../src/protocol/device-record.ts'
import type { Database, Stores } from './db/stores.ts'
import type { Caller } from './tokens.ts'

export interface Membership {
  /** Whether it was removed from this account. */
  isOut(caller: Caller): boolean
  /** @throws KeeptabError `device-revoked` */
  check(caller: Caller): void
  /**
   * The same of a certificate that is shown, within the transaction that takes it in.
   * @returns lets the device in where it was out, to be called once all of that is on disk
   */
  admit(stores: Stores, certificate: Certificate): Promise<() => void>
  /** @throws KeeptabError `forbidden` for another device's record; `malformed`, `signature-invalid`, `certificate-invalid` */
  publish(caller: Caller, record: Bytes): Promise<void>
  devices(caller: Caller): Promise<ListedDevice[]>
  revocations(caller: Caller): Promise<{ revocations: Bytes[]; envelope?: Bytes }>
  /**
   * Takes the next removal. Afterwards devices that are out have no socket left, and those that stay have been told.
   * One that is known already changes nothing.
   * @throws KeeptabError `conflict` when it does not follow the newest one, or when a device has published a head that it
   *   does not count; `forbidden`, `malformed`, `signature-invalid`
   */
  revoke(
    caller: Caller,
    removal: { revocation: Bytes; envelopes: readonly { device: DeviceId; envelope: Bytes }[] },
  ): Promise<void>
  /** Of each removed device whose backups were given up, the statement that reaches furthest. */
  givenUp(caller: Caller): Promise<Bytes[]>
  /**
   * Takes such a statement; one that reaches no further than what is known changes nothing.
   * @throws KeeptabError `conflict` for a device that no removal has removed; `limit-exceeded` for more than `MOST_DEVICES`;
   *   `forbidden`, `malformed`, `signature-invalid`
   */
  giveUp(caller: Caller, statement: Bytes): Promise<void>
}

/** How a device that is connected hears of a removal. */
export interface Messenger {
  isOnline(device: DeviceId): boolean
  /** Its account began another epoch. */
  tell(device: DeviceId): void
  /** It is out: it is told so, and all it has open is closed. */
  expel(device: DeviceId): void
}

/** Reads who is out, which is then known without asking the database. */
export async function openMembership(database: Database, messenger: Messenger): Promise<Membership> {
  /** How many removals the account had when the device was last found to be out. */
  const out = await database.transaction(async (stores) => {
    const found = new Map<string, number>()
    for (const account of await stores.revocations.accounts()) {
      const verdict = await judged(stores, account)
      for (const device of verdict.out) found.set(nameOf({ account, device }), verdict.removals)
    }
    return found
  })
  const isOut = (caller: Caller): boolean => out.has(nameOf(caller))

  return {
    isOut,
    check(caller) {
      if (isOut(caller)) throw new KeeptabError('device-revoked')
    },
    async admit({ revocations }, certificate) {
      const known = await openRevocations(certificate.account, await revocations.ofAccount(certificate.account))
      if (isRevoked(known, certificate)) throw new KeeptabError('device-revoked')
      const name = nameOf(certificate)
      return () => {
        // A removal that came in between has judged it later than this.
        if ((out.get(name) ?? 0) <= known.length) out.delete(name)
      }
    },
    async publish({ device, account }, signed) {
      const record = await openDeviceRecord(signed)
      if (record.device !== device || record.account !== account) throw new KeeptabError('forbidden')
      await database.transaction(({ deviceRecords }) => deviceRecords.put(device, account, signed))
    },
    devices: ({ account }) =>
      database.transaction(async ({ devices, deviceRecords }) => {
        const records = await deviceRecords.ofAccount(account)
        return (await devices.ofAccount(account)).map(({ device, seenAt }) => {
          const record = records.get(device)
          return { device, seenAt, online: messenger.isOnline(device), ...(record && { record }) }
        })
      }),
    revocations: ({ device, account }) =>
      database.transaction(async ({ revocations }) => {
        const envelope = await revocations.envelope(account, device)
        return { revocations: await revocations.ofAccount(account), ...(envelope && { envelope }) }
      }),
    async revoke({ account }, { revocation: signed, envelopes }) {
      const next = await openRevocation(signed)
      if (next.account !== account) throw new KeeptabError('forbidden', 'The removal is of another account.')
      const isFirstTime = envelopes.length > 0
      const verdict = await database.transaction(async (stores) => {
        const { revocations, heads, devices } = stores
        const known = await openRevocations(account, await revocations.ofAccount(account))
        if (known.some((one) => equal(one.signed, signed))) return undefined
        if (!(await follows(next, known.at(-1)))) {
          throw new KeeptabError('conflict', 'The removal does not follow the newest one.')
        }
        // Brought back after a loss it must be taken whatever came in meanwhile: those heads then count for nothing.
        const missed = (await heads.ofAccount(account)).some(
          ({ device, sequence }) => sequence > (next.devices.get(device)?.lastSequence ?? 0),
        )
        if (isFirstTime && missed) throw new KeeptabError('conflict', 'A device has backed up meanwhile.')
        await revocations.add(account, next.epoch, signed)
        const own = new Set((await devices.ofAccount(account)).map(({ device }) => device))
        for (const { device, envelope } of envelopes) {
          if (next.devices.get(device)?.kept !== true || !own.has(device)) {
            throw new KeeptabError('malformed', 'An envelope is for a device that does not stay.')
          }
          await revocations.putEnvelope(account, device, envelope)
        }
        return judged(stores, account)
      })
      for (const device of verdict?.out ?? []) {
        out.set(nameOf({ account, device }), verdict?.removals ?? 0)
        messenger.expel(device)
      }
      for (const device of verdict?.in ?? []) messenger.tell(device)
    },
    givenUp: ({ account }) =>
      database.transaction(async ({ revocations }) => [...(await revocations.givenUp(account)).values()]),
    async giveUp({ account }, signed) {
      const statement = await openGivenUp(signed)
      if (statement.account !== account) throw new KeeptabError('forbidden', 'The statement is of another account.')
      const { device } = statement
      await database.transaction(async ({ revocations }) => {
        const removals = await openRevocations(account, await revocations.ofAccount(account))
        if (!wasRemoved(removals, device)) throw new KeeptabError('conflict', 'The device has not been removed.')
        const known = await revocations.givenUp(account)
        const before = known.get(device)
        if (before === undefined && known.size >= MOST_DEVICES) throw new KeeptabError('limit-exceeded')
        if (!reachesFurther(statement, before && (await openGivenUp(before)))) return
        await revocations.putGivenUp(account, device, signed)
      })
    },
  }
}

const nameOf = ({ account, device }: Caller): string => `${account} ${device}`

/** The devices of an account that have signed in here, by whether they still may after so many removals. */
async function judged(
  { devices, revocations }: Stores,
  account: AccountId,
): Promise<{ in: DeviceId[]; out: DeviceId[]; removals: number }> {
  const known = await openRevocations(account, await revocations.ofAccount(account))
  const verdict: Awaited<ReturnType<typeof judged>> = { in: [], out: [], removals: known.length }
  for (const { device, certificate } of await devices.ofAccount(account)) {
    verdict[isRevoked(known, await openCertificate(certificate)) ? 'out' : 'in'].push(device)
  }
  return verdict
}
