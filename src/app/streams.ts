/** Files that are read at any place before they are restored: under an address of this page, out of whatever holds them. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError, messageOf } from '../core/errors.ts'
import type { ByteCount } from '../core/units.ts'
import type { PartAnswer, PartRequest, StreamFacts, StreamRange } from '../protocol/page-ports.ts'
import { controllingWorker } from './controlling-worker.ts'
import { offerAddress } from './offers.ts'
import { givePart } from './part-port.ts'
import type { StreamType } from './stream-types.ts'

/** Something to be read at any place. */
export interface StreamSource {
  readonly sizeBytes: ByteCount
  /** From one offset up to another, both within the size. Ended early by `return` when nobody wants the rest. */
  bytes(from: ByteCount, to: ByteCount): AsyncIterable<Bytes>
}

export interface OfferedStream {
  /** `/stream/<uuid>`: for `src` of an image, a sound or a film, for `fetch`, and for a tab of its own. */
  readonly url: string
  /** What reading threw at last; the browser itself knows only that the network failed. */
  readonly failure: unknown
  /** Nothing is read from then on, and the address leads nowhere. */
  close(): void
}

interface Offer {
  readonly source: StreamSource
  readonly contentType: StreamType
  /** Under way, also while the browser has enough for now. */
  readonly reads: Set<AsyncIterator<Bytes>>
  failure?: unknown
  isOpen: boolean
}

/**
 * Offers a file under an address of this page that answers range requests, as long as it is not closed. What reading
 * throws breaks the answer off; whoever shows the file sees an error of the network.
 * @throws KeeptabError `streams-unavailable` when no service worker stands between this page and the network
 */
export async function offerStream(source: StreamSource, contentType: StreamType): Promise<OfferedStream> {
  if ((await controllingWorker()) === undefined) throw new KeeptabError('streams-unavailable')
  const url = `/stream/${crypto.randomUUID()}`
  const offer: Offer = { source, contentType, reads: new Set(), isOpen: true }
  const withdraw = offerAddress(url, (port) => answer(offer, port))
  return {
    url,
    get failure() {
      return offer.failure
    },
    close() {
      offer.isOpen = false
      withdraw()
      for (const read of offer.reads) endRead(read)
    },
  }
}

/** One request, from the question who has the file to its last byte. */
function answer(offer: Offer, port: MessagePort): void {
  const { source, contentType, reads } = offer
  let read: AsyncIterator<Bytes> | undefined
  const end = (): void => {
    port.close()
    if (read === undefined) return
    reads.delete(read)
    endRead(read)
  }
  const next = () => {
    if (read === undefined || !offer.isOpen) throw new KeeptabError('aborted')
    return read.next()
  }
  const give = async (): Promise<void> => {
    try {
      if (await givePart(port, async () => next())) end()
    } catch (thrown) {
      offer.failure = thrown
      port.postMessage({ failed: messageOf(thrown) } satisfies PartAnswer)
      end()
    }
  }
  port.onmessage = ({ data }: MessageEvent<StreamRange | PartRequest>) => {
    if (data === 'more') void give()
    else if (data === 'cancelled') end()
    else reads.add((read = source.bytes(data.from, data.to)[Symbol.asyncIterator]()))
  }
  port.postMessage({ sizeBytes: source.sizeBytes, contentType } satisfies StreamFacts)
}

/** What ending a read throws nobody needs to know: nobody wants its bytes. */
const endRead = (read: AsyncIterator<Bytes>): void => void read.return?.().catch(() => undefined)
