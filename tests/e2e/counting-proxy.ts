/** A TCP proxy that counts what passes, both ways together. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CountingProxy {
  /** Where to reach the server through it. */
  readonly url: string
  /** Bytes that have passed since the start. */
  bytes(): number
  close(): void
}

/** @param port of the HTTP server on this machine that it stands before */
export async function countingProxy(port: number): Promise<CountingProxy> {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', ({ length }: Buffer) => {
        count += length
      })
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    bytes: () => count,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
