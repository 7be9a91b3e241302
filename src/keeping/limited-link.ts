/** A link whose bodies keep to rates and are counted: a decorator, for a keeper that asks others. */
import type { Link } from '../transport/transport.ts'
import type { Moved } from './meter.ts'
import type { Rate } from './rate.ts'

export interface LinkLimits {
  readonly upload: Rate
  /** Absent: it has been waited for. */
  readonly download: Rate | undefined
  readonly onMoved: (moved: Partial<Moved>) => void
}

export const limitedLink = (link: Link, { upload, download, onMoved }: LinkLimits): Link => ({
  remote: link.remote,
  closed: link.closed,
  get receivedBytes() {
    return link.receivedBytes
  },
  close: () => link.close(),
  async call(request, options) {
    const sentBytes = request.body?.length ?? 0
    const wantedBytes = request.head.type === 'read' ? request.head.length : 0
    if (sentBytes > 0) await upload.take(sentBytes, link.remote.device, options?.signal)
    if (wantedBytes > 0) await download?.take(wantedBytes, link.remote.device, options?.signal)
    const answer = await link.call(request, options)
    if (sentBytes > 0) onMoved({ servedBytes: sentBytes })
    if (answer.body !== undefined) onMoved({ receivedBytes: answer.body.length })
    return answer
  },
})
