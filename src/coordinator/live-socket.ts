/** Holds the live socket to a coordinator: opens it again, with growing pauses, whenever it breaks. */
import type { Random } from '../core/clock.ts'
import { codeOf } from '../core/errors.ts'
import type { Millis } from '../core/units.ts'
import { liveMessageSchema, type LiveMessage } from '../protocol/coordinator-messages.ts'
import { backoff, pause } from './backoff.ts'
import type { LiveEvent } from './coordinator.ts'

/** As much of a WebSocket as is needed; those of browsers and of `ws` fit, whose events have types of their own. */
export interface LiveSocket {
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  close(): void
}
export type LiveSocketConstructor = new (url: string) => LiveSocket

export interface LiveSocketParts {
  readonly WebSocket: LiveSocketConstructor
  readonly random: Random
  readonly signal: AbortSignal | undefined
  /** A fresh address with a ticket in it. */
  readonly address: () => Promise<string>
  readonly onEvent: (event: LiveEvent) => void
}

/** Until the returned function is called, the signal fires, or another holder of the same device takes over. */
export function holdLiveSocket(parts: LiveSocketParts): () => void {
  const ended = new AbortController()
  const signal = parts.signal === undefined ? ended.signal : AbortSignal.any([parts.signal, ended.signal])
  void hold(parts, signal)
  return () => ended.abort()
}

async function hold(parts: LiveSocketParts, signal: AbortSignal): Promise<void> {
  const { random } = parts
  for (let failures = 0; !signal.aborted; failures++) {
    let visit: Visit = { wasOnline: false, backInMs: undefined, over: undefined }
    try {
      visit = await oneVisit(parts, await parts.address(), signal)
    } catch (thrown) {
      if (codeOf(thrown) === 'device-revoked') {
        parts.onEvent({ type: 'revoked' })
        return
      }
      // No ticket to be had: the coordinator is away, or will not have us. Both may pass.
    }
    if (visit.over !== undefined) return
    if (visit.wasOnline) failures = 0
    const waitMs = visit.backInMs === undefined ? backoff(failures, random) : visit.backInMs * random.fraction()
    await pause(waitMs, signal).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'aborted') throw thrown
    })
  }
}

/** How one socket went. */
interface Visit {
  readonly wasOnline: boolean
  /** The server said it would be away, and for how long. */
  readonly backInMs: Millis | undefined
  /** Why this device must not come back by itself. */
  readonly over: 'replaced' | 'revoked' | undefined
}

/** Opens a socket and resolves when it is closed. */
function oneVisit({ WebSocket, onEvent }: LiveSocketParts, url: string, signal: AbortSignal): Promise<Visit> {
  return new Promise((resolve) => {
    let visit: Visit = { wasOnline: false, backInMs: undefined, over: undefined }
    const socket = new WebSocket(url)
    const onAbort = (): void => socket.close()
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()

    const on: { readonly [Type in LiveMessage['type']]: (message: Extract<LiveMessage, { type: Type }>) => void } = {
      'welcome': () => {
        visit = { ...visit, wasOnline: true }
        onEvent({ type: 'online' })
      },
      'inventory-wanted': () => onEvent({ type: 'inventory-wanted' }),
      'audit': onEvent,
      'repair-wanted': () => onEvent({ type: 'repair-wanted' }),
      'epoch-began': () => onEvent({ type: 'epoch-began' }),
      'replaced': () => {
        visit = { ...visit, over: 'replaced' }
      },
      'revoked': () => {
        visit = { ...visit, over: 'revoked' }
      },
      'leaving': ({ backInMs }) => {
        visit = { ...visit, backInMs }
      },
    }
    socket.onmessage = ({ data }: { data: unknown }) => {
      const message = parse(data)
      // A newer coordinator may say more than this version knows; nothing it says so changes what is safe.
      if (message !== undefined && !signal.aborted) on[message.type](message as never)
    }
    // What follows an error is a close.
    socket.onerror = () => undefined
    socket.onclose = () => {
      signal.removeEventListener('abort', onAbort)
      if (visit.wasOnline) onEvent({ type: 'offline' })
      if (visit.over !== undefined) onEvent({ type: visit.over })
      resolve(visit)
    }
  })
}

function parse(data: unknown): LiveMessage | undefined {
  if (typeof data !== 'string') return undefined
  try {
    return liveMessageSchema.parse(JSON.parse(data))
  } catch {
    return undefined
  }
}
