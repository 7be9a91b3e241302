/**
 * The bulk channel in a worker, so that bytes flow while the page paints. A channel can be moved only in the task that
 * made it; the worker then runs the same `bulkOver` as the page would, and bodies go across as buffers, uncopied.
 */
import { own, type Bytes } from '../core/bytes.ts'
import { bulkOver, type Bulk, type BulkListener } from './bulk.ts'
import { deferred } from './deferred.ts'
import type { Direction } from './framing.ts'
import { channelPipe } from './pipe.ts'

/** To the worker. `link` is the page's number for a channel. */
export type BulkCommand =
  | { readonly type: 'attach'; readonly link: number; readonly channel: RTCDataChannel }
  | { readonly type: 'start' | 'close'; readonly link: number }
  | {
      readonly type: 'send'
      readonly link: number
      readonly direction: Direction
      readonly stream: number
      readonly body: Bytes
    }
  | { readonly type: 'stop'; readonly link: number; readonly direction: Direction; readonly stream: number }

/** From the worker. */
export type BulkEvent =
  | { readonly type: 'sent'; readonly link: number; readonly direction: Direction; readonly stream: number }
  | {
      readonly type: 'body'
      readonly link: number
      readonly direction: Direction
      readonly stream: number
      readonly body: Bytes | undefined
    }
  | { readonly type: 'moved'; readonly link: number; readonly sentBytes: number; readonly receivedBytes: number }
  | { readonly type: 'violated'; readonly link: number; readonly detail: string }
  | { readonly type: 'closed'; readonly link: number }

/** The page's side of one worker that carries the bulk channels of all links. */
export class BulkWorker {
  readonly #worker: Worker
  readonly #links = new Map<number, { listener?: BulkListener; closed: () => void; sent: Map<string, () => void> }>()
  #last = 0

  constructor(worker: Worker) {
    this.#worker = worker
    worker.addEventListener('message', ({ data }: MessageEvent<BulkEvent>) => this.#take(data))
    // A worker that died carries nothing any more; its links find that out by silence, unless told.
    worker.addEventListener('error', () => {
      for (const [, { listener }] of this.#links) listener?.violated('The worker of the bulk channels has died.')
    })
  }

  /**
   * Moves a channel over, or returns `undefined` where the browser cannot; the channel is then as it was.
   * Call it in the task that made the channel.
   */
  attach(channel: RTCDataChannel): { bulk: Bulk; closed: Promise<void> } | undefined {
    const link = ++this.#last
    try {
      this.#post({ type: 'attach', link, channel }, [channel])
    } catch {
      return undefined
    }
    const sent = new Map<string, () => void>()
    const { promise: closed, resolve } = deferred()
    this.#links.set(link, { closed: resolve, sent })
    const bulk: Bulk = {
      start: (listener) => {
        const entry = this.#links.get(link)
        if (entry !== undefined) entry.listener = listener
        this.#post({ type: 'start', link })
      },
      send: (direction, stream, body) =>
        new Promise((done) => {
          if (!this.#links.has(link)) {
            done()
            return
          }
          sent.set(`${direction}${stream}`, done)
          // A view of a larger buffer is copied, or the whole buffer would be gone for its owner.
          const whole = body.byteLength === body.buffer.byteLength ? body : own(body)
          this.#post({ type: 'send', link, direction, stream, body: whole }, [whole.buffer])
        }),
      stop: (direction, stream) => this.#post({ type: 'stop', link, direction, stream }),
      close: () => this.#post({ type: 'close', link }),
    }
    return { bulk, closed }
  }

  terminate(): void {
    this.#worker.terminate()
    for (const link of this.#links.keys()) this.#take({ type: 'closed', link })
  }

  #post(command: BulkCommand, transfer: Transferable[] = []): void {
    this.#worker.postMessage(command, transfer)
  }

  #take(event: BulkEvent): void {
    const link = this.#links.get(event.link)
    if (link === undefined) return
    switch (event.type) {
      case 'sent': {
        const key = `${event.direction}${event.stream}`
        link.sent.get(key)?.()
        link.sent.delete(key)
        return
      }
      case 'body':
        return link.listener?.body(event.direction, event.stream, event.body)
      case 'moved':
        return link.listener?.moved(event.sentBytes, event.receivedBytes)
      case 'violated':
        return link.listener?.violated(event.detail)
      case 'closed':
        this.#links.delete(event.link)
        for (const done of link.sent.values()) done()
        {
          link.closed()
          return
        }
    }
  }
}

/** The worker's side: does what it is told, and tells what happened. */
export function serveBulk(post: (event: BulkEvent, transfer: Transferable[]) => void): (command: BulkCommand) => void {
  const links = new Map<number, Bulk>()
  return (command) => {
    const { link } = command
    if (command.type === 'attach') {
      const pipe = channelPipe(command.channel)
      links.set(link, bulkOver(pipe))
      void pipe.closed.then(() => {
        links.delete(link)
        post({ type: 'closed', link }, [])
      })
      return
    }
    const bulk = links.get(link)
    switch (command.type) {
      case 'start':
        return bulk?.start({
          body: (direction, stream, body) => {
            post({ type: 'body', link, direction, stream, body }, body === undefined ? [] : [body.buffer])
          },
          moved: (sentBytes, receivedBytes) => post({ type: 'moved', link, sentBytes, receivedBytes }, []),
          violated: (detail) => post({ type: 'violated', link, detail }, []),
        })
      case 'send': {
        const { direction, stream, body } = command
        void bulk?.send(direction, stream, body).then(() => post({ type: 'sent', link, direction, stream }, []))
        return
      }
      case 'stop':
        return bulk?.stop(command.direction, command.stream)
      case 'close':
        return bulk?.close()
    }
  }
}
