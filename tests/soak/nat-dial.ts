/** What each party of `nat.ts` can do, in a process of Node as in a tab: reach another one, and say when it rests. */
import { codeOf, type ErrorCode } from '../../src/core/errors.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import type { Millis } from '../../src/core/units.ts'
import type { Transport } from '../../src/transport/transport.ts'

/** Long enough for the end of a link to be heard of, and often enough not to be waited for. */
const LOOK_MS: Millis = 50

export type Dialled =
  { readonly connected: true; readonly ms: Millis } | { readonly connected: false; readonly code: ErrorCode }

/** Anything that comes back shows that bytes went both ways. */
export const answerAll = (transport: Transport): void =>
  transport.serve(() => Promise.resolve({ head: { type: 'heads', heads: [] } }))

export async function dial(transport: Transport, device: string): Promise<Dialled> {
  const from = performance.now()
  try {
    const link = await transport.connect(parseDeviceId(device))
    await link.call({ head: { type: 'heads' } })
    link.close()
    return { connected: true, ms: Math.round(performance.now() - from) }
  } catch (thrown) {
    return { connected: false, code: codeOf(thrown) }
  }
}

/** Resolves as soon as no link is open. */
export async function rest(transport: Transport): Promise<void> {
  while (transport.openLinks > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}
