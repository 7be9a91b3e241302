/** What a browser and the pages in it hold in memory: asked of Chromium by its own debugger, and of the kernel. */
import { WebSocket } from 'ws'
import type { ByteCount, Millis } from '../../src/core/units.ts'
import { highWaterMark } from '../e2e/peak-memory.ts'

const LOOK_EVERY_MS: Millis = 250

/** The most at any one time. */
export interface PagePeaks {
  /** JavaScript heaps of all pages and workers together, what waits to be collected included, and of that which is theirs alone the buffers. */
  readonly heapBytes: ByteCount
  readonly bufferBytes: ByteCount
  /** Both at the same time. */
  readonly togetherBytes: ByteCount
  /** The largest process that pages run in, as the kernel counts it, the program itself included; the same of the browser's own. */
  readonly rendererBytes: ByteCount
  readonly browserBytes: ByteCount
  /** Pages and workers that were looked at. */
  readonly heaps: number
}

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly sessionId?: string }
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface HeapUsage {
  readonly usedSize: number
  readonly backingStorageSize: number
}

export class PageMemory {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  /** One for each page and worker. */
  readonly #sessions = new Set<string>()
  #asked = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#onAnswer(JSON.parse(data.toString()) as Answer))
  }

  /** @param port of a Chromium that was started with `--remote-debugging-port` */
  static async of(port: number): Promise<PageMemory> {
    const version = (await (await fetch(`http://127.0.0.1:${port}/json/version`)).json()) as Record<string, string>
    const socket = new WebSocket(version['webSocketDebuggerUrl'] ?? '')
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const memory = new PageMemory(socket)
    await memory.#attachToAll()
    return memory
  }

  /** Looks on until the work has ended. */
  async peaksDuring(work: Promise<unknown>): Promise<PagePeaks> {
    const peaks = { heapBytes: 0, bufferBytes: 0, togetherBytes: 0, rendererBytes: 0, browserBytes: 0, heaps: 0 }
    const raise = (peak: keyof PagePeaks, to: number): void => void (peaks[peak] = Math.max(peaks[peak], to))
    const over = work.then(() => true)
    const pause = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), LOOK_EVERY_MS))
    do {
      const heaps = (await Promise.all([...this.#sessions].map((session) => this.#heapOf(session)))).flat()
      const [heap, buffers] = [sum(heaps, 'usedSize'), sum(heaps, 'backingStorageSize')]
      raise('heapBytes', heap)
      raise('bufferBytes', buffers)
      raise('togetherBytes', heap + buffers)
      raise('heaps', heaps.length)
      const { processInfo } = await this.#ask<{ processInfo: { type: string; id: number }[] }>(
        'SystemInfo.getProcessInfo',
      )
      for (const { type, id } of processInfo) {
        if (type === 'renderer') raise('rendererBytes', await highWaterMark(id))
        if (type === 'browser') raise('browserBytes', await highWaterMark(id))
      }
    } while (!(await Promise.race([over, pause()])))
    return peaks
  }

  close(): void {
    this.#socket.close()
  }

  #attachToAll(sessionId?: string): Promise<unknown> {
    return this.#ask(
      'Target.setAutoAttach',
      { autoAttach: true, waitForDebuggerOnStart: false, flatten: true },
      sessionId,
    )
  }

  /** Nothing of a page or a worker that ends meanwhile. */
  async #heapOf(session: string): Promise<HeapUsage[]> {
    const usage = this.#ask<HeapUsage>('Runtime.getHeapUsage', {}, session)
    return usage.then(
      (heap) => [heap],
      () => [],
    )
  }

  #ask<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = (this.#asked += 1)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as T)
        else reject(new Error(`${method}: ${error.message}`))
      })
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }))
    })
  }

  #onAnswer(answer: Answer): void {
    const { sessionId } = answer.params ?? {}
    if (answer.id !== undefined) {
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    } else if (answer.method === 'Target.attachedToTarget' && sessionId !== undefined) {
      this.#sessions.add(sessionId)
      // The workers of a page are to be had through the page alone.
      this.#attachToAll(sessionId).catch(() => this.#sessions.delete(sessionId))
    } else if (answer.method === 'Target.detachedFromTarget' && sessionId !== undefined)
      this.#sessions.delete(sessionId)
  }
}

const sum = (heaps: readonly HeapUsage[], of: keyof HeapUsage): number => heaps.reduce((all, heap) => all + heap[of], 0)
