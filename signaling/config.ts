/** The settings of a coordinator: arguments for what differs from start to start, environment for what an operator sets once. */
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { KeeptabError, messageOf } from '../src/core/errors.ts'

export interface Config {
  /** Address to listen on. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly dataDir: string
  /** All keepers may share one address; only accounts count as different places. */
  readonly oneMachine: boolean
  /** Folder with the built page; nothing is served when it is missing. */
  readonly pageDir: string
  /** Shown to peers. */
  readonly name: string
  /** PostgreSQL instead of SQLite. */
  readonly databaseUrl: string | undefined
  readonly stunUrls: readonly string[]
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | undefined
  /** Paths of PEM files. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined
  /** Paths of tables that say which network a prefix belongs to (`durability/networks`). */
  readonly networkTables: readonly string[]
  /** Take the address of a peer from the last entry of X-Forwarded-For. */
  readonly trustProxy: boolean
  /** Shows the operator the figures of the whole; without it nobody sees them. */
  readonly operatorToken: string | undefined
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

export const usage = `npm run coordinator -- --port P --data DIR [--host H] [--one-machine] [--page DIR]

  --port P       port to listen on; 0 takes any free one (8787)
  --data DIR     folder for the database (coordinator-data)
  --host H       address to listen on; 0.0.0.0 for all (127.0.0.1)
  --one-machine  keepers may share one address: for trying out, protects from nothing that happens to this machine
  --page DIR     the built page (dist)

Environment: see docs/operators-guide.md`

/** A variable that is set to nothing counts as not set, as in a compose file. */
const unset = (value: unknown): unknown => (value === '' ? undefined : value)
const text = z.preprocess(unset, z.string().optional())
const listed = (list: string): string[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
const urls = (schemes: string) =>
  z.preprocess(
    unset,
    z
      .string()
      .default('')
      .transform(listed)
      .refine(
        (list) => list.every((url) => new RegExp(`^${schemes}:[^\\s]+$`).test(url)),
        `must be addresses with ${schemes}, separated by commas`,
      ),
  )

const environment = z
  .object({
    COORDINATOR_NAME: z.preprocess(unset, z.string().max(100).default('Keeptab coordinator')),
    DATABASE_URL: z.preprocess(
      unset,
      z
        .string()
        .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
        .optional(),
    ),
    STUN_URLS: urls('stuns?'),
    TURN_URLS: urls('turns?'),
    TURN_SECRET: text,
    TLS_CERT: text,
    TLS_KEY: text,
    NETWORK_TABLES: z.preprocess(unset, z.string().default('').transform(listed)),
    TRUST_PROXY: z.preprocess(unset, z.enum(['0', '1'], 'must be 0 or 1').default('0')),
    OPERATOR_TOKEN: z.preprocess(
      unset,
      z
        .string()
        .regex(/^[\w-]{20,200}$/, 'must have 20 to 200 letters, digits, - or _')
        .optional(),
    ),
    LOG_LEVEL: z.preprocess(unset, z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')),
  })
  .superRefine((env, context) => {
    for (const [one, other] of [
      ['TURN_URLS', 'TURN_SECRET'],
      ['TLS_CERT', 'TLS_KEY'],
    ] as const) {
      const [hasOne, hasOther] = [one, other].map((name) => env[name] !== undefined && env[name].length > 0)
      if (hasOne !== hasOther) {
        context.addIssue({
          code: 'custom',
          path: [hasOne ? other : one],
          message: `is needed with ${hasOne ? one : other}`,
        })
      }
    }
  })

/** @throws KeeptabError `usage`, or `config-invalid` naming the setting and never showing its value */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const options = readArguments(args)
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new KeeptabError('config-invalid', `${String(issue?.path[0])} ${issue?.message ?? ''}`)
  }
  const { TURN_URLS, TURN_SECRET, TLS_CERT, TLS_KEY, ...rest } = parsed.data
  return {
    host: options.host,
    port: readPort(options.port),
    dataDir: options.data,
    oneMachine: options['one-machine'],
    pageDir: options.page,
    name: rest.COORDINATOR_NAME,
    databaseUrl: rest.DATABASE_URL,
    stunUrls: rest.STUN_URLS,
    turn: TURN_SECRET === undefined ? undefined : { urls: TURN_URLS, secret: TURN_SECRET },
    tls: TLS_CERT === undefined || TLS_KEY === undefined ? undefined : { certificate: TLS_CERT, key: TLS_KEY },
    networkTables: rest.NETWORK_TABLES,
    trustProxy: rest.TRUST_PROXY === '1',
    operatorToken: rest.OPERATOR_TOKEN,
    logLevel: rest.LOG_LEVEL,
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'port': { type: 'string', default: '8787' },
        'data': { type: 'string', default: 'coordinator-data' },
        'host': { type: 'string', default: '127.0.0.1' },
        'one-machine': { type: 'boolean', default: false },
        'page': { type: 'string', default: 'dist' },
      },
    }).values
  } catch (thrown) {
    throw new KeeptabError('usage', messageOf(thrown), {}, thrown)
  }
}

function readPort(port: string): number {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new KeeptabError('config-invalid', '--port must be a number from 0 to 65535')
  }
  return Number(port)
}
