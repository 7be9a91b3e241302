/**
 * Notes the coming and going of devices and says which of them count as gone. What the coordinator did not see counts
 * against nobody: the time it was down, the time its machine slept, whatever its clock was put forward or back, and the time
 * in which nobody at all was there, when it is rather its own line that was down.
 */
import { utf8 } from '../src/core/bytes.ts'
import { CLOCK_TOLERANCE_MS, type Clock } from '../src/core/clock.ts'
import type { DeviceId } from '../src/core/ids.ts'
import { HOUR, type Millis } from '../src/core/units.ts'
import { came, firstSeen, goneAtOf, went, type PresenceHistory } from '../src/durability/presence.ts'
import { hoursAt } from '../src/durability/stated-hours.ts'
import type { Database, Stores, StoredPresence } from './db/stores.ts'

/** Name in the meta store of the instant at which this coordinator last was at work, in decimal digits. */
const ALIVE = 'alive'
/** Whoever was away when the coordinator was, too, has at least so long to come back. */
const TIME_TO_COME_BACK_MS: Millis = HOUR
/** Devices that are found gone in one transaction. */
const STEP = 50

export interface PresenceParts {
  readonly database: Database
  readonly clock: Clock
  /** Time that passes evenly: by it a jump of the clock is known from time that went by. */
  readonly stopwatch: Clock
  /** Runs in the transaction in which a device is found gone, or is back from that. */
  readonly onTurn: (stores: Stores, device: DeviceId, turn: 'gone' | 'back') => Promise<void>
  /** Runs in the transaction in which it is found that nobody looked for so long, or the clock was put forward or back by it. */
  readonly onUnseen?: (stores: Stores, ms: Millis) => Promise<void>
  /** Runs when the clock was found to have been put forward or back. */
  readonly onJump?: () => void
}

export interface Presence {
  /** A live socket opened or closed. Written in the order of the calls. */
  note(device: DeviceId, online: boolean): void
  /** Notes that the coordinator is at work, and finds who is gone by now. @returns those */
  beat(): Promise<DeviceId[]>
  /** Resolves when all that was noted is on the disk. @throws what the database throws */
  settled(): Promise<void>
}

/** Begins with the end of what was before: nobody is online yet, and the time since then is left out. */
export async function openPresence({
  database,
  clock,
  stopwatch,
  onTurn,
  onUnseen,
  onJump,
}: PresenceParts): Promise<Presence> {
  const here = new Set<DeviceId>()
  /** Since the last beat. */
  let sawAny = false
  let beatAt = { clock: clock.now(), stopwatch: stopwatch.now() }
  const startedAt = beatAt.clock
  await database.transaction(async (stores) => {
    const aliveAt = await lastAlive(stores)
    const unseenMs = aliveAt === undefined ? undefined : startedAt - aliveAt
    for (const { device, history } of await stores.presences.online()) {
      const leftAt = Math.max(history.since, aliveAt ?? startedAt)
      await stores.presences.put(storedOf(device, await leaving(stores, device, history, leftAt), false))
    }
    // A database from before presence was noted: everybody's absence begins now.
    await stores.presences.shift(unseenMs ?? startedAt, startedAt, startedAt + TIME_TO_COME_BACK_MS)
    if (unseenMs !== undefined) await onUnseen?.(stores, unseenMs)
    await stores.meta.put(ALIVE, utf8(String(startedAt)))
  })

  const noted: { readonly device: DeviceId; readonly online: boolean; readonly at: Millis }[] = []
  let writing: Promise<void> | undefined

  const write = async (): Promise<void> => {
    while (noted.length > 0) {
      const batch = noted.slice(0, STEP)
      await database.transaction(async (stores) => {
        const known = await stores.presences.get(batch.map(({ device }) => device))
        for (const { device, online, at } of batch) {
          const before = known.get(device)
          const history = before?.history ?? firstSeen(at)
          const after = online ? came(history, at) : await leaving(stores, device, history, at)
          const stored = storedOf(device, after, before?.gone === true && !online)
          known.set(device, stored)
          await stores.presences.put(stored)
          if (before?.gone === true && online) await onTurn(stores, device, 'back')
        }
      })
      noted.splice(0, batch.length)
    }
  }
  const settled = (): Promise<void> => (writing ??= write().finally(() => (writing = undefined)))

  return {
    note(device, online) {
      if (online) here.add(device)
      else here.delete(device)
      sawAny ||= online
      noted.push({ device, online, at: clock.now() })
      // What the disk refuses now stays noted, and is written with the next one or the next beat.
      settled().catch(() => undefined)
    },
    settled,
    async beat() {
      await settled()
      const now = { clock: clock.now(), stopwatch: stopwatch.now() }
      const passedMs = now.clock - beatAt.clock
      // A stopwatch counts fractions, a clock and the database do not.
      const jumpedMs = Math.round(passedMs - (now.stopwatch - beatAt.stopwatch))
      const unseenMs = sawAny ? jumpedMs : Math.round(passedMs)
      await database.transaction(async (stores) => {
        if (!sawAny || Math.abs(unseenMs) > CLOCK_TOLERANCE_MS) {
          await stores.presences.shift(unseenMs, now.clock, now.clock + TIME_TO_COME_BACK_MS)
          await onUnseen?.(stores, unseenMs)
        }
        await stores.meta.put(ALIVE, utf8(String(now.clock)))
      })
      beatAt = now
      if (Math.abs(jumpedMs) > CLOCK_TOLERANCE_MS) onJump?.()
      sawAny = here.size > 0
      const gone: DeviceId[] = []
      for (;;) {
        const found = await database.transaction(async (stores) => {
          const due = await stores.presences.due(now.clock, STEP)
          for (const presence of due) {
            // A time that was moved because nobody looked knows of no hours; what happened does.
            const goneAt = goneAtOf(presence.history)
            if (goneAt !== undefined && goneAt > now.clock) {
              await stores.presences.put({ ...presence, goneAt })
              continue
            }
            await stores.presences.put({ ...presence, gone: true })
            await onTurn(stores, presence.device, 'gone')
          }
          return due
        })
        if (found.length === 0) return gone
        gone.push(...found.map(({ device }) => device))
      }
    },
  }
}

/** It left: until when, and outside of which hours, it is not missed. */
async function leaving(
  { devices }: Stores,
  device: DeviceId,
  history: PresenceHistory,
  at: Millis,
): Promise<PresenceHistory> {
  return went(history, at, await devices.backAt(device), hoursAt(await devices.statedHours(device), at))
}

const storedOf = (device: DeviceId, history: PresenceHistory, gone: boolean): StoredPresence => ({
  device,
  history,
  goneAt: goneAtOf(history),
  gone,
})

async function lastAlive({ meta }: Stores): Promise<Millis | undefined> {
  const text = await meta.get(ALIVE)
  return text === undefined ? undefined : Number(new TextDecoder().decode(text))
}
