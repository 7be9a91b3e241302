/** The signed records of Keeptab: layout above each schema. All are canonical CBOR in the envelope of `core/signed`. */
import { z } from 'zod'
import { equal, fromHex, toHex, type Bytes } from '../core/bytes.ts'
import { sha256, type SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import {
  idBytes,
  idOf,
  parseAccountId,
  parseDeviceId,
  parseGroupId,
  parsePackId,
  type AccountId,
  type DeviceId,
  type GroupId,
  type PackId,
} from '../core/ids.ts'
import { LEAF_BYTES } from '../core/merkle.ts'
import { SHARD_SIZES } from '../core/shard-sizes.ts'
import { fixedBytes, openSigned, signBody, someBytes } from '../core/signed.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { LeafProof } from '../durability/audit-proof.ts'
import { isLawfulCode } from '../erasure/erasure-codec.ts'
import { CERTIFICATE_BYTES, openCertificate, type Certificate } from '../identity/device.ts'
import type { DeviceIdentity } from '../identity/keys.ts'

const int = z.int().min(0)

// ---- pack record: {v, k, n, shardBytes, roots: n × 32 B, epoch, certificate}, signed by the certified device.

const packRecordSchema = z
  .strictObject({
    v: z.literal(1),
    k: int.min(1).max(256),
    n: int.min(1).max(256),
    shardBytes: z.int().refine((size) => SHARD_SIZES.includes(size), 'is no size class'),
    roots: someBytes(256 * 32),
    epoch: int,
    certificate: someBytes(CERTIFICATE_BYTES),
  })
  .refine(
    ({ k, n, roots }) => isLawfulCode({ k, n }) && roots.length === 32 * n,
    'needs a lawful code and a root for each shard',
  )

/** A pack as anyone may know it: enough to audit and repair, not to read (protocol.md, decision 3). */
export interface PackRecord {
  readonly id: PackId
  readonly k: number
  readonly n: number
  readonly shardBytes: ByteCount
  /** Merkle root of every shard, 32 bytes each. */
  readonly roots: readonly Bytes[]
  readonly epoch: number
  readonly owner: AccountId
  /** The device that signed it, and what certified it then. */
  readonly device: DeviceId
  readonly certificate: Bytes
}

/** Signs a pack record. Ed25519 is deterministic, so the same pack has the same record and the same id. */
export function signPackRecord(
  identity: DeviceIdentity,
  pack: { k: number; n: number; shardBytes: ByteCount; roots: readonly Bytes[] },
): Promise<Bytes> {
  const { k, n, shardBytes, roots } = pack
  return signBody(identity.deviceKey, signatureTag.packRecord, {
    v: 1,
    k,
    n,
    shardBytes,
    roots: joined(roots),
    epoch: identity.daily.epoch,
    certificate: identity.certificate,
  })
}

/** A flat name: SHA-256 of an immutable record's bytes (P4-8). */
export const packIdOf = async (signedRecord: Bytes): Promise<PackId> => idOf(parsePackId, await sha256(signedRecord))

/** @throws KeeptabError `malformed`, `signature-invalid` or `certificate-invalid` */
export async function openPackRecord(bytes: Bytes): Promise<PackRecord> {
  let owner: Certificate | undefined
  const body = await openSigned(signatureTag.packRecord, packRecordSchema, bytes, async ({ certificate }) => {
    owner = await openCertificate(certificate)
    return owner.devicePublicKey
  })
  const { k, n, shardBytes, epoch } = body
  if (owner?.epoch !== epoch) throw new KeeptabError('certificate-invalid', 'A pack record is of another key epoch.')
  const roots = Array.from({ length: n }, (_, i) => body.roots.slice(32 * i, 32 * i + 32))
  const { account, device } = owner
  return {
    id: await packIdOf(bytes),
    k,
    n,
    shardBytes,
    roots,
    epoch,
    owner: account,
    device,
    certificate: body.certificate,
  }
}

// ---- head: {v, certificate, sequence, previous: 32 B | null, manifest: [32 B]}, signed by the certificate's head key.

const headSchema = z.strictObject({
  v: z.literal(1),
  certificate: someBytes(CERTIFICATE_BYTES),
  sequence: z.int().min(1),
  previous: fixedBytes(32).nullable(),
  manifest: z.array(fixedBytes(32)).min(1).max(4096),
})

/** A device's newest snapshot: what a person with words alone starts from (protocol.md, decision 4). */
export interface Head {
  readonly account: AccountId
  readonly device: DeviceId
  /** Key epoch of its certificate, and so of the snapshot. */
  readonly epoch: number
  /** 1 for the first, then strictly + 1. */
  readonly sequence: number
  /** SHA-256 of the signed bytes of the head before; `null` at the first. */
  readonly previous: Bytes | null
  /** The packs whose manifest chunks, in order, make the manifest. */
  readonly manifest: readonly PackId[]
  /** The signed bytes themselves. */
  readonly signed: Bytes
}

export const signHead = (
  identity: DeviceIdentity,
  head: Pick<Head, 'sequence' | 'previous' | 'manifest'>,
): Promise<Bytes> =>
  signBody(identity.daily.head, signatureTag.head, {
    v: 1,
    certificate: identity.certificate,
    sequence: head.sequence,
    previous: head.previous,
    manifest: head.manifest.map(idBytes),
  })

/** @throws KeeptabError `malformed`, `signature-invalid` or `certificate-invalid` */
export async function openHead(bytes: Bytes): Promise<Head> {
  let owner: Certificate | undefined
  const body = await openSigned(signatureTag.head, headSchema, bytes, async ({ certificate }) => {
    owner = await openCertificate(certificate)
    return owner.headPublicKey
  })
  if (owner === undefined) throw new KeeptabError('internal')
  return {
    account: owner.account,
    device: owner.device,
    epoch: owner.epoch,
    sequence: body.sequence,
    previous: body.previous,
    manifest: body.manifest.map((id) => idOf(parsePackId, id)),
    signed: bytes,
  }
}

// ---- placement ticket: {v, group: 16 B, owner: 32 B, keeper: 32 B, index, expiresAt, coordinator: 32 B}, signed by the
// coordinator. v 1 is for the owner; v 2 has a `carrier`, 32 B, beside it.

const ticketFields = {
  group: fixedBytes(16),
  owner: fixedBytes(32),
  keeper: fixedBytes(32),
  index: int.max(255),
  expiresAt: int,
  coordinator: fixedBytes(32),
}
const placementTicketSchema = z.discriminatedUnion('v', [
  z.strictObject({ v: z.literal(1), ...ticketFields }),
  z.strictObject({ v: z.literal(2), ...ticketFields, carrier: fixedBytes(32) }),
])

/** The coordinator's word to a keeper that shards of one index of a placement group may be stored there (SHA-1). */
export interface PlacementTicket {
  readonly group: GroupId
  /** Whose shards. */
  readonly owner: AccountId
  readonly keeper: DeviceId
  readonly index: number
  readonly expiresAt: Millis
  /** The one device that brings them in place of their owner: a keeper that gives them up. Absent: the owner does. */
  readonly carrier?: DeviceId | undefined
}

export const signPlacementTicket = (coordinator: SigningKey, ticket: PlacementTicket): Promise<Bytes> =>
  signBody(coordinator, signatureTag.placementTicket, {
    ...(ticket.carrier === undefined ? { v: 1 } : { v: 2, carrier: idBytes(ticket.carrier) }),
    group: idBytes(ticket.group),
    owner: idBytes(ticket.owner),
    keeper: idBytes(ticket.keeper),
    index: ticket.index,
    expiresAt: ticket.expiresAt,
    coordinator: coordinator.publicKey,
  })

/** @param coordinator the public key the keeper trusts. @throws KeeptabError `malformed` or `signature-invalid`. Expiry is the caller's to check. */
export async function openPlacementTicket(bytes: Bytes, coordinator: Bytes): Promise<PlacementTicket> {
  const body = await openSigned(signatureTag.placementTicket, placementTicketSchema, bytes, () => coordinator)
  return {
    group: idOf(parseGroupId, body.group),
    owner: idOf(parseAccountId, body.owner),
    keeper: idOf(parseDeviceId, body.keeper),
    index: body.index,
    expiresAt: body.expiresAt,
    carrier: body.v === 2 ? idOf(parseDeviceId, body.carrier) : undefined,
  }
}

// ---- read ticket: {v, pack: 32 B, index, keeper: 32 B, reader: 32 B, expiresAt, coordinator: 32 B}, signed by the coordinator.

const readTicketSchema = z.strictObject({
  v: z.literal(1),
  pack: fixedBytes(32),
  index: int.max(255),
  keeper: fixedBytes(32),
  reader: fixedBytes(32),
  expiresAt: int,
  coordinator: fixedBytes(32),
})

/** The coordinator's word to a keeper that one shard may be read by a device that is none of its owner's. */
export interface ReadTicket {
  readonly pack: PackId
  readonly index: number
  readonly keeper: DeviceId
  readonly reader: DeviceId
  readonly expiresAt: Millis
}

export const signReadTicket = (coordinator: SigningKey, ticket: ReadTicket): Promise<Bytes> =>
  signBody(coordinator, signatureTag.readTicket, {
    v: 1,
    pack: idBytes(ticket.pack),
    index: ticket.index,
    keeper: idBytes(ticket.keeper),
    reader: idBytes(ticket.reader),
    expiresAt: ticket.expiresAt,
    coordinator: coordinator.publicKey,
  })

/** @param coordinator the public key the keeper trusts. @throws KeeptabError `malformed` or `signature-invalid`. Expiry is the caller's to check. */
export async function openReadTicket(bytes: Bytes, coordinator: Bytes): Promise<ReadTicket> {
  const body = await openSigned(signatureTag.readTicket, readTicketSchema, bytes, () => coordinator)
  return {
    pack: idOf(parsePackId, body.pack),
    index: body.index,
    keeper: idOf(parseDeviceId, body.keeper),
    reader: idOf(parseDeviceId, body.reader),
    expiresAt: body.expiresAt,
  }
}

// ---- shard receipt: {v, pack: 32 B, index, root: 32 B, group: 16 B, keeper: 32 B, storedAt}, signed by the keeper's device.

const shardReceiptSchema = z.strictObject({
  v: z.literal(1),
  pack: fixedBytes(32),
  index: int.max(255),
  root: fixedBytes(32),
  group: fixedBytes(16),
  keeper: fixedBytes(32),
  storedAt: int,
})

/** A keeper's word that a whole shard lies on its disk, checked against its root. */
export interface ShardReceipt {
  readonly pack: PackId
  readonly index: number
  readonly root: Bytes
  readonly group: GroupId
  readonly keeper: DeviceId
  /** By the coordinator's clock, as the keeper knows it. */
  readonly storedAt: Millis
}

export const signShardReceipt = (keeper: SigningKey, receipt: Omit<ShardReceipt, 'keeper'>): Promise<Bytes> =>
  signBody(keeper, signatureTag.shardReceipt, {
    v: 1,
    pack: idBytes(receipt.pack),
    index: receipt.index,
    root: receipt.root,
    group: idBytes(receipt.group),
    keeper: keeper.publicKey,
    storedAt: receipt.storedAt,
  })

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openShardReceipt(bytes: Bytes): Promise<ShardReceipt> {
  const body = await openSigned(signatureTag.shardReceipt, shardReceiptSchema, bytes, ({ keeper }) => keeper)
  return {
    pack: idOf(parsePackId, body.pack),
    index: body.index,
    root: body.root,
    group: idOf(parseGroupId, body.group),
    keeper: idOf(parseDeviceId, body.keeper),
    storedAt: body.storedAt,
  }
}

/**
 * What whoever sent a shard asks of the receipt that came back.
 * @throws KeeptabError `peer-refused` when it is not this keeper's for exactly this shard; `malformed`, `signature-invalid`
 */
export async function checkReceipt(
  bytes: Bytes,
  record: PackRecord,
  { group, index, keeper }: Pick<ShardReceipt, 'group' | 'index' | 'keeper'>,
): Promise<void> {
  const receipt = await openShardReceipt(bytes)
  const root = record.roots[index]
  const right =
    receipt.pack === record.id &&
    receipt.index === index &&
    receipt.group === group &&
    receipt.keeper === keeper &&
    root !== undefined &&
    equal(receipt.root, root)
  if (!right) throw new KeeptabError('peer-refused', 'Its receipt is for something else.')
}

// ---- inventory page: {v, keeper: 32 B, takenAt, page, pages, shards: [[pack: 32 B, index, group: 16 B]]}, signed by the keeper's device.

/** Most shards in one page of an inventory. */
export const INVENTORY_PAGE = 500

const inventorySchema = z
  .strictObject({
    v: z.literal(1),
    keeper: fixedBytes(32),
    takenAt: int,
    page: int,
    pages: z.int().min(1),
    shards: z.array(z.tuple([fixedBytes(32), int.max(255), fixedBytes(16)])).max(INVENTORY_PAGE),
  })
  .refine(({ page, pages }) => page < pages, 'has a page beyond the last')

/** One page of everything a keeper holds. An inventory is complete when all its pages, of one `takenAt`, are in. */
export interface InventoryPage {
  readonly keeper: DeviceId
  /** By the coordinator's clock, as the keeper knows it. */
  readonly takenAt: Millis
  /** From 0. */
  readonly page: number
  readonly pages: number
  readonly shards: readonly { readonly pack: PackId; readonly index: number; readonly group: GroupId }[]
}

export const signInventoryPage = (keeper: SigningKey, page: Omit<InventoryPage, 'keeper'>): Promise<Bytes> =>
  signBody(keeper, signatureTag.inventory, {
    v: 1,
    keeper: keeper.publicKey,
    takenAt: page.takenAt,
    page: page.page,
    pages: page.pages,
    shards: page.shards.map(({ pack, index, group }) => [idBytes(pack), index, idBytes(group)]),
  })

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openInventoryPage(bytes: Bytes): Promise<InventoryPage> {
  const body = await openSigned(signatureTag.inventory, inventorySchema, bytes, ({ keeper }) => keeper)
  return {
    keeper: idOf(parseDeviceId, body.keeper),
    takenAt: body.takenAt,
    page: body.page,
    pages: body.pages,
    shards: body.shards.map(([pack, index, group]) => ({
      pack: idOf(parsePackId, pack),
      index,
      group: idOf(parseGroupId, group),
    })),
  }
}

// ---- audit answer: {v, audit: 16 B, pack: 32 B, index, leaf, keeper: 32 B, bytes: ≤ 16 KiB | null, path: j × 32 B},
// signed by the keeper's device. `bytes` is null, and `path` empty, when it does not have the shard any more.

const auditAnswerSchema = z
  .strictObject({
    v: z.literal(1),
    audit: fixedBytes(16),
    pack: fixedBytes(32),
    index: int.max(255),
    leaf: int,
    keeper: fixedBytes(32),
    bytes: someBytes(LEAF_BYTES).nullable(),
    path: someBytes(32 * 32),
  })
  .refine(
    ({ bytes, path }) => path.length % 32 === 0 && (bytes !== null || path.length === 0),
    'needs whole hashes, and none without a leaf',
  )

/** What a keeper answers when it is asked to prove a leaf. */
export interface AuditAnswer {
  /** 32 hexadecimal digits. */
  readonly audit: string
  readonly pack: PackId
  readonly index: number
  readonly leaf: number
  readonly keeper: DeviceId
  /** `undefined`: it says itself that the shard is gone. */
  readonly proof: LeafProof | undefined
}

export const signAuditAnswer = (keeper: SigningKey, answer: Omit<AuditAnswer, 'keeper'>): Promise<Bytes> =>
  signBody(keeper, signatureTag.auditAnswer, {
    v: 1,
    audit: fromHex(answer.audit, 16) ?? new Uint8Array(0),
    pack: idBytes(answer.pack),
    index: answer.index,
    leaf: answer.leaf,
    keeper: keeper.publicKey,
    bytes: answer.proof?.bytes ?? null,
    path: joined(answer.proof?.path ?? []),
  })

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openAuditAnswer(signed: Bytes): Promise<AuditAnswer> {
  const { audit, pack, index, leaf, keeper, bytes, path } = await openSigned(
    signatureTag.auditAnswer,
    auditAnswerSchema,
    signed,
    (body) => body.keeper,
  )
  const siblings = Array.from({ length: path.length / 32 }, (_, i) => path.slice(32 * i, 32 * i + 32))
  return {
    audit: toHex(audit),
    pack: idOf(parsePackId, pack),
    index,
    leaf,
    keeper: idOf(parseDeviceId, keeper),
    proof: bytes === null ? undefined : { bytes, path: siblings },
  }
}

function joined(roots: readonly Bytes[]): Bytes {
  const all = new Uint8Array(32 * roots.length)
  roots.forEach((root, i) => {
    all.set(root, 32 * i)
  })
  return all
}
