/** The coordinator over HTTP and one live WebSocket: asks, parses every answer, and comes back when it was away. */
import { z } from 'zod'
import { equal, type Bytes } from '../core/bytes.ts'
import type { Clock, Random } from '../core/clock.ts'
import { sign } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { absentOn, codeOf, errorText, KeeptabError, throwIfAborted, type ErrorCode } from '../core/errors.ts'
import type { PackId } from '../core/ids.ts'
import type { Platform } from '../core/platform.ts'
import type { Millis } from '../core/units.ts'
import { encode } from '../core/wire.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import { signVisit, type Visitor } from '../identity/visitor.ts'
import {
  challengeSchema,
  churnSchema,
  commitSchema,
  committedSchema,
  CONDEMNED_AT_ONCE,
  condemnedHereSchema,
  condemnedSchema,
  condemnSchema,
  devicesSchema,
  givenUpSchema,
  giveUpSchema,
  groupSchema,
  HEADS_ASKED,
  handedOverAnswerSchema,
  handedOverSchema,
  handoverRequestSchema,
  handoversSchema,
  headsSchema,
  healthSchema,
  infoSchema,
  inventoryAnswerSchema,
  inventoryRequestSchema,
  keepingSchema,
  locatedSchema,
  LOCATE_PACKS,
  READ_PACKS,
  locateRequestSchema,
  missingHeadsSchema,
  ownPacksSchema,
  ownRepairsSchema,
  packNamesSchema,
  PACKS_NAMED,
  packsAfterSchema,
  pairingMessageSchema,
  pastHeadsRequestSchema,
  pastHeadsSchema,
  problemSchema,
  publishDeviceSchema,
  publishHeadSchema,
  recordNameSchema,
  recordSchema,
  repairedSchema,
  repairJobSchema,
  repairReportSchema,
  takeOwnRepairSchema,
  takeRepairSchema,
  replaceSchema,
  seenHeadsSchema,
  revocationsSchema,
  revokeSchema,
  sessionRequestSchema,
  sessionSchema,
  standingSchema,
  ticketRequestSchema,
  ticketSchema,
  UNNEEDED_ASKED,
  unneededSchema,
  type CondemnedPack,
  type CondemnedShard,
  type CoordinatorInfo,
  type LocatedPack,
  type OwnPack,
  type OwnRepair,
  type PastHead,
} from '../protocol/coordinator-messages.ts'
import { backoff, pause } from './backoff.ts'
import type { Coordinator, ShardPlace } from './coordinator.ts'
import { holdLiveSocket, type LiveSocketConstructor } from './live-socket.ts'

export interface HttpCoordinatorOptions {
  /** Such as https://keeptab.example.org; a path before /v1 may follow. */
  readonly url: string
  /** Asked anew at each sign-in: the certificate changes when a key epoch begins. */
  readonly identity: Pick<DeviceIdentity, 'deviceKey' | 'certificate'>
  /** The platform's WebSocket, or that of `ws`: Node 20 has none of its own. */
  readonly WebSocket: LiveSocketConstructor
  readonly fetch?: typeof fetch
  /** What this device runs on; told at each sign-in. */
  readonly platform: Platform
  readonly clock: Clock
  readonly random: Random
  /** How long a call goes on trying while the coordinator cannot be reached. */
  readonly patienceMs: Millis
  /** The same until it has answered for the first time: a wrong address should be said soon. Not longer than `patienceMs`. */
  readonly firstPatienceMs?: Millis
  /** Told `true` when a call begins to wait for a coordinator that does not answer, `false` when none waits any more. */
  readonly onWait?: (waits: boolean) => void
  /** Ends all waiting: what is under way rejects with `aborted`. */
  readonly signal?: AbortSignal
}

/** One request may take so long before it counts as unanswered. */
const ANSWER_MS: Millis = 30_000
/** A session is renewed so long before it ends. */
const EARLY_MS: Millis = 60_000

type Method = 'GET' | 'POST' | 'PUT'

interface Call<Answer extends z.ZodType> {
  readonly method: Method
  readonly path: string
  /** Bytes as they are, anything else as JSON. */
  readonly body?: unknown
  readonly answer: Answer
}

interface Session {
  readonly token: string
  /** By this device's clock, which may be days off the coordinator's (T18). */
  readonly endsAt: Millis
}

/** Does not reach out before its first method is called. */
export function createHttpCoordinator(options: HttpCoordinatorOptions): Coordinator {
  const { identity, clock, random, signal } = options
  const base = options.url.replace(/\/+$/, '')
  const send = options.fetch ?? fetch
  const firstPatienceMs = Math.min(options.firstPatienceMs ?? options.patienceMs, options.patienceMs)
  let reached = false
  let waiting = 0
  let publicKey: Bytes | undefined
  let session: Promise<Session> | undefined

  /** One request. @throws KeeptabError `coordinator-unreachable`, or what the coordinator answered */
  const once = async <Answer extends z.ZodType>(call: Call<Answer>, token?: string): Promise<z.output<Answer>> => {
    let response: Response
    let text: string
    try {
      response = await send(base + call.path, {
        method: call.method,
        headers: {
          ...(call.body === undefined ? {} : { 'Content-Type': isOctets(call.body) ? OCTETS : 'application/json' }),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        ...(call.body === undefined ? {} : { body: isOctets(call.body) ? call.body : JSON.stringify(call.body) }),
        signal: anyOf(AbortSignal.timeout(ANSWER_MS), signal),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
      })
      text = await response.text()
    } catch (cause) {
      throwIfAborted(signal)
      throw new KeeptabError('coordinator-unreachable', undefined, {}, cause)
    }
    // A proxy says so while the coordinator behind it is away.
    if ([502, 503, 504].includes(response.status)) throw new KeeptabError('coordinator-unreachable')
    reached = true
    if (!response.ok) throw problemOf(text)
    return parseAnswer(call.answer, text)
  }

  /** Repeats while the coordinator cannot be reached, until patience is used up. All calls are safe to repeat. */
  const patiently = async <T>(attempt: () => Promise<T>): Promise<T> => {
    const from = clock.now()
    let waits = false
    try {
      for (let failures = 0; ; failures++) {
        try {
          return await attempt()
        } catch (thrown) {
          const waitMs = backoff(failures, random)
          const patienceMs = reached ? options.patienceMs : firstPatienceMs
          const isOver = clock.now() - from + waitMs > patienceMs
          if (codeOf(thrown) !== 'coordinator-unreachable' || isOver) throw thrown
          if (!waits && ++waiting === 1) options.onWait?.(true)
          waits = true
          await pause(waitMs, signal)
        }
      }
    } finally {
      if (waits && --waiting === 0) options.onWait?.(false)
    }
  }

  /** @throws KeeptabError `signature-invalid` when another coordinator answers at this address than before */
  const askInfo = async (): Promise<CoordinatorInfo> => {
    const info = await once({ method: 'GET', path: '/v1/info', answer: infoSchema })
    if (publicKey !== undefined && !equal(publicKey, info.publicKey)) {
      throw new KeeptabError('signature-invalid', 'Another coordinator answers at this address.', { from: 'stranger' })
    }
    publicKey = info.publicKey
    return info
  }

  const signIn = async (): Promise<Session> => {
    try {
      return await answerChallenge()
    } catch (thrown) {
      // The challenge ran out on its way, or the coordinator was started anew behind it; only once more, as everywhere.
      if (codeOf(thrown) !== 'not-signed-in') throw thrown
      return await answerChallenge()
    }
  }

  const answerChallenge = async (): Promise<Session> => {
    const { publicKey: coordinator, now } = await askInfo()
    const aheadMs = clock.now() - now
    const { challenge } = await once({ method: 'POST', path: '/v1/challenge', answer: challengeSchema })
    const signature = await sign(identity.deviceKey, signatureTag.signIn, encode({ challenge, coordinator }))
    const { certificate } = identity
    const body = z.encode(sessionRequestSchema, { certificate, challenge, signature, platform: options.platform })
    const { token, expiresAt } = await once({ method: 'POST', path: '/v1/session', body, answer: sessionSchema })
    return { token, endsAt: expiresAt + aheadMs }
  }

  /** The session all calls share; a failed one is made again by the next call. */
  const sharedSession = async (): Promise<Session> => {
    const current = (session ??= signIn())
    try {
      return await current
    } catch (thrown) {
      forget(current)
      throw thrown
    }
  }

  const signedIn = async (): Promise<string> => {
    const current = session
    const { token, endsAt } = await sharedSession()
    // One that was made just now is good whatever the clock says.
    if (current === undefined || endsAt - EARLY_MS > clock.now()) return token
    forget(current)
    return (await sharedSession()).token
  }
  const forget = (ended: typeof session): void => {
    if (session === ended) session = undefined
  }

  const ask = <Answer extends z.ZodType>(call: Call<Answer>): Promise<z.output<Answer>> =>
    patiently(async () => {
      const token = await signedIn()
      const used = session
      try {
        return await once(call, token)
      } catch (thrown) {
        if (codeOf(thrown) !== 'not-signed-in') throw thrown
        // It restarted with another secret, or the session was at its end; only once, so that no loop comes of it.
        forget(used)
        return await once(call, await signedIn())
      }
    })

  /** A list of packs, all its pages. */
  const packsAt = <Entry extends { readonly pack: PackId }>(
    path: string,
    answer: z.ZodType<{ readonly packs: readonly Entry[]; readonly more: boolean }>,
  ): Promise<Entry[]> =>
    inPages<Entry, PackId>(
      (after) =>
        ask({ method: 'POST', path, body: z.encode(packsAfterSchema, { after }), answer }).then(({ packs, more }) => ({
          entries: packs,
          more,
        })),
      ({ pack }) => pack,
    )

  const visitOf = (visitor: Visitor | undefined) => visitor && signVisit(visitor, identity.deviceKey)

  const ticket: Coordinator['ticket'] = async (visitor) => {
    const body = z.encode(ticketRequestSchema, { visit: await visitOf(visitor) })
    return ask({ method: 'POST', path: '/v1/ticket', body, answer: ticketSchema })
  }

  return {
    info: () => patiently(askInfo),
    ticket,
    group: () => ask({ method: 'POST', path: '/v1/groups', answer: groupSchema }),
    groupById: (id) => ask({ method: 'GET', path: `/v1/groups/${id}`, answer: groupSchema }),
    replaceKeeper: (id, index, keeper, reason) =>
      ask({
        method: 'POST',
        path: `/v1/groups/${id}/replace`,
        body: z.encode(replaceSchema, { index, keeper, reason }),
        answer: groupSchema,
      }),
    async commitPack(record, group, receipts) {
      const body = z.encode(commitSchema, { record, group, receipts: [...receipts] })
      const { happiness } = await ask({ method: 'POST', path: '/v1/packs', body, answer: committedSchema })
      return { happiness }
    },
    async locatePacks(packs, reader) {
      const located: LocatedPack[] = []
      const most = reader === undefined ? LOCATE_PACKS : READ_PACKS
      for (let i = 0; i < packs.length; i += most) {
        const some = packs.slice(i, i + most)
        const locate = (visit?: Bytes) => {
          const body = z.encode(locateRequestSchema, { packs: some, visit })
          return ask({ method: 'POST', path: '/v1/packs/locate', body, answer: locatedSchema })
        }
        const visit = await visitOf(reader)
        const answer = await locate(visit).catch((thrown: unknown) => {
          // A coordinator from before there were visits: then it is read under the device's own name.
          if (visit !== undefined && codeOf(thrown) === 'malformed') return locate()
          throw thrown
        })
        located.push(...answer.packs)
      }
      return located
    },
    async publishHead(head, rounds) {
      const body = z.encode(publishHeadSchema, { head, rounds })
      await ask({ method: 'PUT', path: '/v1/heads', body, answer: nothing })
    },
    async missingHeads(seen) {
      const found: (typeof seen)[number][] = []
      for (let i = 0; i < seen.length; i += HEADS_ASKED) {
        const asked = seen.slice(i, i + HEADS_ASKED)
        const heads = asked.map(({ account, device, sequence }) => ({ account, device, sequence }))
        const body = z.encode(seenHeadsSchema, { heads })
        const answer = await ask({ method: 'POST', path: '/v1/heads/missing', body, answer: missingHeadsSchema })
        const missing = new Set(answer.missing)
        found.push(...asked.filter((_, place) => missing.has(place)))
      }
      return found
    },
    heads: async () => (await ask({ method: 'GET', path: '/v1/heads', answer: headsSchema })).heads,
    pastHeads: (device) =>
      inPages<PastHead, number>(
        (before) =>
          ask({
            method: 'POST',
            path: '/v1/heads/past',
            body: z.encode(pastHeadsRequestSchema, { device, before }),
            answer: pastHeadsSchema,
          }).then(({ heads, more }) => ({ entries: heads, more })),
        ({ sequence }) => sequence,
      ),
    health: () => ask({ method: 'GET', path: '/v1/packs/health', answer: healthSchema }),
    churn: () => patiently(() => once({ method: 'GET', path: '/v1/churn', answer: churnSchema })),
    ownPacks: () => packsAt<OwnPack>('/v1/packs/list', ownPacksSchema),
    async condemned() {
      let rounds: number | undefined
      const packs = await inPages<CondemnedPack, PackId>(
        async (after) => {
          const page = await ask({
            method: 'POST',
            path: '/v1/condemned',
            body: z.encode(packsAfterSchema, { after }),
            answer: condemnedSchema,
          })
          // That of the first page: who misses what comes in meanwhile does not know of all.
          rounds ??= page.rounds
          return { entries: page.packs, more: page.more }
        },
        ({ pack }) => pack,
      )
      return { rounds: rounds ?? 0, packs }
    },
    async condemn(statements, basis) {
      for (let i = 0; i < statements.length; i += CONDEMNED_AT_ONCE) {
        const body = z.encode(condemnSchema, { statements: statements.slice(i, i + CONDEMNED_AT_ONCE), basis })
        await ask({ method: 'POST', path: '/v1/condemned/add', body, answer: nothing })
      }
    },
    async reprieve(packs) {
      const stay: PackId[] = []
      for (let i = 0; i < packs.length; i += PACKS_NAMED) {
        const body = z.encode(packNamesSchema, { packs: packs.slice(i, i + PACKS_NAMED) })
        stay.push(...(await ask({ method: 'POST', path: '/v1/condemned/remove', body, answer: packNamesSchema })).packs)
      }
      return stay
    },
    async condemnedHere() {
      let now: Millis = 0
      const packs = await inPages<CondemnedShard, PackId>(
        async (after) => {
          const page = await ask({
            method: 'POST',
            path: '/v1/condemned/here',
            body: z.encode(packsAfterSchema, { after }),
            answer: condemnedHereSchema,
          })
          now = page.now
          return { entries: page.packs, more: page.more }
        },
        ({ pack }) => pack,
      )
      return { now, packs }
    },
    async dropped(packs) {
      for (let i = 0; i < packs.length; i += PACKS_NAMED) {
        const body = z.encode(packNamesSchema, { packs: packs.slice(i, i + PACKS_NAMED) })
        await ask({ method: 'POST', path: '/v1/condemned/dropped', body, answer: nothing })
      }
    },
    async publishDevice(record) {
      const body = z.encode(publishDeviceSchema, { record })
      await ask({ method: 'PUT', path: '/v1/devices', body, answer: nothing })
    },
    devices: async () => (await ask({ method: 'GET', path: '/v1/devices', answer: devicesSchema })).devices,
    revocations: () => ask({ method: 'GET', path: '/v1/revocations', answer: revocationsSchema }),
    async revoke(revocation, envelopes) {
      const body = z.encode(revokeSchema, { revocation, envelopes: [...envelopes] })
      await ask({ method: 'POST', path: '/v1/revocations', body, answer: nothing })
    },
    async givenUp() {
      const path = '/v1/given-up'
      // A coordinator from before there were any has no such address.
      const answer = await absentOn(['not-found'], () => ask({ method: 'GET', path, answer: givenUpSchema }))
      return answer?.statements ?? []
    },
    async giveUp(statement) {
      const body = z.encode(giveUpSchema, { statement })
      await ask({ method: 'POST', path: '/v1/given-up', body, answer: nothing })
    },
    async openMailbox(name, offer) {
      const body = z.encode(pairingMessageSchema, { message: offer })
      await ask({ method: 'POST', path: `/v1/pairings/${name}/offer`, body, answer: nothing })
    },
    async keep(keeping) {
      const body = z.encode(keepingSchema, keeping)
      await ask({ method: 'PUT', path: '/v1/keeping', body, answer: nothing })
    },
    async handOver(shards, not) {
      const body = z.encode(handoverRequestSchema, { shards: shards.map(nameOf), not: [...not] })
      return (await ask({ method: 'POST', path: '/v1/handovers', body, answer: handoversSchema })).handovers
    },
    async handedOver(receipts) {
      const body = z.encode(handedOverSchema, { receipts: [...receipts] })
      return (await ask({ method: 'POST', path: '/v1/handovers/done', body, answer: handedOverAnswerSchema })).done
    },
    async unneeded(shards) {
      const found: ShardPlace[] = []
      for (let i = 0; i < shards.length; i += UNNEEDED_ASKED) {
        const body = z.encode(unneededSchema, { shards: shards.slice(i, i + UNNEEDED_ASKED).map(nameOf) })
        const path = '/v1/handovers/unneeded'
        // A coordinator from before it said so has no such address.
        const answer = await absentOn(['not-found'], () => ask({ method: 'POST', path, body, answer: unneededSchema }))
        found.push(...(answer?.shards ?? []))
      }
      return found
    },
    async takeRepair(reader) {
      const body = z.encode(takeRepairSchema, { visit: await visitOf(reader) })
      return (await ask({ method: 'POST', path: '/v1/repairs', body, answer: repairJobSchema })).job
    },
    ownRepairs: () => packsAt<OwnRepair>('/v1/repairs/own', ownRepairsSchema),
    async takeOwnRepair(pack) {
      const body = z.encode(takeOwnRepairSchema, { pack })
      return (await ask({ method: 'POST', path: '/v1/repairs/own/take', body, answer: repairJobSchema })).job
    },
    async reportRepair(report) {
      const body = z.encode(repairReportSchema, report)
      return (await ask({ method: 'POST', path: '/v1/repairs/done', body, answer: repairedSchema })).made
    },
    reportInventory(page) {
      const body = z.encode(inventoryRequestSchema, { page })
      return ask({ method: 'PUT', path: '/v1/inventory', body, answer: inventoryAnswerSchema })
    },
    async putRecord(value) {
      const body = z.encode(recordSchema, { value })
      await ask({ method: 'PUT', path: '/v1/records', body, answer: recordNameSchema })
    },
    async record(name) {
      const body = z.encode(recordNameSchema, { name })
      return (await ask({ method: 'POST', path: '/v1/records', body, answer: recordSchema })).value
    },
    standing: () => ask({ method: 'GET', path: '/v1/standing', answer: standingSchema }),
    answerAudit: (answer) => ask({ method: 'POST', path: '/v1/audits', body: answer, answer: standingSchema }),
    goOnline: (onEvent) =>
      holdLiveSocket({
        WebSocket: options.WebSocket,
        random,
        signal,
        address: async () => {
          const { ticket: admission } = await ticket()
          return `${base.replace(/^http/, 'ws')}/v1/live?ticket=${encodeURIComponent(admission)}`
        },
        onEvent,
      }),
  }
}

/** All entries of a list that is told in pages. @param place of an entry, after which the next page begins */
async function inPages<Entry, Place>(
  page: (after: Place | undefined) => Promise<{ entries: readonly Entry[]; more: boolean }>,
  place: (entry: Entry) => Place,
): Promise<Entry[]> {
  const all: Entry[] = []
  for (;;) {
    const last = all.at(-1)
    const { entries, more } = await page(last && place(last))
    all.push(...entries)
    if (!more || entries.length === 0) return all
  }
}

const nothing = z.strictObject({})
const OCTETS = 'application/octet-stream'
const isOctets = (body: unknown): body is Bytes => body instanceof Uint8Array
/** Without what else a shard carries: unknown fields are refused. */
const nameOf = ({ pack, index }: ShardPlace): ShardPlace => ({ pack, index })

/** @throws KeeptabError `malformed` */
function parseAnswer<Answer extends z.ZodType>(schema: Answer, text: string): z.output<Answer> {
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success)
    throw new KeeptabError('malformed', 'The coordinator gave an answer that is not understood.', {
      from: 'coordinator',
    })
  return parsed.data
}

/** The refusal in an answer; what does not look like one is `malformed`. */
function problemOf(text: string): KeeptabError {
  const parsed = problemSchema.safeParse(parseJson(text))
  if (!parsed.success)
    return new KeeptabError('malformed', 'Something other than a coordinator answers there.', { from: 'stranger' })
  const { code, detail, data } = parsed.data
  const known: ErrorCode = Object.hasOwn(errorText, code) ? (code as ErrorCode) : 'internal'
  return new KeeptabError(known, detail === '' ? undefined : detail, data)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const anyOf = (one: AbortSignal, other: AbortSignal | undefined): AbortSignal =>
  other === undefined ? one : AbortSignal.any([one, other])
