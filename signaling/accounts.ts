/** Joining and signing in: a device proves its key, and with its certificate whose it is. */
import type { Bytes } from '../src/core/bytes.ts'
import type { Clock, Random } from '../src/core/clock.ts'
import { verify } from '../src/core/crypto.ts'
import { signatureTag } from '../src/core/derive.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { NO_PLATFORM, type Platform } from '../src/core/platform.ts'
import { encode } from '../src/core/wire.ts'
import { openCertificate } from '../src/identity/device.ts'
import type { Keeping } from '../src/protocol/coordinator-messages.ts'
import { restated } from '../src/durability/stated-hours.ts'
import { enrol } from './audits.ts'
import type { Database } from './db/stores.ts'
import type { Membership } from './membership.ts'
import type { Caller, Tokens } from './tokens.ts'

export interface Accounts {
  /**
   * Makes account and device when they are new.
   * @param block address block the request came from
   * @throws KeeptabError `not-signed-in` for a stale challenge, `certificate-invalid`, `signature-invalid`, `malformed`,
   *   `forbidden` when the device belongs to another account, `device-revoked`
   */
  signIn(
    request: { certificate: Bytes; challenge: Bytes; signature: Bytes; platform?: Platform | undefined },
    block: string,
  ): Promise<{ token: string; expiresAt: number }>
  setKeeping(caller: Caller, keeping: Keeping): Promise<void>
  /** Notes where a device is. */
  seen(caller: Caller, block: string): Promise<void>
}

export function createAccounts(parts: {
  readonly database: Database
  readonly tokens: Tokens
  readonly membership: Membership
  readonly publicKey: Bytes
  readonly clock: Clock
  readonly random: Random
}): Accounts {
  const { database, tokens, membership, publicKey, clock, random } = parts
  return {
    async signIn({ certificate, challenge, signature, platform = NO_PLATFORM }, block) {
      tokens.checkChallenge(challenge)
      const opened = await openCertificate(certificate)
      const { account, device, devicePublicKey } = opened
      const message = encode({ challenge, coordinator: publicKey })
      if (!(await verify(devicePublicKey, signatureTag.signIn, message, signature))) {
        throw new KeeptabError('signature-invalid')
      }
      const letIn = await database.transaction(async (stores) => {
        const { devices } = stores
        const admitted = await membership.admit(stores, opened)
        const known = await devices.get(device)
        if (known !== undefined && known.account !== account) throw new KeeptabError('forbidden')
        await devices.put({ device, account, certificate, block, platform, seenAt: clock.now() })
        return admitted
      })
      letIn()
      return tokens.session({ device, account })
    },
    setKeeping: ({ device }, { hours, ...keeping }) =>
      database.transaction(async (stores) => {
        const stated = restated(await stores.devices.statedHours(device), hours, clock.now())
        await stores.devices.setKeeping(device, keeping, stated)
        if (keeping.limitBytes > 0) await enrol(stores, device, clock.now(), random)
      }),
    seen: ({ device }, block) => database.transaction(({ devices }) => devices.seen(device, block, clock.now())),
  }
}
