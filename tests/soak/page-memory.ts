/** What a browser and the pages in it hold in memory: asked of Chromium by its own debugger, and of the kernel. */
import { WebSocket } from 'ws'
import { MB, type ByteCount, type Millis } from '../../src/core/units.ts'
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
  /** Who held how much, in MB with its buffers, when it was most together. */
  readonly held: readonly string[]
}

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly sessionId?: string
    readonly targetInfo?: { readonly targetId: string; readonly type: string; readonly url: string }
  }
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface HeapUsage {
  readonly usedSize: ByteCount
  readonly backingStorageSize: ByteCount
}

interface Heap {
  readonly what: string
  readonly used: ByteCount
  readonly buffers: ByteCount
}

export class PageMemory {
  readonly #socket: WebSocket
  readonly #waiting = new Map<
    number,
    { readonly sessionId: string | undefined; settle(answer: Pick<Answer, 'result' | 'error'>): void }
  >()
  /** One for each page and worker, with what it is. */
  readonly #sessions = new Map<string, string>()
  readonly #met = new Set<string>()
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
    const peaks = { heapBytes: 0, bufferBytes: 0, togetherBytes: 0, rendererBytes: 0, browserBytes: 0 }
    const raise = (peak: keyof typeof peaks, to: number): void => void (peaks[peak] = Math.max(peaks[peak], to))
    let held: string[] = []
    const over = work.then(() => true)
    const pause = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), LOOK_EVERY_MS))
    do {
      const heaps = (await Promise.all([...this.#sessions].map((session) => this.#heapOf(session)))).flat()
      const [heap, buffers] = [sum(heaps, 'used'), sum(heaps, 'buffers')]
      raise('heapBytes', heap)
      raise('bufferBytes', buffers)
      if (heap + buffers > peaks.togetherBytes)
        held = heaps.map(({ what, used, buffers }) => `${what} ${megabytes(used)} + ${megabytes(buffers)}`)
      raise('togetherBytes', heap + buffers)
      const { processInfo } = await this.#ask<{ processInfo: { type: string; id: number }[] }>(
        'SystemInfo.getProcessInfo',
      )
      for (const { type, id } of processInfo) {
        if (type === 'renderer') raise('rendererBytes', await highWaterMark(id))
        if (type === 'browser') raise('browserBytes', await highWaterMark(id))
      }
    } while (!(await Promise.race([over, pause()])))
    return { ...peaks, held }
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
  #heapOf([session, what]: readonly [string, string]): Promise<Heap[]> {
    return this.#ask<HeapUsage>('Runtime.getHeapUsage', {}, session).then(
      ({ usedSize, backingStorageSize }) => [{ what, used: usedSize, buffers: backingStorageSize }],
      () => [],
    )
  }

  #ask<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = (this.#asked += 1)
    return new Promise((resolve, reject) => {
      const settle = ({ result, error }: Pick<Answer, 'result' | 'error'>): void => {
        this.#waiting.delete(id)
        if (error === undefined) resolve(result as T)
        else reject(new Error(`${method}: ${error.message}`))
      }
      this.#waiting.set(id, { sessionId, settle })
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }))
    })
  }

  #onAnswer(answer: Answer): void {
    const { sessionId, targetInfo } = answer.params ?? {}
    if (answer.id !== undefined) this.#waiting.get(answer.id)?.settle(answer)
    else if (answer.method === 'Target.attachedToTarget' && sessionId !== undefined) {
      // A service worker is met through each of its pages as well as through the browser, which also has pages of its own.
      const isNew =
        targetInfo !== undefined &&
        /^(page|worker|service_worker)$/.test(targetInfo.type) &&
        !this.#met.has(targetInfo.targetId)
      if (!isNew) return
      this.#met.add(targetInfo.targetId)
      this.#sessions.set(sessionId, `${targetInfo.type} ${targetInfo.url.split('/').at(-1) ?? ''}`)
      // The workers of a page are to be had through the page alone.
      this.#attachToAll(sessionId).catch(() => this.#sessions.delete(sessionId))
    } else if (answer.method === 'Target.detachedFromTarget' && sessionId !== undefined) {
      this.#sessions.delete(sessionId)
      for (const asked of this.#waiting.values()) {
        if (asked.sessionId === sessionId) asked.settle({ error: { message: 'what was asked has ended' } })
      }
    }
  }
}

const megabytes = (bytes: ByteCount): number => Math.round(bytes / MB)

const sum = (heaps: readonly Heap[], of: 'used' | 'buffers'): ByteCount =>
  heaps.reduce((all, heap) => all + heap[of], 0)
