/** The coordinator and the transport, with what happens to them noted in the log. */
import type { Coordinator } from '../coordinator/coordinator.ts'
import { codeOf } from '../core/errors.ts'
import type { Transport } from '../transport/transport.ts'
import { eventLog } from './event-log.ts'

const live = {
  'online': 'live-open',
  'offline': 'live-lost',
  'replaced': 'live-replaced',
  'epoch-began': 'live-epoch-began',
  'revoked': 'live-revoked',
} as const

export function loggedCoordinator(coordinator: Coordinator): Coordinator {
  const logged = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (thrown) {
      const code = codeOf(thrown)
      if (code !== 'aborted') eventLog.note('coordinator-failed', { code })
      throw thrown
    }
  }
  return {
    ...coordinator,
    info: () => logged(coordinator.info()),
    ticket: (visitor) => logged(coordinator.ticket(visitor)),
    group: () => logged(coordinator.group()),
    goOnline: (onEvent) =>
      coordinator.goOnline((event) => {
        if (event.type in live) eventLog.note(live[event.type as keyof typeof live])
        onEvent(event)
      }),
  }
}

export function loggedTransport(transport: Transport): Transport {
  const known = new WeakSet()
  return {
    get counted() {
      return transport.counted
    },
    get openLinks() {
      return transport.openLinks
    },
    ready: () => transport.ready(),
    serve: (handler) => transport.serve(handler),
    close: () => transport.close(),
    visit: (work) => transport.visit(work),
    async connect(device, options) {
      try {
        const link = await transport.connect(device, options)
        // The same link is handed out many times.
        if (!known.has(link)) {
          known.add(link)
          eventLog.note('link-opened', { device })
          void link.closed.then(() => eventLog.note('link-closed', { device }))
        }
        return link
      } catch (thrown) {
        const code = codeOf(thrown)
        if (code !== 'aborted') eventLog.note('link-failed', { code, device })
        throw thrown
      }
    },
  }
}
