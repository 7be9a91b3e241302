/** What every identity store does. Runs over memory, and IndexedDB in Node and in Chromium. */
import { signatureTag } from '../../src/core/derive.ts'
import { hmac, sign, verify } from '../../src/core/crypto.ts'
import { accountKey, dailySecrets, newDevice, secretsOf, type DeviceIdentity } from '../../src/identity/keys.ts'
import { signRevocation } from '../../src/identity/revocation.ts'
import type { IdentityStore } from '../../src/store/identity-store.ts'
import { refusedWith, same, type Law } from './law.ts'

export interface IdentityStorePlace {
  /** The store of this place: empty at first, then with what was left in it. */
  open(): Promise<IdentityStore>
}

const root = new Uint8Array(32).fill(7)
const someone = (seed: number): Promise<DeviceIdentity> => newDevice(root, new Uint8Array(32).fill(seed), 1_000)

/** @throws Error unless both are the same device with the same keys, found out by using them */
async function sameIdentity(actual: DeviceIdentity | undefined, expected: DeviceIdentity): Promise<void> {
  if (actual === undefined) throw new Error('there is no identity')
  same([actual.account, actual.device, actual.certificate], [expected.account, expected.device, expected.certificate])
  same([actual.daily.epoch, actual.daily.gear], [expected.daily.epoch, expected.daily.gear])
  const message = new Uint8Array(5).fill(1)
  for (const key of ['chunkId', 'content', 'manifest'] as const) {
    same(await hmac(actual.daily[key], message), await hmac(expected.daily[key], message))
  }
  for (const [mine, theirs] of [
    [actual.deviceKey, expected.deviceKey],
    [actual.daily.head, expected.daily.head],
  ] as const) {
    const signature = await sign(mine, signatureTag.link, message)
    same(await verify(theirs.publicKey, signatureTag.link, message, signature), true)
    same(mine.privateKey.extractable, false)
  }
}

export const identityStoreLaws: readonly Law<IdentityStorePlace>[] = [
  {
    title: 'a new place holds nobody',
    async run(place) {
      const store = await place.open()
      same(await store.load(), undefined)
      same(await store.readRoot(), undefined)
      await refusedWith('not-initialised', store.confirmWords())
      await store.close()
    },
  },
  {
    title: 'an identity comes back after a restart with keys that work and cannot be read out',
    async run(place) {
      const identity = await someone(1)
      let store = await place.open()
      await store.create(identity, root)
      await store.close()
      store = await place.open()
      const loaded = await store.load()
      await sameIdentity(loaded?.identity, identity)
      same(loaded?.rootConfirmed, false)
      await store.close()
    },
  },
  {
    title: 'a device goes on in a later key epoch under all its keys, another one does not, and it can be forgotten',
    async run(place) {
      const seed = new Uint8Array(32).fill(1)
      const removal = await signRevocation(await accountKey(root), [], new Map(), 2_000)
      const later = await newDevice(root, seed, 2_000, [removal])
      let store = await place.open()
      await refusedWith('not-initialised', store.advance(later))
      await store.create(await someone(1), root)
      await refusedWith('not-initialised', store.advance(await someone(2)))
      await store.advance(later)
      await store.close()
      store = await place.open()
      const loaded = await store.load()
      await sameIdentity(loaded?.identity, later)
      same(loaded?.rootConfirmed, false)
      same(loaded?.identity.revocations, [removal])
      same(loaded?.identity.past.length, 1)
      const secrets = loaded && (await secretsOf(loaded.identity))
      same(secrets, await dailySecrets(root, 1))
      same(loaded?.identity.vault?.key.extractable, false)
      await store.forget()
      await store.forget()
      same(await store.load(), undefined)
      same(await store.readRoot(), undefined)
      await store.close()
    },
  },
  {
    title: 'the words can be shown again until they are confirmed, and are gone for good afterwards',
    async run(place) {
      let store = await place.open()
      await store.create(await someone(1), root)
      same(await store.readRoot(), root)
      await store.close()
      store = await place.open()
      same(await store.readRoot(), root)
      await store.confirmWords()
      await store.confirmWords()
      same(await store.readRoot(), undefined)
      await store.close()
      store = await place.open()
      same(await store.readRoot(), undefined)
      same((await store.load())?.rootConfirmed, true)
      await store.close()
    },
  },
  {
    title: 'words that were typed in are confirmed from the start and never stored',
    async run(place) {
      const store = await place.open()
      await store.create(await someone(1), undefined)
      same(await store.readRoot(), undefined)
      same((await store.load())?.rootConfirmed, true)
      await store.close()
    },
  },
  {
    title: 'a place that holds somebody refuses another and stays as it is',
    async run(place) {
      const [first, second] = [await someone(1), await someone(2)]
      const store = await place.open()
      await store.create(first, root)
      await refusedWith('already-initialised', store.create(second, undefined))
      await sameIdentity((await store.load())?.identity, first)
      same(await store.readRoot(), root)
      await store.close()
    },
  },
]
