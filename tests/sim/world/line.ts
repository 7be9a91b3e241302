/** The way of a process to the coordinator and back: requests and a live socket, late, lost or cut. */
import { EventEmitter } from 'node:events'
import type { HttpBindings } from '@hono/node-server'
import type { LiveSocket } from '../../../src/coordinator/live-socket.ts'
import type { OpenCoordinator } from '../../../signaling/coordinator.ts'
import type { Socket } from '../../../signaling/sockets.ts'
import { MINUTE } from '../../../src/core/units.ts'
import type { Diary, Fate } from './fate.ts'
import type { VirtualTime } from './time.ts'

/** Where the coordinator's address leads now. */
export interface Site {
  /** `undefined` while nobody listens there. */
  readonly now: OpenCoordinator | undefined
}

export interface LineParts {
  readonly who: string
  readonly address: string
  readonly site: Site
  readonly time: VirtualTime
  readonly fate: Fate
  readonly diary: Diary
  /** Chance that a request, or what was answered, is lost. */
  readonly lossChance: () => number
  /** Hears what the coordinator did, also where nobody else does. */
  readonly onDone: (method: string, path: string, body: unknown) => void
}

/** A socket whose other end is silent for so long is given up by the machine under it. */
const SILENT_MS = 2 * MINUTE
const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

export class Line {
  readonly #parts: LineParts
  readonly #sockets = new Set<Wire>()
  #dead = false
  #cut: 'open' | 'refused' | 'silent' = 'open'

  constructor(parts: LineParts) {
    this.#parts = parts
  }

  /** The process has ended: nothing comes back to it, and nothing of it goes out. @param silently as with its machine */
  end(silently: boolean): void {
    this.#dead = true
    for (const socket of this.#sockets) if (!silently) socket.breakUp()
  }

  /** From now on. `silent` swallows everything; the others are told at once. */
  cut(how: 'open' | 'refused' | 'silent'): void {
    this.#cut = how
    if (how === 'refused') for (const socket of this.#sockets) socket.breakUp()
  }

  /** The coordinator has ended: its machine closes what it had open. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.breakUp()
  }

  #hasEnded(): boolean {
    return this.#dead
  }

  get isSilent(): boolean {
    return this.#cut === 'silent'
  }

  get isOpen(): boolean {
    return !this.#dead && this.#cut === 'open'
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const { who, diary, fate, time, site, address, lossChance } = this.#parts
    if (this.#hasEnded()) return never()
    const url = input as string
    const { pathname } = new URL(url)
    await time.sleep(this.#delay())
    if (this.#hasEnded()) return never()
    const isLost = fate.happens(lossChance())
    if (this.#cut === 'silent' || isLost) return unanswered(init.signal)
    const coordinator = site.now
    if (this.#cut === 'refused' || coordinator === undefined) throw new TypeError('fetch failed')
    const { method = 'GET', headers = {}, body = null } = init
    const request = new Request(url, { method, headers, body })
    const answer = await coordinator.fetch(request, from(address))
    const text = await answer.text()
    diary.note(`${who} ${method} ${pathname} ${answer.status} ${answer.ok ? text.length : text}`)
    if (answer.ok) this.#parts.onDone(method, pathname, body)
    // One that died meanwhile has answered nothing.
    const isUnheard = site.now !== coordinator || fate.happens(lossChance())
    await time.sleep(this.#delay())
    if (this.#hasEnded()) return never()
    if (this.isSilent || isUnheard) return unanswered(init.signal)
    if (!this.isOpen) throw new TypeError('fetch failed')
    if (init.signal?.aborted === true) throw new DOMException('It was stopped.', 'AbortError')
    return { ok: answer.ok, status: answer.status, text: () => Promise.resolve(text) } as Response
  }

  /** The platform's constructor. */
  get WebSocket(): new (url: string) => LiveSocket {
    const open = (socket: ClientEnd, url: string): void => void this.#open(socket, url)
    return class extends ClientEnd {
      constructor(url: string) {
        super()
        open(this, url)
      }
    }
  }

  async #open(client: ClientEnd, url: string): Promise<void> {
    const { time, site, address, diary, who } = this.#parts
    const wire = new Wire(
      client,
      this.#parts,
      () => this.isOpen,
      () => this.#delay(),
    )
    client.wire = wire
    this.#sockets.add(wire)
    void wire.over.then(() => this.#sockets.delete(wire))
    await time.sleep(this.#delay())
    const coordinator = site.now
    if (coordinator === undefined || !this.isOpen) {
      wire.breakUp()
      return
    }
    try {
      const { pathname, search } = new URL(url)
      await coordinator.upgrades.enter(pathname + search, address, () =>
        Promise.resolve(wire.server as never as Socket),
      )
      diary.note(`${who} has a live socket`)
    } catch {
      wire.breakUp()
    }
  }

  #delay(): number {
    const { fate } = this.#parts
    // Most are quick, a few are not.
    return fate.happens(0.95) ? fate.between(5, 60) : fate.between(60, 3000)
  }
}

/** As much of a request of Node as is looked at. */
const from = (address: string): HttpBindings =>
  ({ incoming: { headers: {}, socket: { remoteAddress: address } } }) as unknown as HttpBindings

/** Waits until the asker gives up. */
const unanswered = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new DOMException('It was stopped.', 'AbortError'))
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop, { once: true })
  })

class ClientEnd implements LiveSocket {
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  wire: Wire | undefined

  close(): void {
    this.wire?.closeFrom('client')
  }
}

/** Both ends of one socket, in order. */
class Wire {
  readonly server: ServerEnd
  readonly over: Promise<void>
  readonly #client: ClientEnd
  readonly #parts: LineParts
  readonly #isOpen: () => boolean
  readonly #delay: () => number
  #end: () => void = () => undefined
  #clientEnded = false
  #arrivesAt = 0

  constructor(client: ClientEnd, parts: LineParts, isOpen: () => boolean, delay: () => number) {
    this.#client = client
    this.#parts = parts
    this.#isOpen = isOpen
    this.#delay = delay
    this.over = new Promise((resolve) => (this.#end = resolve))
    this.server = new ServerEnd(this)
  }

  /** To the client, after what was sent before. */
  send(text: string): void {
    this.#later(() => {
      if (!this.#clientEnded) this.#client.onmessage?.({ data: text } as never)
    })
  }

  ping(): void {
    this.#later(() => {
      if (!this.#clientEnded) this.#later(() => this.server.emit('pong'))
    })
  }

  closeFrom(end: 'client' | 'server'): void {
    if (end === 'client') this.#endClient()
    else this.server.end()
    this.#later(() => {
      this.#endClient()
      this.server.end()
    })
  }

  breakUp(): void {
    this.#endClient()
    this.server.end()
  }

  /** What does not come through is not told: the machine finds out much later. */
  #later(run: () => void): void {
    const { time } = this.#parts
    const at = Math.max(this.#arrivesAt, time.now() + this.#delay())
    this.#arrivesAt = at
    time.after(at - time.now(), () => {
      if (this.#isOpen()) run()
      else time.after(SILENT_MS, () => this.#endClient())
    })
  }

  #endClient(): void {
    if (this.#clientEnded) return
    this.#clientEnded = true
    this.#end()
    // As a browser does, not within the call that closes.
    queueMicrotask(() => this.#client.onclose?.({} as never))
  }
}

/** What the coordinator has of `ws`. */
class ServerEnd extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  readonly bufferedAmount = 0
  readonly #wire: Wire

  constructor(wire: Wire) {
    super()
    this.#wire = wire
  }

  send(text: string): void {
    this.#wire.send(text)
  }

  ping(): void {
    this.#wire.ping()
  }

  close(): void {
    this.readyState = 2
    this.#wire.closeFrom('server')
  }

  terminate(): void {
    this.#wire.closeFrom('server')
  }

  end(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    queueMicrotask(() => this.emit('close'))
  }
}
