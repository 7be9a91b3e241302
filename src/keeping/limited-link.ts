/** A link whose outgoing bodies keep to a rate and are counted: a decorator, for a keeper that sends. */
import type { ByteCount } from '../core/units.ts'
import type { Link } from '../transport/transport.ts'
import type { Rate } from './rate.ts'

export const limitedLink = (link: Link, rate: Rate, onSent: (bytes: ByteCount) => void): Link => ({
  remote: link.remote,
  closed: link.closed,
  close: () => link.close(),
  async call(request, options) {
    const bytes = request.body?.length ?? 0
    if (bytes > 0) await rate.take(bytes, link.remote.device, options?.signal)
    const answer = await link.call(request, options)
    if (bytes > 0) onSent(bytes)
    return answer
  },
})
