/** Reading under names of the moment (`identity/visitor`): what all transports have in common. */
import { KeeptabError } from '../core/errors.ts'
import type { DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { Transport } from './transport.ts'

/** So long after it was used last a name is used again, and its links stay open. */
const IDLE_MS: Millis = 30_000

/** This device under another name. */
export interface Visiting {
  readonly name: Visitor
  readonly transport: Pick<Transport, 'connect' | 'close' | 'openLinks'>
}

export class Visits {
  readonly #begin: () => Promise<Visiting>
  readonly #open = new Map<DeviceId, Visiting>()
  #current: Promise<Visiting> | undefined
  #users = 0
  #idle: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(begin: () => Promise<Visiting>) {
    this.#begin = begin
  }

  get openLinks(): number {
    return [...this.#open.values()].reduce((sum, { transport }) => sum + transport.openLinks, 0)
  }

  /** As `Transport.visit`. */
  async run<T>(work: (visit: Visitor) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle)
    this.#users += 1
    try {
      this.#current ??= this.#enter()
      return await work((await this.#current).name)
    } finally {
      this.#users -= 1
      if (this.#users === 0 && !this.#closed) this.#idle = setTimeout(() => this.#leave(), IDLE_MS)
    }
  }

  /** As `Transport.connect`, under this name. */
  connect({ device }: Visitor, ...to: Parameters<Transport['connect']>): ReturnType<Transport['connect']> {
    const visiting = this.#open.get(device)
    return (
      visiting?.transport.connect(...to) ?? Promise.reject(new KeeptabError('peer-unreachable', 'The visit is over.'))
    )
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#idle)
    this.#leave()
  }

  async #enter(): Promise<Visiting> {
    const visiting = await this.#begin()
    this.#open.set(visiting.name.device, visiting)
    if (this.#closed) this.#leave()
    return visiting
  }

  #leave(): void {
    this.#current = undefined
    for (const visiting of this.#open.values()) void visiting.transport.close()
    this.#open.clear()
  }
}
