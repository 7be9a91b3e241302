import { expect, test } from 'vitest'
import { createMemoryNetwork, type MemoryNetworkOptions } from '../../src/transport/memory.ts'
import { codeOf } from '../../src/core/errors.ts'
import { newIdentity, random } from './identity.ts'
import { transportContract, type Pair } from './transport.ts'

const makePair = async (options: Omit<MemoryNetworkOptions, 'random'> = {}): Promise<Pair> => {
  const network = createMemoryNetwork({ random, ...options })
  const [idA, idB] = await Promise.all([newIdentity(), newIdentity()])
  const [a, b] = [network.join(idA), network.join(idB)]
  return {
    a,
    b,
    idA,
    idB,
    breakLink() {
      network.partition(idA.device, idB.device)
      network.heal()
    },
    close: async () => {
      await Promise.all([a.close(), b.close()])
    },
  }
}

transportContract('memory', () => makePair())
transportContract('memory, each message 5 ms on its way', () => makePair({ delayMs: 5 }))

test('a partition parts two devices until it heals', async () => {
  const network = createMemoryNetwork({ random })
  const [idA, idB] = await Promise.all([newIdentity(), newIdentity()])
  const [a, b] = [network.join(idA), network.join(idB)]
  const link = await a.connect(idB.device)
  network.partition(idA.device, idB.device)
  await link.closed
  expect(await a.connect(idB.device).catch(codeOf)).toBe('peer-unreachable')
  network.heal()
  expect((await b.connect(idA.device)).remote.device).toBe(idA.device)
  await Promise.all([a.close(), b.close()])
})

test('a network that loses messages breaks links, and asking again gets through', async () => {
  const { a, b, idB, close } = await makePair({ breakChance: 0.02 })
  b.serve(() => Promise.resolve({ head: { type: 'done' } }))
  let answers = 0
  let broken = 0
  while (answers < 100) {
    try {
      const link = await a.connect(idB.device)
      await link.call({ head: { type: 'heads' } })
      answers++
    } catch (thrown) {
      expect(codeOf(thrown)).toMatch(/^(connection-lost|peer-unreachable)$/)
      broken++
    }
  }
  expect(broken).toBeGreaterThan(0)
  await close()
})
