/**
 * Mailboxes in which a new device and one that is in leave each other a few sealed messages. Only in memory: a stop of the
 * coordinator costs two people a second try, and nothing that was sealed outlives ten minutes.
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import type { Clock } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { DeviceId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { Pairing, PairingSlot } from '../src/protocol/coordinator-messages.ts'
import type { Caller } from './tokens.ts'

const LIFE_MS: Millis = 10 * 60_000
/** Open at once of one device, and of all. */
const MOST_OF_DEVICE = 4
const MOST = 10_000

export interface Pairings {
  /** Makes a mailbox with the first message in it. @throws KeeptabError `conflict` when there is one of that name, `too-many-requests` */
  open(caller: Caller, name: string, offer: Bytes): void
  /** Leaves a message; the same again changes nothing. @throws KeeptabError `conflict` when there is another, `not-found` */
  leave(name: string, slot: Exclude<PairingSlot, 'offer'>, message: Bytes): void
  /** @throws KeeptabError `not-found` when it never was, or its time is over */
  read(name: string): Pairing
}

interface Mailbox {
  readonly owner: DeviceId
  readonly endsAt: Millis
  messages: Pairing
}

export function createPairings(clock: Clock): Pairings {
  const boxes = new Map<string, Mailbox>()

  const tidy = (): void => {
    for (const [name, { endsAt }] of boxes) if (endsAt <= clock.now()) boxes.delete(name)
  }
  const found = (name: string): Mailbox => {
    tidy()
    const box = boxes.get(name)
    if (box === undefined) throw new KeeptabError('not-found', 'There is no such mailbox, or its time is over.')
    return box
  }

  return {
    open({ device }, name, offer) {
      tidy()
      const known = boxes.get(name)
      if (known !== undefined) {
        if (known.owner === device && equal(known.messages.offer, offer)) return
        throw new KeeptabError('conflict')
      }
      const own = [...boxes.values()].filter(({ owner }) => owner === device)
      if (own.length >= MOST_OF_DEVICE || boxes.size >= MOST) throw new KeeptabError('too-many-requests')
      boxes.set(name, { owner: device, endsAt: clock.now() + LIFE_MS, messages: { offer } })
    },
    leave(name, slot, message) {
      const box = found(name)
      const known = box.messages[slot]
      if (known !== undefined && !equal(known, message)) throw new KeeptabError('conflict')
      box.messages = { ...box.messages, [slot]: message }
    },
    read: (name) => found(name).messages,
  }
}
