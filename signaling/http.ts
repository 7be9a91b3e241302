/** The coordinator over HTTP: every route with its schemas, translated to a call and back. It holds no rule. */
import type { HttpBindings } from '@hono/node-server'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { own, type Bytes } from '../src/core/bytes.ts'
import type { Clock } from '../src/core/clock.ts'
import { KeeptabError, messageOf } from '../src/core/errors.ts'
import { parseGroupId, type DeviceId, type GroupId } from '../src/core/ids.ts'
import { addressBlock } from '../src/durability/address-block.ts'
import { openVisit } from '../src/identity/visitor.ts'
import {
  beaconsSchema,
  challengeSchema,
  churnSchema,
  commitSchema,
  committedSchema,
  condemnedHereSchema,
  condemnedSchema,
  condemnSchema,
  devicesSchema,
  givenUpSchema,
  giveUpSchema,
  groupSchema,
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
  locateRequestSchema,
  MAX_BODY_BYTES,
  missingHeadsSchema,
  operatorSchema,
  ownPacksSchema,
  ownRepairsSchema,
  packNamesSchema,
  packsAfterSchema,
  pairingMessageSchema,
  pairingSchema,
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
  unneededSchema,
} from '../src/protocol/coordinator-messages.ts'
import type { Accounts } from './accounts.ts'
import type { Audits } from './audits.ts'
import type { Beacon } from './beacon.ts'
import type { Churn } from './churn.ts'
import type { Database } from './db/stores.ts'
import type { Handovers } from './handovers.ts'
import type { Heads } from './heads.ts'
import type { HealthDesk } from './health.ts'
import type { IceServers } from './ice.ts'
import type { Inventories } from './inventory.ts'
import type { Limits } from './limits.ts'
import type { OperatorDesk } from './operator.ts'
import type { Packs } from './packs.ts'
import type { Membership } from './membership.ts'
import { securityHeaders } from './page.ts'
import type { Pairings } from './pairings.ts'
import type { Placement } from './placement.ts'
import { refusalOf } from './problem.ts'
import type { RetentionDesk } from './retention.ts'
import type { Reads } from './reads.ts'
import type { Repairs } from './repairs.ts'
import type { Caller, Tokens } from './tokens.ts'

export interface HttpParts {
  readonly name: string
  readonly oneMachine: boolean
  readonly publicKey: Bytes
  readonly database: Database
  readonly accounts: Accounts
  readonly membership: Membership
  readonly pairings: Pairings
  readonly tokens: Tokens
  readonly placement: Placement
  readonly packs: Packs
  readonly heads: Heads
  readonly handovers: Handovers
  readonly inventories: Inventories
  readonly retention: RetentionDesk
  readonly audits: Audits
  readonly beacon: Beacon
  readonly reads: Reads
  readonly repairs: Repairs
  readonly churn: Churn
  readonly health: HealthDesk
  readonly operator: OperatorDesk
  readonly iceServers: IceServers
  readonly limits: Limits
  readonly clock: Clock
  readonly log: Logger
  /** The address a request came from, as far as the operator trusts it. */
  readonly addressOf: (request: HttpBindings['incoming']) => string
  /** The built page, if there is one. */
  readonly page: MiddlewareHandler<Env> | undefined
  readonly tls: boolean
}

export interface Env {
  Bindings: HttpBindings
  Variables: { caller: Caller }
}

const nothing = z.strictObject({})
const octets = z.string().meta({ format: 'binary' })

/** @throws KeeptabError `not-found` */
function parseMailbox(text = ''): string {
  if (!/^[0-9a-f]{32}$/.test(text)) throw new KeeptabError('not-found', 'There is no such mailbox.')
  return text
}

export function createHttp(parts: HttpParts): OpenAPIHono<Env> {
  const {
    accounts,
    membership,
    pairings,
    tokens,
    placement,
    packs,
    handovers,
    heads,
    inventories,
    retention,
    audits,
    beacon,
    reads,
    repairs,
    churn,
    health,
    operator,
    iceServers,
    limits,
  } = parts
  const { clock, log, addressOf } = parts
  const app = new OpenAPIHono<Env>({
    strict: false,
    defaultHook: (result) => {
      if (result.success) return
      const [issue] = result.error.issues
      throw new KeeptabError('malformed', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
    },
  })

  app.onError((thrown, context) => refuse(context, thrown, log))
  app.use(logged(log, clock))
  app.use(securityHeaders(parts))
  app.get('/healthz', async (context) => {
    await parts.database.check()
    return context.json({ ok: true })
  })
  app.use('/v1/*', async (context, next) => {
    await limits.count('request-of-address', addressOf(context.env.incoming))
    await next()
    // What the coordinator knows changes, and much of it is one account's alone.
    context.header('Cache-Control', 'no-store')
  })
  app.use(
    '/v1/*',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new KeeptabError('limit-exceeded', `A request has at most ${MAX_BODY_BYTES} bytes.`)
      },
    }),
  )
  const endpoint = endpointsOf(app)

  // ---- open to all

  endpoint('get', '/v1/info', 'What this coordinator is', {}, infoSchema, () => {
    const { name, publicKey, oneMachine } = parts
    return { name, publicKey, oneMachine, now: clock.now() }
  })
  endpoint('get', '/v1/beacons', 'By what audits are chosen', {}, beaconsSchema, () => beacon.published())
  endpoint('get', '/v1/churn', 'How long keepers stay', {}, churnSchema, () => churn.told())
  endpoint('post', '/v1/challenge', 'Something fresh to sign', {}, challengeSchema, async (_body, context) => {
    await limits.count('sign-in-of-address', addressOf(context.env.incoming))
    return { challenge: tokens.challenge() }
  })
  endpoint(
    'post',
    '/v1/session',
    'Joins and signs in',
    { body: sessionRequestSchema },
    sessionSchema,
    async (request, context) => {
      const address = addressOf(context.env.incoming)
      await limits.count('sign-in-of-address', address)
      return accounts.signIn(request, addressBlock(address))
    },
  )

  const mailbox = (context: Context<Env>): Promise<string> =>
    limits
      .count('pairing-of-address', addressOf(context.env.incoming))
      .then(() => parseMailbox(context.req.param('id')))
  endpoint(
    'get',
    '/v1/pairings/{id}',
    'A mailbox of two devices',
    { id: true },
    pairingSchema,
    async (_body, context) => pairings.read(await mailbox(context)),
  )
  for (const slot of ['join', 'reveal', 'grant'] as const) {
    endpoint(
      'post',
      `/v1/pairings/{id}/${slot}`,
      'Leaves a message in it',
      { id: true, body: pairingMessageSchema },
      nothing,
      async (body, context) => {
        pairings.leave(await mailbox(context), slot, body.message)
        return {}
      },
    )
  }

  // ---- for the operator

  endpoint('get', '/v1/operator', 'The whole in counts', {}, operatorSchema, async (_body, context) => {
    await limits.count('pairing-of-address', addressOf(context.env.incoming))
    return operator.figures(bearer(context))
  })

  // ---- for devices that have signed in

  const signedIn: MiddlewareHandler<Env> = async (context, next) => {
    const token = bearer(context)
    if (token === undefined) throw new KeeptabError('not-signed-in')
    const caller = tokens.openSession(token)
    membership.check(caller)
    await limits.count('request-of-device', caller.device)
    context.set('caller', caller)
    await next()
  }
  const closed = [
    'ticket',
    'keeping',
    'groups/*',
    'packs/*',
    'handovers/*',
    'repairs/*',
    'heads',
    'heads/*',
    'condemned',
    'condemned/*',
    'devices',
    'revocations',
    'given-up',
    'inventory',
    'records',
    'standing',
    'audits',
  ]
  for (const path of [...closed, 'pairings/:id/offer']) {
    app.use(`/v1/${path}`, signedIn)
  }
  const caller = (context: Context<Env>): Caller => context.get('caller')
  const groupId = (context: Context<Env>): GroupId => parseGroupId(context.req.param('id') ?? '')

  endpoint(
    'post',
    '/v1/ticket',
    'Admits to rendezvous and live socket',
    { body: ticketRequestSchema, optional: true },
    ticketSchema,
    async ({ visit }, context) => {
      const { device, account } = caller(context)
      const visitor = visit && (await visitorOf(visit, device))
      const ticket =
        visitor === undefined ? tokens.ticket({ device, account }) : tokens.visit(visitor, { device, account })
      return { ticket, iceServers: iceServers(visitor ?? device) }
    },
  )
  endpoint('put', '/v1/keeping', 'What it offers to keep', { body: keepingSchema }, nothing, async (body, context) => {
    await accounts.setKeeping(caller(context), body)
    return {}
  })
  endpoint('post', '/v1/groups', 'The open placement group', {}, groupSchema, (_body, context) =>
    placement.open(caller(context)),
  )
  endpoint('get', '/v1/groups/{id}', 'A placement group', { id: true }, groupSchema, (_body, context) =>
    placement.get(caller(context), groupId(context)),
  )
  endpoint(
    'post',
    '/v1/groups/{id}/replace',
    'Another keeper for an index',
    { id: true, body: replaceSchema },
    groupSchema,
    (body, context) => placement.replace(caller(context), groupId(context), body),
  )
  endpoint('post', '/v1/packs', 'Commits a pack', { body: commitSchema }, committedSchema, (body, context) =>
    packs.commit(caller(context), body),
  )
  endpoint(
    'post',
    '/v1/packs/locate',
    'Where packs lie',
    { body: locateRequestSchema },
    locatedSchema,
    async ({ packs: asked, visit }, context) => {
      const { device } = caller(context)
      const reader = visit && (await visitorOf(visit, device))
      if (reader !== undefined) {
        await limits.count('tickets-of-device', device, asked.length)
        await limits.count('tickets-of-address', addressOf(context.env.incoming), asked.length)
      }
      return { packs: await packs.locate(caller(context), asked, reader) }
    },
  )
  endpoint(
    'post',
    '/v1/handovers',
    'Who takes over shards of this keeper',
    { body: handoverRequestSchema },
    handoversSchema,
    async (body, context) => ({ handovers: await handovers.plan(caller(context), body) }),
  )
  endpoint(
    'post',
    '/v1/handovers/done',
    'Receipts of those who took over',
    { body: handedOverSchema },
    handedOverAnswerSchema,
    async (body, context) => ({ done: await handovers.complete(caller(context), body.receipts) }),
  )
  endpoint(
    'post',
    '/v1/handovers/unneeded',
    'Shards that nobody needs from this keeper',
    { body: unneededSchema },
    unneededSchema,
    async ({ shards }, context) => ({ shards: await handovers.unneeded(caller(context), shards) }),
  )
  endpoint(
    'post',
    '/v1/repairs',
    'A pack to repair, or a shard to read',
    { body: takeRepairSchema, optional: true },
    repairJobSchema,
    async ({ visit }, context) => {
      const { device } = caller(context)
      const reader = visit === undefined ? device : await visitorOf(visit, device)
      const job = (await reads.take(caller(context), reader)) ?? (await repairs.take(caller(context), reader))
      return job === undefined ? {} : { job }
    },
  )
  endpoint(
    'post',
    '/v1/repairs/own',
    'Packs of the account that its devices may repair',
    { body: packsAfterSchema },
    ownRepairsSchema,
    (body, context) => repairs.own(caller(context), body.after),
  )
  endpoint(
    'post',
    '/v1/repairs/own/take',
    'One of them',
    { body: takeOwnRepairSchema },
    repairJobSchema,
    async (body, context) => {
      const job = await repairs.takeOwn(caller(context), body.pack)
      return job === undefined ? {} : { job }
    },
  )
  endpoint(
    'post',
    '/v1/repairs/done',
    'What came of it',
    { body: repairReportSchema },
    repairedSchema,
    async (body, context) => {
      const wasRead = await reads.report(caller(context), body)
      return { made: wasRead ? [] : await repairs.report(caller(context), body) }
    },
  )
  endpoint('put', '/v1/heads', 'Publishes a head', { body: publishHeadSchema }, nothing, async (body, context) => {
    await heads.publish(caller(context), body)
    return {}
  })
  endpoint('get', '/v1/heads', 'The newest head of every device', {}, headsSchema, async (_body, context) => ({
    heads: await heads.newest(caller(context)),
  }))
  endpoint(
    'post',
    '/v1/heads/missing',
    'Heads that are wanted from who has seen them',
    { body: seenHeadsSchema },
    missingHeadsSchema,
    async (body, context) => ({ missing: await heads.missing(caller(context), body.heads) }),
  )
  endpoint(
    'post',
    '/v1/heads/past',
    'Heads of the last 30 days',
    { body: pastHeadsRequestSchema },
    pastHeadsSchema,
    (body, context) => retention.pastHeads(caller(context), body.device, body.before),
  )
  endpoint(
    'post',
    '/v1/packs/list',
    'Packs of the account',
    { body: packsAfterSchema },
    ownPacksSchema,
    (body, context) => retention.packs(caller(context), body.after),
  )
  endpoint('get', '/v1/packs/health', 'How the packs of the account are', {}, healthSchema, (_body, context) =>
    health.of(caller(context)),
  )
  endpoint(
    'post',
    '/v1/condemned',
    'Those that are to go',
    { body: packsAfterSchema },
    condemnedSchema,
    (body, context) => retention.condemned(caller(context), body.after),
  )
  endpoint('post', '/v1/condemned/add', 'Condemns packs', { body: condemnSchema }, nothing, async (body, context) => {
    await retention.condemn(caller(context), body)
    return {}
  })
  endpoint(
    'post',
    '/v1/condemned/remove',
    'Takes that back',
    { body: packNamesSchema },
    packNamesSchema,
    async (body, context) => ({ packs: await retention.reprieve(caller(context), body.packs) }),
  )
  endpoint(
    'post',
    '/v1/condemned/here',
    'What a keeper is to drop, now or soon',
    { body: packsAfterSchema },
    condemnedHereSchema,
    (body, context) => retention.here(caller(context), body.after),
  )
  endpoint(
    'post',
    '/v1/condemned/dropped',
    'What a keeper has dropped',
    { body: packNamesSchema },
    nothing,
    async (body, context) => {
      await retention.dropped(caller(context), body.packs)
      return {}
    },
  )
  endpoint(
    'put',
    '/v1/devices',
    'What a device says',
    { body: publishDeviceSchema },
    nothing,
    async (body, context) => {
      await membership.publish(caller(context), body.record)
      return {}
    },
  )
  endpoint('get', '/v1/devices', 'The devices of the account', {}, devicesSchema, async (_body, context) => ({
    devices: await membership.devices(caller(context)),
  }))
  endpoint('get', '/v1/revocations', 'Removals of devices', {}, revocationsSchema, (_body, context) =>
    membership.revocations(caller(context)),
  )
  endpoint('post', '/v1/revocations', 'Removes devices', { body: revokeSchema }, nothing, async (body, context) => {
    await membership.revoke(caller(context), body)
    return {}
  })
  endpoint('get', '/v1/given-up', 'What was given up', {}, givenUpSchema, async (_body, context) => ({
    statements: await membership.givenUp(caller(context)),
  }))
  endpoint('post', '/v1/given-up', 'Gives it up', { body: giveUpSchema }, nothing, async (body, context) => {
    await membership.giveUp(caller(context), body.statement)
    return {}
  })
  endpoint(
    'post',
    '/v1/pairings/{id}/offer',
    'Makes a mailbox for two devices',
    { id: true, body: pairingMessageSchema },
    nothing,
    async (body, context) => {
      const block = parts.oneMachine ? undefined : addressBlock(addressOf(context.env.incoming))
      pairings.open(caller(context), block, await mailbox(context), body.message)
      return {}
    },
  )
  endpoint(
    'put',
    '/v1/inventory',
    'One page of what it holds',
    { body: inventoryRequestSchema },
    inventoryAnswerSchema,
    async (body, context) => ({ unknown: await inventories.report(caller(context), body.page) }),
  )
  endpoint('put', '/v1/records', 'A signed pack record', { body: recordSchema }, recordNameSchema, async (body) => ({
    name: await inventories.putRecord(body.value),
  }))
  endpoint(
    'post',
    '/v1/records',
    'The record of a pack that the caller keeps a shard of',
    { body: recordNameSchema },
    recordSchema,
    async (body, context) => ({ value: await inventories.record(caller(context), body.name) }),
  )

  endpoint('get', '/v1/standing', 'What is thought of this keeper', {}, standingSchema, (_body, context) =>
    audits.standing(caller(context)),
  )
  endpoint(
    'post',
    '/v1/audits',
    'A signed answer to an audit',
    { octets: true },
    standingSchema,
    async (_body, context) => audits.answer(caller(context), own(new Uint8Array(await context.req.arrayBuffer()))),
  )

  app.doc31('/v1/openapi.json', { openapi: '3.1.0', info: { title: 'Keeptab coordinator', version: '1' } })
  app.all('/v1/*', (context) => refuseRoute(context, app))
  if (parts.page !== undefined) app.get('*', parts.page)
  app.notFound((context) => refuse(context, new KeeptabError('not-found', 'There is no such address.'), log))
  return app
}

const bearer = (context: Context<Env>): string | undefined =>
  /^Bearer ([\w-]{1,500})$/.exec(context.req.header('Authorization') ?? '')?.[1]

/** 405 with `Allow` where another method would do, else 404. */
function refuseRoute(context: Context<Env>, app: OpenAPIHono<Env>): Response {
  const segments = context.req.path.split('/')
  const allowed = app.routes
    .filter(({ path, method }) => method !== 'ALL' && matches(path.split('/'), segments))
    .map(({ method }) => method)
  if (allowed.length === 0) throw new KeeptabError('not-found', 'There is no such address.')
  const problem = { code: 'not-found', detail: 'This address does not take that method.' }
  return context.json(problem, 405, { Allow: [...new Set(allowed)].join(', ') })
}

const matches = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length && pattern.every((part, i) => part.startsWith(':') || part === segments[i])

function refuse(context: Context<Env>, thrown: unknown, log: Logger): Response {
  const refusal = refusalOf(unparsed(thrown))
  if (refusal.status >= 500) log.error({ error: messageOf(thrown), stack: stackOf(thrown) }, 'a request failed')
  return context.json(refusal.problem, refusal.status)
}

/** hono refuses what is no JSON, or does not call itself JSON, with an exception of its own. */
const unparsed = (thrown: unknown): unknown =>
  thrown instanceof HTTPException && thrown.status < 500
    ? new KeeptabError('malformed', 'The body is not JSON.')
    : thrown

const stackOf = (thrown: unknown): string | undefined => (thrown instanceof Error ? thrown.stack : undefined)

/** One line for each request: no query, no body, no header, no address; an id in a path is as short as in a conversation. */
const logged =
  (log: Logger, clock: Clock): MiddlewareHandler<Env> =>
  async (context, next) => {
    const from = clock.now()
    await next()
    const path = context.req.path.replace(/[0-9a-f]{32,}/g, (id) => id.slice(0, 8))
    log.info({ method: context.req.method, path, status: context.res.status, ms: clock.now() - from }, 'request')
  }

type Body<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** Who a device wants to be introduced as. @throws KeeptabError `malformed`, `signature-invalid`, `forbidden` when that was said to another */
async function visitorOf(visit: Bytes, caller: DeviceId): Promise<DeviceId> {
  const { visitor, device } = await openVisit(visit)
  if (device !== caller) throw new KeeptabError('forbidden', 'It is the visit of another device.')
  return visitor
}

/** Registers routes: the body is parsed before and the answer encoded after, each by the schema in the OpenAPI document. */
function endpointsOf(app: OpenAPIHono<Env>) {
  return <Answer extends z.ZodType, Schema extends z.ZodType | undefined = undefined>(
    method: 'get' | 'post' | 'put',
    path: string,
    summary: string,
    /** `optional`: the body may be left out, and is then an empty object. */
    request: { readonly body?: Schema; readonly optional?: true; readonly id?: true; readonly octets?: true },
    answer: Answer,
    run: (body: Body<Schema>, context: Context<Env>) => z.output<Answer> | Promise<z.output<Answer>>,
  ): void => {
    const { body } = request
    const route = createRoute({
      method,
      path,
      summary,
      request: {
        // The only body that is not JSON: base64 would add a third to all that audits cost.
        ...(request.octets && {
          body: { required: true, content: { 'application/octet-stream': { schema: octets } } },
        }),
        ...(body && {
          body: { required: request.optional !== true, content: { 'application/json': { schema: body } } },
        }),
        ...(request.id && { params: z.object({ id: z.string() }) }),
      },
      responses: {
        200: { description: 'Done.', content: { 'application/json': { schema: answer } } },
        default: { description: 'Refused.', content: { 'application/json': { schema: problemSchema } } },
      },
    })
    const handler = async (context: Context<Env>): Promise<Response> => {
      // The validator that `openapi` put before this handler has parsed the body by this very schema.
      const parsed = (body && context.req.valid('json' as never)) as Body<Schema>
      return context.json(z.encode(answer, await run(parsed, context)) as object)
    }
    // `openapi` follows the types of one route at a time; here they are parameters, and `run` has been held to them.
    app.openapi(route, handler as never)
  }
}
