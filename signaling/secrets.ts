/** What makes this coordinator this one: its signing key and the secret behind its tokens, made at the first start. */
import type { Bytes } from '../src/core/bytes.ts'
import type { Random } from '../src/core/clock.ts'
import { signingKey, type SigningKey } from '../src/core/crypto.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { Database, MetaStore } from './db/stores.ts'

export interface Secrets {
  /** Signs placement tickets. */
  readonly key: SigningKey
  /** 32 bytes under which challenges, sessions and tickets are authenticated. */
  readonly tokenSecret: Bytes
}

/** Reads them, or makes them where there are none. They live in the database, so a backup of it is the whole coordinator. */
export async function readSecrets(database: Database, random: Random): Promise<Secrets> {
  const { seed, tokenSecret } = await database.transaction(async ({ meta }) => ({
    seed: await stored(meta, 'signing-seed', random),
    tokenSecret: await stored(meta, 'token-secret', random),
  }))
  return { key: await signingKey(seed), tokenSecret }
}

async function stored(meta: MetaStore, name: string, random: Random): Promise<Bytes> {
  await meta.putOnce(name, random.bytes(32))
  const value = await meta.get(name)
  if (value?.length !== 32) throw new KeeptabError('internal', `The database has a damaged ${name}.`)
  return value
}
