/** The mailbox of two devices that meet, as one that has no account yet reaches it: nobody signs in. */
import { z } from 'zod'
import { pairingMessageSchema, pairingSchema } from '../protocol/coordinator-messages.ts'
import type { Mailboxes } from './coordinator.ts'
import { askPlainly } from './plain.ts'

/** @param url the coordinator's address */
export function httpMailboxes(url: string, send: typeof fetch = fetch): Mailboxes {
  const base = `${url.replace(/\/+$/, '')}/v1/pairings/`
  return {
    read: (name) => askPlainly({ base, path: name, answer: pairingSchema, send }),
    async leave(name, slot, message) {
      const body = z.encode(pairingMessageSchema, { message })
      await askPlainly({ base, path: `${name}/${slot}`, answer: z.strictObject({}), body, send })
    },
  }
}
