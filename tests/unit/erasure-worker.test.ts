/** `workers/erasure.worker.ts` in a thread of Node, with a message port for its global scope, behind the page's bridge. */
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import { erasureInWorker } from '../../src/app/worker-bridge.ts'
import { erasureCodecContract } from '../contract/erasure-codec.ts'

const loadWorker = `
  const { port, file } = require('node:worker_threads').workerData
  globalThis.addEventListener = port.addEventListener.bind(port)
  globalThis.postMessage = port.postMessage.bind(port)
  import('tsx/esm/api').then((tsx) => {
    tsx.register()
    return import(file)
  })
`
const { port1, port2 } = new MessageChannel()
const thread = new Worker(loadWorker, {
  eval: true,

  workerData: { port: port2, file: new URL('../../workers/erasure.worker.ts', import.meta.url).href },
  // Node's own type of a port knows nothing of the web's.
  transferList: [port2 as never],
})
// As a browser does when a worker does not load: without it every test would wait for its time limit.
thread.on('error', () => port1.dispatchEvent(new Event('error')))

afterAll(async () => {
  port1.close()
  await thread.terminate()
})

erasureCodecContract('Reed–Solomon in a worker', () => erasureInWorker(port1))

describe('a worker that died', () => {
  test('lets nobody wait, now or later', async () => {
    const dead = new MessageChannel()
    const codec = erasureInWorker(dead.port1)
    const waiting = codec.encode({ k: 1, n: 2 }, new Uint8Array(5))
    dead.port1.dispatchEvent(new Event('error'))
    const internal = expect.objectContaining({ code: 'internal' }) as unknown
    await expect(waiting).rejects.toEqual(internal)
    await expect(codec.decode({ k: 1, n: 2 }, [])).rejects.toEqual(internal)
    dead.port1.close()
  })
})
