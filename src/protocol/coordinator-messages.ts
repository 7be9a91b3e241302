/**
 * What peers and the coordinator say to each other: JSON over HTTPS, and over one live WebSocket per peer.
 * Signed bytes travel as base64url, ids as hexadecimal. Unknown fields are refused on both sides.
 */
import { z } from 'zod'
import { fromBase64Url, fromHex, toBase64Url, type Bytes } from '../core/bytes.ts'
import type { AccountId, DeviceId, GroupId, PackId } from '../core/ids.ts'
import { PLATFORMS } from '../core/platform.ts'
import { ALL_DAY } from '../core/week-hours.ts'
import { WIDE_DOMAINS } from '../durability/failure-domains.ts'
import { redundancyOf } from '../durability/redundancy.ts'
import { ENVELOPE_BYTES } from '../identity/envelope.ts'
import { GIVEN_UP_BYTES } from '../identity/given-up.ts'
import { MOST_DEVICES, REVOCATION_BYTES } from '../identity/revocation.ts'
import { DEVICE_RECORD_BYTES } from './device-record.ts'

const hex = <T extends string>(length: number) =>
  z
    .custom<T>(
      (value) => typeof value === 'string' && fromHex(value, length) !== undefined,
      `must be ${2 * length} hexadecimal digits`,
    )
    .meta({ type: 'string', pattern: `^[0-9a-f]{${2 * length}}$` })
const accountId = hex<AccountId>(32)
const deviceId = hex<DeviceId>(32)
const packId = hex<PackId>(32)
const groupId = hex<GroupId>(16)

/** Base64url text ↔ bytes, at most `max` of them. */
const blob = (max: number) =>
  z.codec(
    z
      .string()
      .refine(
        (text) => text.length <= Math.ceil((max * 4) / 3) && fromBase64Url(text) !== undefined,
        'must be base64url',
      ),
    z.custom<Bytes>((value) => value instanceof Uint8Array),
    { decode: (text) => fromBase64Url(text) ?? new Uint8Array(0), encode: toBase64Url },
  )
/** The word of a visitor and of the device whose it is (`identity/visitor`). */
const visitWord = blob(1024)

const shardIndex = z.int().min(0).max(255)
const count = z.int().min(0)
const instant = z.int().min(0)
/** Of something that was measured. */
const amount = z.number().min(0)

export const MAX_BODY_BYTES = 64 * 1024
/** Most packs in one `locate` request with a reader: each takes as many tickets as it has holders. */
export const READ_PACKS = 16
/** Most packs in one `locate` or `known` request. */
export const LOCATE_PACKS = 50

const erasureCode = z.strictObject({ k: shardIndex.min(1), n: shardIndex.min(1) })

/** GET /v1/info, open to all. */
export const infoSchema = z.strictObject({
  name: z.string().max(100),
  /** Ed25519 key under which placement tickets are signed. */
  publicKey: blob(32),
  /** All keepers may share one address: nothing here is protected from losing this machine. */
  oneMachine: z.boolean(),
  now: instant,
})

/** POST /v1/challenge → something fresh to sign, good for a minute. */
export const challengeSchema = z.strictObject({ challenge: blob(200) })

/** POST /v1/session: joins (an account and device not seen before are made) and signs in. */
export const sessionRequestSchema = z.strictObject({
  certificate: blob(1024),
  challenge: blob(200),
  /** By the device, tag `sign-in`, over the canonical CBOR {challenge, coordinator: its public key}. */
  signature: blob(64),
  /** What it runs on, as it says; not known when left out. */
  platform: z.enum(PLATFORMS).optional(),
})
/** `token` goes into `Authorization: Bearer`. */
export const sessionSchema = z.strictObject({ token: z.string().max(500), expiresAt: instant })

const iceServer = z.strictObject({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
})
/** POST /v1/ticket: `visit` is the word of the visitor that the ticket is for (`identity/visitor`); absent: for the device itself. */
export const ticketRequestSchema = z.strictObject({ visit: visitWord.optional() })
/** → admits this device once to the rendezvous (`token` of PeerJS) or the live socket, a visitor to the rendezvous alone, for a minute. */
export const ticketSchema = z.strictObject({ ticket: z.string().max(500), iceServers: z.array(iceServer) })

/**
 * PUT /v1/keeping: what this device offers to keep. `limitBytes` 0 or `paused` takes it out of placement. `until` is when
 * it means to go on after a pause; without it, when its person says so.
 */
export const keepingSchema = z.strictObject({
  limitBytes: count,
  freeBytes: count,
  paused: z.boolean(),
  until: instant.optional(),
  /** Hours of the week in UTC, from Monday on, 24 bits of each day; absent: always. Another word holds from a day later on. */
  hours: z.array(z.int().min(0).max(ALL_DAY)).length(7).optional(),
})

/**
 * The most shards that lie together: in one network (autonomous system, or a wide address block), with one
 * platform, at one operator. `waived`: where that is more than the rule of caps allows, so that it is not independent.
 */
const crowding = z.strictObject({
  network: count,
  platform: count,
  operator: count,
  waived: z.array(z.enum(WIDE_DOMAINS)),
})
const slot = z.strictObject({
  index: shardIndex,
  keeper: deviceId,
  online: z.boolean(),
  /** Signed placement ticket for this owner, keeper and index. */
  ticket: blob(1024),
})
/**
 * What an owner can check of a group by itself: a code that Keeptab uses, as many shards to be stored as it asks for, said
 * to be a trial where it is one, and no place or keeper twice. That the code is right for this network is the
 * coordinator's word.
 */
function isSoundGroup(group: {
  readonly code: { readonly k: number; readonly n: number }
  readonly happy: number
  readonly slots: readonly { readonly index: number; readonly keeper: DeviceId }[]
  readonly trial: boolean
}): boolean {
  const { code, happy, slots, trial } = group
  const redundancy = redundancyOf(code.k, code.n)
  return (
    redundancy !== undefined &&
    happy >= redundancy.happy &&
    happy <= code.n &&
    (trial || !redundancy.trial) &&
    slots.every(({ index }) => index < code.n) &&
    [slots.map(({ index }) => index), slots.map(({ keeper }) => keeper)].every(
      (some) => new Set<unknown>(some).size === some.length,
    )
  )
}
/** POST /v1/groups → the owner's open placement group, made when there is none with room. */
export const groupSchema = z
  .strictObject({
    id: groupId,
    code: erasureCode,
    /** Shards that must be stored before a pack may be committed. */
    happy: shardIndex,
    slots: z.array(slot).max(256),
    /** Of its keepers now. */
    crowding,
    /** Fewer distinct places than the code wants, or one machine: shown as not independent. */
    trial: z.boolean(),
  })
  .refine(isSoundGroup, 'has a code, a number or places that no group has')
/** POST /v1/groups/:id/replace: that keeper refused or cannot be reached; another one for that index. */
export const replaceSchema = z.strictObject({
  index: shardIndex,
  keeper: deviceId,
  reason: z.enum(['unreachable', 'full', 'refused', 'corrupt']),
})
/** GET /v1/groups/:id answers with the group as it is now. */

/** POST /v1/packs: a pack whose shards are stored. Sent again with more receipts when more have come in. */
export const commitSchema = z.strictObject({
  record: blob(10 * 1024),
  group: groupId,
  receipts: z.array(blob(1024)).max(256),
})
/** Distinct failure domains that hold a shard of it now. */
export const committedSchema = z.strictObject({ pack: packId, happiness: count })

/**
 * POST /v1/packs/locate → in the order asked; a pack that is not known is left out. For a `reader`, the name that they are
 * read under, there is a read ticket for each holder, and fewer packs are asked for at once.
 */
export const locateRequestSchema = z
  .strictObject({ packs: z.array(packId).min(1).max(LOCATE_PACKS), visit: visitWord.optional() })
  .refine(({ packs, visit }) => visit === undefined || packs.length <= READ_PACKS, 'asks for too many tickets')
  .refine(({ packs, visit }) => visit === undefined || new Set(packs).size === packs.length, 'asks for a pack twice')
export const locatedSchema = z.strictObject({
  packs: z.array(
    z.strictObject({
      pack: packId,
      record: blob(10 * 1024),
      happy: shardIndex,
      happiness: count,
      /** Its shards belong to no code word, as those say who were to repair it: its owner has to make it again. */
      spoilt: z.literal(true).optional(),
      /** Of its holders now. */
      crowding,
      holders: z.array(
        z.strictObject({
          index: shardIndex,
          keeper: deviceId,
          online: z.boolean(),
          /** It only says so, and is told because fewer than k that count are here. */
          beside: z.literal(true).optional(),
          ticket: blob(1024).optional(),
        }),
      ),
    }),
  ),
})

/** Most shards in one `handovers` request. */
const HANDOVERS = 50
const shardNames = z.array(z.strictObject({ pack: packId, index: shardIndex }))
/** POST /v1/handovers: a keeper gives these shards up. `not` are keepers that did not take what they were sent to take. */
export const handoverRequestSchema = z.strictObject({
  shards: shardNames.min(1).max(HANDOVERS),
  not: z.array(deviceId).max(256),
})
/** Who takes each of them; one that is not known as this keeper's, or that nobody can take, is left out. */
export const handoversSchema = z.strictObject({
  handovers: z.array(
    z.strictObject({
      pack: packId,
      index: shardIndex,
      group: groupId,
      keeper: deviceId,
      /** Placement ticket with the asking keeper as carrier. */
      ticket: blob(1024),
    }),
  ),
})
/** POST /v1/handovers/done: receipts of those who took over. */
export const handedOverSchema = z.strictObject({ receipts: z.array(blob(1024)).min(1).max(HANDOVERS) })
/** Those that count: they lie at their successor now, and no longer at the keeper that asked. */
export const handedOverAnswerSchema = z.strictObject({ done: shardNames.max(HANDOVERS) })
/** Most shards in one `handovers/unneeded` request. */
export const UNNEEDED_ASKED = 400
/** POST /v1/handovers/unneeded → those of them that nobody takes over and nobody needs from the keeper that asks. */
export const unneededSchema = z.strictObject({ shards: shardNames.max(UNNEEDED_ASKED) })

/** POST /v1/repairs: the name that holders are read under; absent: the device's own. */
export const takeRepairSchema = z.strictObject({ visit: visitWord.optional() })
/**
 * → a pack of which shards are to be made again: `record` says from what and into what, `holders` are read
 * from and `successors` stored at, each with the ticket for it. Without successors nothing is to be made: its one holder is
 * to be read, to see whether it gives back what it keeps. Absent: there is none for this device now.
 */
export const repairJobSchema = z.strictObject({
  job: z
    .strictObject({
      pack: packId,
      record: blob(10 * 1024),
      /** Until when tickets are good and the job is this device's. */
      expiresAt: instant,
      /** `ticket`: read ticket for the reader that was named. */
      holders: z.array(z.strictObject({ index: shardIndex, keeper: deviceId, ticket: blob(1024) })),
      /** `ticket`: placement ticket with the asking device as carrier. */
      successors: z.array(z.strictObject({ index: shardIndex, group: groupId, keeper: deviceId, ticket: blob(1024) })),
    })
    .optional(),
})
/**
 * POST /v1/repairs/done: receipts of those who took a shard, how many were read for them, and holders that gave none.
 * `spoiltCode`: shards `from`, k of them and each as its owner signed it, give another shard `index` than its owner signed.
 */
export const repairReportSchema = z.strictObject({
  pack: packId,
  receipts: z.array(blob(1024)).max(64),
  read: shardIndex,
  failed: z
    .array(
      z.strictObject({
        index: shardIndex,
        keeper: deviceId,
        what: z.enum(['corrupt', 'unreachable', 'refused', 'slow']),
      }),
    )
    .max(256),
  spoiltCode: z.strictObject({ from: z.array(shardIndex).min(1).max(64), index: shardIndex }).optional(),
})
/**
 * POST /v1/repairs/own, in pages → packs of the account that its own devices may make shards of now, before strangers do.
 * `risk`: shards that may still be lost before the pack is.
 */
export const ownRepairsSchema = z.strictObject({
  packs: z.array(z.strictObject({ pack: packId, risk: z.int() })),
  more: z.boolean(),
})
/** POST /v1/repairs/own/take → the job for one of them, without holders: whoever has the source reads from nobody. */
export const takeOwnRepairSchema = z.strictObject({ pack: packId })
/** Indices whose receipts count. */
export const repairedSchema = z.strictObject({ made: z.array(shardIndex) })

/**
 * PUT /v1/heads, by the owner or a keeper that has seen it: refused with `conflict` unless it follows the newest of its
 * device, and, by the owner, unless `rounds` is that of its condemned packs now (0 when left out).
 */
export const publishHeadSchema = z.strictObject({ head: blob(8 * 1024), rounds: count.optional() })
/** GET /v1/heads → the newest head of every device of the account that asks. */
export const headsSchema = z.strictObject({ heads: z.array(blob(8 * 1024)) })

/** Most heads in one question about them: it stays far below `MAX_BODY_BYTES`. */
export const HEADS_ASKED = 300
/**
 * POST /v1/heads/missing: of heads that a keeper has seen, those that are not known here, or only older ones, by their
 * places in the question; of accounts that it never kept for, all.
 */
export const seenHeadsSchema = z.strictObject({
  heads: z.array(z.strictObject({ account: accountId, device: deviceId, sequence: count })).max(HEADS_ASKED),
})
export const missingHeadsSchema = z.strictObject({ missing: z.array(count) })

/** POST /v1/heads/past: heads of a device that were the newest within 30 days, newest first; not all of a busy hour. */
export const pastHeadsRequestSchema = z.strictObject({ device: deviceId, before: count.optional() })
export const pastHeadsSchema = z.strictObject({
  heads: z.array(z.strictObject({ sequence: count, head: blob(8 * 1024), replacedAt: instant })),
  more: z.boolean(),
})

/** A list in pages, by pack: what comes after this one. `more` in the answer says that there may be another page. */
export const packsAfterSchema = z.strictObject({ after: packId.optional() })
/**
 * POST /v1/packs/list → every pack of the account that asks, and how many shards of it are enough; `committedAt` is missing
 * of those that a keeper has brought.
 */
export const ownPacksSchema = z.strictObject({
  packs: z.array(z.strictObject({ pack: packId, k: count.min(1), committedAt: instant.optional() })),
  more: z.boolean(),
})
/** POST /v1/condemned → packs of the account that are condemned. `rounds` grows each time that packs are condemned. */
export const condemnedSchema = z.strictObject({
  rounds: count,
  packs: z.array(z.strictObject({ pack: packId, since: instant, goneAt: instant })),
  more: z.boolean(),
})
/** Most packs in one `condemn` request: it stays below `MAX_BODY_BYTES`. */
export const CONDEMNED_AT_ONCE = 40
/** POST /v1/condemned/add: refused with `conflict` unless `basis` is the digest of the newest heads of the account. */
export const condemnSchema = z.strictObject({
  statements: z.array(blob(1024)).min(1).max(CONDEMNED_AT_ONCE),
  basis: blob(32),
})
/** Most packs in one request that names them alone. */
export const PACKS_NAMED = 500
/** POST /v1/condemned/remove: takes condemnations back → those of the packs that stay. */
export const packNamesSchema = z.strictObject({ packs: z.array(packId).max(PACKS_NAMED) })
/** POST /v1/condemned/here → condemned packs of which the keeper that asks has shards, and orders to drop them. */
export const condemnedHereSchema = z.strictObject({
  now: instant,
  packs: z.array(z.strictObject({ pack: packId, statement: blob(1024), order: blob(1024).optional() })),
  more: z.boolean(),
})
/** POST /v1/condemned/dropped, by the keeper, with the packs whose shards have left its disk. */

/** PUT /v1/devices: what a device says of itself; refused unless it is signed by the device that asks. */
export const publishDeviceSchema = z.strictObject({ record: blob(DEVICE_RECORD_BYTES) })
/** GET /v1/devices → every device of the account that has ever signed in. */
export const devicesSchema = z.strictObject({
  devices: z.array(
    z.strictObject({
      device: deviceId,
      /** Absent when it has said nothing of itself. */
      record: blob(DEVICE_RECORD_BYTES).optional(),
      /** When it last signed in or came online. */
      seenAt: instant,
      online: z.boolean(),
    }),
  ),
})

/**
 * POST /v1/revocations: the next removal of devices, with an envelope for each device that stays. Refused with `conflict`
 * when it is not the next one, or a head came in meanwhile. Without envelopes it is one that this coordinator has lost.
 */
export const revokeSchema = z.strictObject({
  revocation: blob(REVOCATION_BYTES),
  envelopes: z.array(z.strictObject({ device: deviceId, envelope: blob(ENVELOPE_BYTES) })).max(MOST_DEVICES),
})
/** GET /v1/revocations → all removals, oldest first, and what was sealed for the device that asks at the last one. */
export const revocationsSchema = z.strictObject({
  revocations: z.array(blob(REVOCATION_BYTES)),
  envelope: blob(ENVELOPE_BYTES).optional(),
})

/** POST /v1/given-up: refused with `conflict` unless a removal has removed the device that it names. */
export const giveUpSchema = z.strictObject({ statement: blob(GIVEN_UP_BYTES) })
/** GET /v1/given-up → what the account has given up, the statement of each device that reaches furthest. */
export const givenUpSchema = z.strictObject({ statements: z.array(blob(GIVEN_UP_BYTES)) })

/** What two devices leave in the mailbox in which they meet, each once (`pairing.ts`). */
export const PAIRING_SLOTS = ['offer', 'join', 'reveal', 'grant'] as const
export type PairingSlot = (typeof PAIRING_SLOTS)[number]
/** Most bytes of one such message. */
const PAIRING_MESSAGE_BYTES = ENVELOPE_BYTES + 1024
const pairingMessage = blob(PAIRING_MESSAGE_BYTES)
/** POST /v1/pairings/:id/offer makes the mailbox, for a device that is signed in; it is there for ten minutes. */
/** POST /v1/pairings/:id/join, /reveal and /grant are open to all: who does not know the secret leaves what does not open. */
export const pairingMessageSchema = z.strictObject({ message: pairingMessage })
/** GET /v1/pairings/:id, open to all → what is in it. */
export const pairingSchema = z.strictObject({
  offer: pairingMessage,
  join: pairingMessage.optional(),
  reveal: pairingMessage.optional(),
  grant: pairingMessage.optional(),
})

/** PUT /v1/inventory: one signed page. `unknown` are packs whose record the coordinator would like (PUT /v1/records). */
export const inventoryRequestSchema = z.strictObject({ page: blob(48 * 1024) })
export const inventoryAnswerSchema = z.strictObject({ unknown: z.array(packId) })

/** PUT /v1/records → its flat name, SHA-256 of the value. Only values that prove themselves: signed pack records. */
export const recordSchema = z.strictObject({ value: blob(10 * 1024) })
export const recordNameSchema = z.strictObject({ name: packId })

/**
 * GET /v1/churn, open to all: what this coordinator has seen of the lives of its keepers in the last 180 days
 * (`durability/churn`).
 */
export const churnSchema = z.strictObject({
  keepers: count,
  days: count,
  measured: z
    .strictObject({
      watched: amount,
      gone: amount,
      returned: amount,
      returnedAfter: amount,
      availability: z.number().gt(0).max(1),
      grace: amount,
    })
    .optional(),
})

const level = z.enum(['healthy', 'repair', 'urgent', 'alarm', 'lost'])

/** GET /v1/operator, with the operator's own token as `Authorization: Bearer`: counts and sums, and nothing of anybody. */
export const operatorSchema = z.strictObject({
  at: instant,
  /** Devices whose live socket is open. */
  online: count,
  /** By standing; `counting` keep something and are not gone. */
  keepers: z.strictObject({
    new: count,
    vetted: count,
    warned: count,
    suspended: count,
    out: count,
    counting: count,
  }),
  /** Packs. `urgent` and `alarm` are among those that wait or are under way. */
  repairs: z.strictObject({ waiting: count, urgent: count, alarm: count, underWay: count, lost: count }),
  /** Packs by spare shards: those that count, less k. The fewest first. */
  risks: z.array(z.strictObject({ code: erasureCode, level, spare: z.int(), packs: count })),
  /** Of the last days, the newest first; `at` is when the day began, in UTC. */
  audits: z.array(
    z.strictObject({
      at: instant,
      proven: count,
      wrong: count,
      missing: count,
      late: count,
      silent: count,
      /** Whole shards that others read, got nothing of though the keeper answered, and could not reach the keeper of. */
      served: count,
      withheld: count,
      unreached: count,
    }),
  ),
  /** What repairs moved in the last days, and what is stored now, parity not counted. */
  traffic: z.strictObject({ days: count, movedBytes: count, shardsMade: count, storedBytes: count }),
  /**
   * What one hand needs at least to hold within a year, with an even chance, so many places of one given group that its
   * owner can be kept from its data (`durability/sybil-cost`). Absent while too little is known of keepers.
   */
  capture: z
    .strictObject({ code: erasureCode, places: count, accounts: count, blocks: count, keptBytes: count })
    .optional(),
})

/** Most packs that are named in an answer about health. */
export const ENDANGERED_NAMED = 500
/**
 * GET /v1/packs/health → how the packs of the account are that asks (`durability/health`), by placement group; without
 * those that are condemned. `endangered` names those that are at `urgent` or worse, the worst first; not all of very many.
 */
export const healthSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      group: groupId,
      code: erasureCode,
      /** Of its keepers now. */
      crowding,
      /** It protects too little, or too few of its keepers are known: keep another copy. */
      trial: z.boolean(),
      packs: z.array(z.strictObject({ level, live: count, packs: count.min(1) })),
    }),
  ),
  endangered: z.array(z.strictObject({ pack: packId, group: groupId, level, live: count })).max(ENDANGERED_NAMED),
  /** Packs that were not looked at yet. */
  unknown: count,
})

/**
 * GET /v1/beacons, open to all: the chain of the secrets by which audits are chosen (`durability/beacon`). Days count from
 * 1970. `past` is the newest day that is over, once one is; its secret gives those of all days before.
 */
export const beaconsSchema = z.strictObject({
  anchor: blob(32),
  firstDay: count,
  past: z.strictObject({ day: count, secret: blob(32) }).optional(),
})

/**
 * GET /v1/standing: what this coordinator thinks of the keeper that asks (`durability/reputation`). POST /v1/audits, whose
 * body is a signed answer as it is, application/octet-stream, answers the same.
 */
export const standingSchema = z.strictObject({
  state: z.enum(['new', 'vetted', 'warned', 'suspended', 'out']),
  reason: z.enum(['young', 'proven', 'late', 'lost', 'silent', 'wrong', 'withheld', 'unreachable']),
  /** Leaves to prove until it is better, in a row where it is suspended, or where others get nothing reads to go well; and not before that time. */
  leaves: count,
  notBefore: instant.optional(),
  auditScore: z.number().min(0).max(1),
  onlineScore: z.number().min(0).max(1),
  /** Since `since`. */
  passed: count,
  failed: count,
  since: instant,
  lastProvenAt: instant.optional(),
  /** Share of the time that it was online, of about the last month; absent while it has been watched for less than two days. */
  hereShare: z.number().min(0).max(1).optional(),
})

/** Every refusal has this body; the HTTP status follows from the code. */
export const problemSchema = z.strictObject({
  code: z.string().max(64),
  /** What was special about this case; may be empty. */
  detail: z.string().max(1000),
  /** Facts for programs, such as {eligible, needed}. */
  data: z.record(z.string().max(64), z.union([z.string().max(200), z.number(), z.boolean()])).optional(),
})

/** Server → peer on the live socket. */
export const liveMessageSchema = z.discriminatedUnion('type', [
  /** First message: presence is on. */
  z.strictObject({ type: z.literal('welcome'), device: deviceId }),
  /** Another connection of the same device has taken over; do not come back by yourself. */
  z.strictObject({ type: z.literal('replaced') }),
  /** Please send your whole inventory. */
  z.strictObject({ type: z.literal('inventory-wanted') }),
  /**
   * Prove this leaf (POST /v1/audits), or say that it is gone. `day` and `number` are what it was chosen with. Asked again
   * with the same `audit` when no answer came in time.
   */
  z.strictObject({
    type: z.literal('audit'),
    audit: hex<string>(16),
    day: count,
    number: count,
    pack: packId,
    index: shardIndex,
    leaf: count,
    answerWithinMs: count,
  }),
  /** There is a pack to repair (POST /v1/repairs). */
  z.strictObject({ type: z.literal('repair-wanted') }),
  /** A device of the account was removed; there is an envelope for this one (GET /v1/revocations). */
  z.strictObject({ type: z.literal('epoch-began') }),
  /** This device was removed from its account. */
  z.strictObject({ type: z.literal('revoked') }),
  /** The server stops for a moment; come back with a random delay up to this long. */
  z.strictObject({ type: z.literal('leaving'), backInMs: count }),
])

export type ListedDevice = z.output<typeof devicesSchema>['devices'][number]
export type Pairing = z.output<typeof pairingSchema>
export type CoordinatorInfo = z.output<typeof infoSchema>
export type RendezvousTicket = z.output<typeof ticketSchema>
export type Keeping = z.output<typeof keepingSchema>
export type Crowding = z.output<typeof crowding>
export type PlacementGroup = z.output<typeof groupSchema>
export type ReplaceReason = z.output<typeof replaceSchema>['reason']
export type Handover = z.output<typeof handoversSchema>['handovers'][number]
export type RepairJob = NonNullable<z.output<typeof repairJobSchema>['job']>
export type OwnRepair = z.output<typeof ownRepairsSchema>['packs'][number]
export type RepairReport = z.output<typeof repairReportSchema>
export type LocatedPack = z.output<typeof locatedSchema>['packs'][number]
export type OwnPack = z.output<typeof ownPacksSchema>['packs'][number]
export type CondemnedList = z.output<typeof condemnedSchema>
export type CondemnedPack = CondemnedList['packs'][number]
export type CondemnedHere = z.output<typeof condemnedHereSchema>
export type CondemnedShard = CondemnedHere['packs'][number]
export type PastHead = z.output<typeof pastHeadsSchema>['heads'][number]
export type SeenHead = z.output<typeof seenHeadsSchema>['heads'][number]
export type OperatorFigures = z.output<typeof operatorSchema>
export type ToldChurn = z.output<typeof churnSchema>
export type OwnHealth = z.output<typeof healthSchema>
export type Beacons = z.output<typeof beaconsSchema>
export type KeeperStanding = z.output<typeof standingSchema>
export type LiveMessage = z.output<typeof liveMessageSchema>
export type AuditQuestion = Extract<LiveMessage, { type: 'audit' }>
