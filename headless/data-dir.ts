/**
 * Where a headless peer keeps everything: `--data DIR`, readable by its owner alone.
 *
 *   identity.cbor   who it is: canonical CBOR, mode 600 (protocol.md, decision 1: Node has nowhere better for a seed)
 *   coordinator     address of the coordinator it belongs to
 *   keeper/         shards it keeps for others (`fs-shard-store`)
 *   owner/          what it remembers of its own backups (`fs-owner-state`)
 *   lock            the process that uses it (`directory-lock`)
 */
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { own, utf8, type Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { fixedBytes, someBytes } from '../src/core/signed.ts'
import { KiB, MiB, type ByteCount } from '../src/core/units.ts'
import { decode, encode } from '../src/core/wire.ts'
import { identityOf, secretsOf, type DeviceIdentity } from '../src/identity/keys.ts'
import { REVOCATION_BYTES } from '../src/identity/revocation.ts'
import { lockDirectory } from './directory-lock.ts'
import { makeDirectory, readIfThere, tidyNamesIn, writeDurably } from './durable-files.ts'

// {v, deviceSeed: 32 B, secrets: [32 B] of epochs from 0, certificate, revocations: [bytes]}. Nothing of the recovery
// branch. Version 1 knew one epoch: {v, deviceSeed: 32 B, dailySecret: 32 B, epoch: 0, certificate}.
const identitySchema = z.discriminatedUnion('v', [
  z.strictObject({
    v: z.literal(1),
    deviceSeed: fixedBytes(32),
    dailySecret: fixedBytes(32),
    epoch: z.literal(0),
    certificate: someBytes(KiB),
  }),
  z.strictObject({
    v: z.literal(2),
    deviceSeed: fixedBytes(32),
    secrets: z.array(fixedBytes(32)).min(1),
    certificate: someBytes(KiB),
    revocations: z.array(someBytes(REVOCATION_BYTES)),
  }),
])

/** Hundreds of devices removed from one account make some hundred KiB. */
const LARGEST_IDENTITY_BYTES: ByteCount = MiB

/** What makes a headless device itself; secret but for the certificate. */
export interface DeviceSecrets {
  /** Ed25519 seed of the device key, 32 bytes. */
  readonly deviceSeed: Bytes
  /** `dailySecret` of each epoch up to that of the certificate, 32 bytes each. */
  readonly secrets: readonly Bytes[]
  readonly certificate: Bytes
  readonly revocations: readonly Bytes[]
}

export interface DataDir {
  readonly keeperDirectory: string
  readonly ownerDirectory: string
  /** @throws KeeptabError `malformed`, `certificate-invalid` or `store-failed` */
  loadIdentity(): Promise<DeviceIdentity | undefined>
  /** @throws KeeptabError `already-initialised` when there is one, `store-failed` */
  saveIdentity(secrets: DeviceSecrets): Promise<void>
  /** Replaces it by the same device in a later key epoch. @throws KeeptabError `not-initialised`, `store-failed` */
  advanceIdentity(identity: DeviceIdentity): Promise<void>
  /** The address that was saved last. @throws KeeptabError `store-failed` */
  loadCoordinator(): Promise<string | undefined>
  /** @throws KeeptabError `store-failed` */
  saveCoordinator(address: string): Promise<void>
  /** Lets other processes use it. */
  close(): Promise<void>
}

/**
 * Takes a data folder for this process; made with mode 700 if it is not there.
 * @throws KeeptabError `in-use` when another living process uses it, `store-failed`
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const directory = resolve(path)
  await makeDirectory(directory)
  const close = await lockDirectory(directory)
  await tidyNamesIn(directory)
  const identityPath = join(directory, 'identity.cbor')
  return {
    keeperDirectory: join(directory, 'keeper'),
    ownerDirectory: join(directory, 'owner'),
    async loadIdentity() {
      const bytes = await readIfThere(identityPath)
      return bytes && storedIdentity(bytes)
    },
    async saveIdentity(secrets) {
      if ((await readIfThere(identityPath)) !== undefined) throw new KeeptabError('already-initialised')
      await writeDurably(identityPath, encoded(secrets))
    },
    async advanceIdentity(identity) {
      const bytes = await readIfThere(identityPath)
      if (bytes === undefined) throw new KeeptabError('not-initialised')
      const { deviceSeed } = decode(identitySchema, bytes)
      const { certificate, revocations } = identity
      await writeDurably(
        identityPath,
        encoded({ deviceSeed, secrets: await secretsOf(identity), certificate, revocations }),
      )
    },
    loadCoordinator: () => savedCoordinator(directory),
    saveCoordinator: (address) => writeDurably(coordinatorPath(directory), utf8(`${address}\n`)),
    close,
  }
}

/** What is in a data folder, and what a file manager leaves in any. */
const DATA_NAMES =
  /^(identity\.cbor|unconfirmed-root|coordinator|keeper|owner|lock(-\d+(-stale)?)?|\.unfinished-\d+|\.DS_Store)$/

/**
 * Whether this folder is a data folder of any device, wherever it lies and whoever uses it. One with anything else in it is
 * none: whoever brought an identity into a folder of documents would else keep all of it from being backed up.
 * @param path byte for byte
 */
export async function isDataDir(path: Buffer): Promise<boolean> {
  const identity = Buffer.concat([path, Buffer.from('/identity.cbor')])
  try {
    const stats = await lstat(identity)
    if (!stats.isFile() || stats.size > LARGEST_IDENTITY_BYTES) return false
    decode(identitySchema, own(await readFile(identity)))
    return (await readdir(path)).every((name) => DATA_NAMES.test(name))
  } catch {
    return false
  }
}

/** One that is not there, or cannot be used now: it takes nothing, and knows at most the address. */
export function noDataDir(path: string): DataDir {
  const refuse = () => Promise.reject(new KeeptabError('store-failed', `The folder ${path} is not in use.`))
  const nothing = () => Promise.resolve(undefined)
  return {
    keeperDirectory: join(path, 'keeper'),
    ownerDirectory: join(path, 'owner'),
    loadIdentity: nothing,
    saveIdentity: refuse,
    advanceIdentity: refuse,
    loadCoordinator: () => savedCoordinator(path).catch(nothing),
    saveCoordinator: refuse,
    close: nothing,
  }
}

const coordinatorPath = (directory: string): string => join(directory, 'coordinator')

async function savedCoordinator(directory: string): Promise<string | undefined> {
  const bytes = await readIfThere(coordinatorPath(directory))
  return bytes && new TextDecoder().decode(bytes).trim()
}

async function storedIdentity(bytes: Bytes): Promise<DeviceIdentity> {
  const stored = decode(identitySchema, bytes)
  if (stored.v === 2) return identityOf(stored)
  const { deviceSeed, dailySecret, certificate } = stored
  return identityOf({ deviceSeed, secrets: [dailySecret], certificate, revocations: [] })
}

const encoded = ({ deviceSeed, secrets, certificate, revocations }: DeviceSecrets): Bytes =>
  encode({ v: 2, deviceSeed, secrets: [...secrets], certificate, revocations: [...revocations] })
