/** One link for each device, however many ask for it and whichever side dials: what all transports have in common. */
import { KeeptabError, throwIfAborted } from '../core/errors.ts'
import type { DeviceId } from '../core/ids.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { Link } from './transport.ts'

/** How a link is tried for. It rejects soon after the signal fires. */
export type Establish = (signal: AbortSignal) => Promise<Link>

/** A dial, from asking the rendezvous to the last proof, may take so long. */
const CONNECT_MS = 20_000
/** Most strangers that may be in the middle of proving themselves at once. */
const MAX_ARRIVING = 64

interface Attempt {
  readonly dialled: boolean
  readonly link: Promise<Link>
  readonly stop: AbortController
}

export class Switchboard {
  readonly #own: DeviceId
  readonly #open = new Map<DeviceId, Link>()
  readonly #attempts = new Map<DeviceId, Attempt>()
  readonly #arriving = new Set<AbortController>()
  #closed = false

  constructor(own: DeviceId) {
    this.#own = own
  }

  get openLinks(): number {
    return this.#open.size
  }

  /** The open link, or the one that is being opened from either side, or a new one. @throws as `Transport.connect` */
  async connect(device: DeviceId, dial: Establish, signal?: AbortSignal): Promise<Link> {
    if (device === this.#own) throw new KeeptabError('peer-unreachable', 'This is the device itself.')
    // A link that was closed a moment ago is forgotten as soon as those who wait for its end are told.
    await Promise.resolve()
    this.#checkWanted(signal)
    const open = this.#open.get(device)
    if (open !== undefined) return open
    const dialNow = () => {
      this.#checkWanted(signal)
      return this.#attempt(device, true, dial)
    }
    const attempt = this.#attempts.get(device) ?? dialNow()
    const outcome = this.#outcome(device, attempt, dialNow)
    return signal === undefined ? outcome : unlessAborted(outcome, signal)
  }

  /**
   * Somebody who calls himself `device` dials. Returns false when he is to be turned away: when both sides dial at once
   * the call of the lower id goes through, on both sides alike.
   */
  arrive(device: DeviceId, accept: Establish): boolean {
    const attempt = this.#attempts.get(device)
    if (this.#closed || this.#arriving.size >= MAX_ARRIVING) return false
    if (attempt?.dialled === true && this.#own < device) return false
    // His newest attempt is the one he still believes in.
    const newer = this.#attempt(device, false, accept)
    this.#arriving.add(newer.stop)
    newer.link.finally(() => this.#arriving.delete(newer.stop)).catch(() => undefined)
    attempt?.stop.abort()
    return true
  }

  close(): void {
    this.#closed = true
    for (const { stop } of this.#attempts.values()) stop.abort()
    for (const stop of this.#arriving) stop.abort()
    for (const link of this.#open.values()) link.close()
  }

  #checkWanted(signal: AbortSignal | undefined): void {
    if (this.#closed) throw new KeeptabError('peer-unreachable', 'This side has left.')
    throwIfAborted(signal)
  }

  /**
   * Those who waited for an attempt that gave way to another wait for that one. Where the other side had dialled and came
   * to nothing, this side does, once: how a call from there ends does not say who answers there.
   */
  async #outcome(device: DeviceId, attempt: Attempt, dial?: () => Attempt): Promise<Link> {
    try {
      return await attempt.link
    } catch (thrown) {
      const newer = this.#attempts.get(device)
      if (newer !== undefined && newer !== attempt) return this.#outcome(device, newer, dial)
      const open = this.#open.get(device)
      if (open !== undefined) return open
      if (attempt.dialled || dial === undefined) throw thrown
      return this.#outcome(device, dial())
    }
  }

  #attempt(device: DeviceId, dialled: boolean, establish: Establish): Attempt {
    const stop = new AbortController()
    const attempt = { dialled, stop, link: this.#establish(device, establish, stop) }
    this.#attempts.set(device, attempt)
    const forget = () => {
      if (this.#attempts.get(device) === attempt) this.#attempts.delete(device)
    }
    attempt.link.then(forget, forget)
    return attempt
  }

  async #establish(device: DeviceId, establish: Establish, stop: AbortController): Promise<Link> {
    const late = new AbortController()
    const timer = setTimeout(() => {
      late.abort()
      stop.abort()
    }, CONNECT_MS)
    try {
      const link = await establish(stop.signal)
      this.#adopt(device, link)
      return link
    } catch (thrown) {
      if (late.signal.aborted) throw new KeeptabError('timeout', 'It did not come to the end of saying hello.')
      if (stop.signal.aborted) throw new KeeptabError('peer-unreachable')
      throw thrown
    } finally {
      clearTimeout(timer)
    }
  }

  /** A new link to a device means that its side has given the old one up. */
  #adopt(device: DeviceId, link: Link): void {
    const old = this.#open.get(device)
    this.#open.set(device, link)
    old?.close()
    void link.closed.then(() => {
      if (this.#open.get(device) === link) this.#open.delete(device)
    })
    if (this.#closed) link.close()
  }
}
