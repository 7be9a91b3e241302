/**
 * Mailboxes in which a new device and one that is in leave each other a few sealed messages. Only in memory: a stop of the
 * coordinator costs two people a second try, and nothing that was sealed outlives ten minutes.
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import type { Clock } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { AccountId, DeviceId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { Pairing, PairingSlot } from '../src/protocol/coordinator-messages.ts'
import type { Caller } from './tokens.ts'

const LIFE_MS: Millis = 10 * 60_000
/** Open at once of one account, which may have a device in each hand. */
const MOST_OF_ACCOUNT = 8
/** Of one address block, where blocks are told apart: accounts are free, and a house full of people adds no more devices at once. */
const MOST_OF_BLOCK = 100
/** Of all. When there are so many, the oldest of whichever block has most makes room for one of a block that has fewer. */
const MOST = 10_000

export interface Pairings {
  /**
   * Makes a mailbox with the first message in it.
   * @param block of the address that asks; `undefined` where all are in one
   * @throws KeeptabError `conflict` when there is one of that name; `too-many-requests` where its account or block has too
   *   many, or nobody has more than it
   */
  open(caller: Caller, block: string | undefined, name: string, offer: Bytes): void
  /** Leaves a message; the same again changes nothing. @throws KeeptabError `conflict` when there is another, `not-found` */
  leave(name: string, slot: Exclude<PairingSlot, 'offer'>, message: Bytes): void
  /** @throws KeeptabError `not-found` when it never was, or its time is over */
  read(name: string): Pairing
}

interface Mailbox {
  readonly owner: DeviceId
  readonly account: AccountId
  readonly block: string | undefined
  readonly endsAt: Millis
  messages: Pairing
}

/** @param atMost at once, of all */
export function createPairings(clock: Clock, atMost = MOST): Pairings {
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

  /** @param own how many there are of the block that wants one */
  const makeRoom = (own: number): void => {
    const blocks = new Map<string, string[]>()
    for (const [name, { block }] of boxes)
      if (block !== undefined) blocks.set(block, [...(blocks.get(block) ?? []), name])
    const most = [...blocks.values()].reduce<string[]>((a, b) => (b.length > a.length ? b : a), [])
    const [oldest] = most
    if (oldest === undefined || most.length <= own)
      throw tooMany('Too many devices are being added at this coordinator.')
    boxes.delete(oldest)
  }

  return {
    open({ device, account }, block, name, offer) {
      tidy()
      const known = boxes.get(name)
      if (known !== undefined) {
        if (known.owner === device && equal(known.messages.offer, offer)) return
        throw new KeeptabError('conflict')
      }
      const of = (same: (box: Mailbox) => boolean): number => [...boxes.values()].filter(same).length
      if (of((box) => box.account === account) >= MOST_OF_ACCOUNT)
        throw tooMany(`This account is adding ${MOST_OF_ACCOUNT} devices already.`)
      const here = block === undefined ? 0 : of((box) => box.block === block)
      if (here >= MOST_OF_BLOCK) throw tooMany(`${MOST_OF_BLOCK} devices are being added from addresses like this one.`)
      if (boxes.size >= atMost) makeRoom(here)
      boxes.set(name, { owner: device, account, block, endsAt: clock.now() + LIFE_MS, messages: { offer } })
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

const tooMany = (detail: string): KeeptabError =>
  new KeeptabError('too-many-requests', `${detail} A link that nobody follows ends after ten minutes: try again then.`)
