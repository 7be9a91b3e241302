/** The devices of an account: who they are, what they call themselves; removing one, and then its backups, with the 24 words. */
import type { Bytes } from '../core/bytes.ts'
import type { SigningKey } from '../core/crypto.ts'
import { codeOf, KeeptabError } from '../core/errors.ts'
import { idBytes, idOf, parseAccountId, type DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import { unusedName } from '../core/unused-name.ts'
import { certify } from '../identity/device.ts'
import { sealEnvelope } from '../identity/envelope.ts'
import { furthest, signGivenUp, wasRemoved } from '../identity/given-up.ts'
import { accountKey, dailySecrets, headKeyOf } from '../identity/keys.ts'
import { isRevoked, signRevocation, type EndedDevice } from '../identity/revocation.ts'
import { CONDEMNED_MS } from '../protocol/condemnation.ts'
import type { ListedDevice } from '../protocol/coordinator-messages.ts'
import { deviceName, nameIn, openDeviceRecord, signDeviceRecord, type DeviceRecord } from '../protocol/device-record.ts'
import { openHead } from '../protocol/records.ts'
import { seenRevocations } from './epoch.ts'
import { seenGivenUp } from './given-up.ts'
import { newestHeads } from './heads.ts'
import type { SnapshotSummary } from './events.ts'
import type { OwnerContext } from './owner-context.ts'

/** A removal is signed anew when something came in between; more often than this it fails. */
const ATTEMPTS = 5

type Self = Pick<OwnerContext, 'identity' | 'coordinator' | 'clock' | 'random'>

export interface KnownDevice {
  readonly device: DeviceId
  /** Absent where it has never said one, or the keys to read it are not here. */
  readonly name: string | undefined
  readonly isThis: boolean
  /** Was removed from the account. */
  readonly removed: boolean
  /** The device that added it without the words; it is removed together with that one. */
  readonly parent: DeviceId | undefined
  /** Has at least one snapshot that counts. */
  readonly hasBackup: boolean
  /** Its backups were given up, and are gone from then on. */
  readonly backupsGoAt: Millis | undefined
  /** Has said what it is called and how to seal for it: without that it cannot stay when another is removed. */
  readonly isComplete: boolean
  readonly addedAt: Millis | undefined
  readonly seenAt: Millis
  readonly online: boolean
}

/** Every device that the coordinator knows of, this one first, then by when they joined. What is forged is left out. */
export async function listDevices(owner: OwnerContext): Promise<KnownDevice[]> {
  await owner.follow?.()
  const { identity, coordinator } = owner
  const removals = await seenRevocations(identity)
  const givenUp = furthest(await seenGivenUp(owner, removals))
  const [listed, heads] = await Promise.all([coordinator.devices(), lastSequences(owner)])
  const known = await Promise.all(
    listed.map(async ({ device, seenAt, online, record: signed }): Promise<KnownDevice> => {
      const record = await recordOf(owner, { device, record: signed })
      const removed = record === undefined ? wasRemoved(removals, device) : isRevoked(removals, record)
      const gone = removed ? givenUp.get(device) : undefined
      return {
        device,
        name: record && (await readName(owner, record)),
        isThis: device === identity.device,
        removed,
        parent: record?.parent,
        hasBackup: (heads.get(device) ?? 0) > (gone?.sequence ?? 0),
        backupsGoAt: gone && gone.issuedAt + CONDEMNED_MS,
        isComplete: record !== undefined,
        addedAt: record?.addedAt,
        seenAt,
        online,
      }
    }),
  )
  return known.sort((a, b) => Number(b.isThis) - Number(a.isThis) || (a.addedAt ?? a.seenAt) - (b.addedAt ?? b.seenAt))
}

/** What devices call themselves; without those that have not said it. */
export const namesOf = (devices: readonly KnownDevice[]): ReadonlyMap<DeviceId, string> =>
  new Map(devices.flatMap(({ device, name }) => (name === undefined ? [] : [[device, name] as const])))

/** When each device has last backed up. */
export function newestByDevice(snapshots: readonly SnapshotSummary[]): ReadonlyMap<DeviceId, Millis> {
  const newest = new Map<DeviceId, Millis>()
  for (const { device, createdAt } of snapshots) newest.set(device, Math.max(createdAt, newest.get(device) ?? 0))
  return newest
}

/** How many snapshots each device has. */
export function countByDevice(snapshots: readonly SnapshotSummary[]): ReadonlyMap<DeviceId, number> {
  const counts = new Map<DeviceId, number>()
  for (const { device } of snapshots) counts.set(device, (counts.get(device) ?? 0) + 1)
  return counts
}

/**
 * Says what this device is called, where it has not said so in this key epoch.
 * @param name for a device that has none yet; a number follows where another one of the account has it: browsers are
 *   called by what they are, and nobody must remove the wrong one
 */
export async function announceDevice(owner: Self, name: string): Promise<void> {
  const listed = await owner.coordinator.devices()
  const own = await ownRecord(owner, listed)
  if (own?.epoch === owner.identity.daily.epoch) return
  const before = own && (await readName(owner, own))
  await publish(owner, before ?? unusedName(name, await namesAmong(owner, listed)), own?.addedAt)
}

async function namesAmong(owner: Self, listed: readonly ListedDevice[]): Promise<string[]> {
  const names = await Promise.all(
    listed.map(async (one) => {
      const record = await recordOf(owner, one)
      return record && (await readName(owner, record))
    }),
  )
  return names.filter((name) => name !== undefined)
}

/** Calls this device something else. */
export async function renameDevice(owner: OwnerContext, name: string): Promise<void> {
  await owner.follow?.()
  await publish(owner, name, (await ownRecord(owner, await owner.coordinator.devices()))?.addedAt)
}

/**
 * Removes devices from the account and begins a new key epoch, which those that stay follow by themselves. Devices that
 * a removed one has added, and those that have never said how to seal for them, are removed too.
 * @param root the secret behind the words
 * @throws KeeptabError `phrase-other-account`; `conflict` when other devices are changing the account all the time;
 *   `forbidden` for this device itself; and as the coordinator
 */
export async function removeDevices(owner: OwnerContext, root: Bytes, devices: readonly DeviceId[]): Promise<void> {
  await accountOfWords(owner, root)
  if (devices.includes(owner.identity.device)) throw new KeeptabError('forbidden', 'A device does not remove itself.')
  for (let attempt = 1; ; attempt += 1) {
    try {
      await removeOnce(owner, root, new Set(devices))
      break
    } catch (thrown) {
      if (codeOf(thrown) !== 'conflict' || attempt === ATTEMPTS) throw thrown
    }
  }
  await owner.follow?.()
}

/**
 * Gives up all that a removed device has backed up. What no other device needs of it goes in 30 days (`collectGarbage`);
 * until then it is found (`findRemoved`) and taken back into the list of this device, which therefore must have one.
 * Where nothing of it counts any more, nothing happens.
 * @param root the secret behind the words
 * @throws KeeptabError `phrase-other-account`; `conflict` for a device that was not removed; `backup-first` while this
 *   device has not backed up since the last removal; as `newestHeads`
 */
export async function giveUpBackups(owner: OwnerContext, root: Bytes, device: DeviceId): Promise<void> {
  const account = await accountOfWords(owner, root)
  await owner.follow?.()
  const { identity, coordinator, clock } = owner
  const removals = await seenRevocations(identity)
  if (!wasRemoved(removals, device)) {
    throw new KeeptabError('conflict', 'The device has not been removed.')
  }
  const histories = await newestHeads(owner, () => undefined)
  const endsOf = (one: DeviceId) => histories.find((history) => history.device === one)?.ends ?? []
  if (endsOf(identity.device)[0]?.epoch !== identity.daily.epoch) throw new KeeptabError('backup-first')
  // Not one of the same device that was added again since.
  const ended = endsOf(device).filter(({ epoch }) => wasRemoved(removals, device, epoch))
  const sequence = Math.max(0, ...ended.map((head) => head.sequence))
  if (sequence === 0) return
  await coordinator.giveUp(await signGivenUp(account, { device, sequence, issuedAt: clock.now() }))
}

/** @throws KeeptabError `phrase-other-account` */
async function accountOfWords({ identity }: Self, root: Bytes): Promise<SigningKey> {
  const account = await accountKey(root)
  if (idOf(parseAccountId, account.publicKey) !== identity.account) throw new KeeptabError('phrase-other-account')
  return account
}

async function removeOnce(owner: OwnerContext, root: Bytes, unwanted: ReadonlySet<DeviceId>): Promise<void> {
  await owner.follow?.()
  const { identity, coordinator, clock, random } = owner
  const removals = await seenRevocations(identity)
  const listed = await coordinator.devices()
  const heads = await lastSequences(owner)
  const records = new Map<DeviceId, DeviceRecord>()
  for (const one of listed) {
    const record = await recordOf(owner, one)
    if (record !== undefined && !isRevoked(removals, record)) records.set(one.device, record)
  }
  const stays = (device: DeviceId): boolean => {
    const record = records.get(device)
    return (
      record !== undefined && !unwanted.has(device) && !(record.parent !== undefined && unwanted.has(record.parent))
    )
  }
  const ended = new Map<DeviceId, EndedDevice>()
  for (const device of new Set([...listed.map((one) => one.device), ...heads.keys()])) {
    ended.set(device, { lastSequence: heads.get(device) ?? 0, kept: stays(device) })
  }
  if (ended.get(identity.device)?.kept !== true) {
    throw new KeeptabError('conflict', 'The coordinator does not list this device.')
  }
  const account = await accountKey(root)
  const now = clock.now()
  const revocation = await signRevocation(account, removals, ended, now)
  const epoch = removals.length + 1
  const secrets = await dailySecrets(root, epoch)
  const head = await headKeyOf(secrets)
  const envelopes = await Promise.all(
    [...records.values()]
      .filter(({ device }) => stays(device))
      .map(async ({ device, box }) => {
        const certificate = await certify(account, idBytes(device), epoch, head, now)
        const to = { account: identity.account, device, box }
        return { device, envelope: await sealEnvelope(to, { certificate, secrets }, random.bytes(32)) }
      }),
  )
  for (const secret of secrets) secret.fill(0)
  await coordinator.revoke(revocation, envelopes)
}

/**
 * Sequence of the newest head of each device that the coordinator tells, this device has pinned or keepers have seen: what
 * is left out here never counts again. A fork does not stop it: a device that forks is the first that must be removable.
 */
async function lastSequences(owner: OwnerContext): Promise<Map<DeviceId, number>> {
  const { coordinator, state, identity } = owner
  const newest = new Map<DeviceId, number>()
  // What a coordinator makes up must not keep a device from being removed; what it tells in earnest is read below.
  const seen = await newestHeads(owner, () => undefined).catch(() => [])
  for (const { device, ends } of seen) newest.set(device, Math.max(0, ...ends.map(({ sequence }) => sequence)))
  for (const signed of [...(await coordinator.heads()), ...(await state.pinnedHeads())]) {
    const head = await openHead(signed).catch(() => undefined)
    if (head?.account !== identity.account) continue
    newest.set(head.device, Math.max(head.sequence, newest.get(head.device) ?? 0))
  }
  return newest
}

/** What a device says of itself; `undefined` when it says nothing, or the coordinator something in its name. */
async function recordOf(
  { identity }: Self,
  { device, record: signed }: Pick<ListedDevice, 'device' | 'record'>,
): Promise<DeviceRecord | undefined> {
  const record = signed && (await openDeviceRecord(signed).catch(() => undefined))
  return record?.device === device && record.account === identity.account ? record : undefined
}

async function ownRecord(owner: Self, listed: readonly ListedDevice[]): Promise<DeviceRecord | undefined> {
  const own = listed.find(({ device }) => device === owner.identity.device)
  return own && recordOf(owner, own)
}

/** `undefined` where the keys to read it are not here. */
const readName = ({ identity }: Self, record: DeviceRecord): Promise<string | undefined> =>
  nameIn(identity, record).catch(() => undefined)

async function publish(
  { identity, coordinator, clock, random }: Self,
  name: string,
  addedAt: Millis = clock.now(),
): Promise<void> {
  const record = await signDeviceRecord(identity, { name: deviceName(name), addedAt }, random.bytes(12))
  await coordinator.publishDevice(record)
}
