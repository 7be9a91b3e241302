import { describe, expect, test } from 'vitest'
import { codeOf } from '../../src/core/errors.ts'
import { createMemoryNetwork, type MemoryNetworkOptions } from '../../src/transport/memory.ts'
import { newIdentity, random } from './identity.ts'
import { transportLaws, type Pair } from './transport.ts'

/** Runs a story with two peers on a network of their own. */
async function withPair(options: Omit<MemoryNetworkOptions, 'random'>, story: (pair: Pair) => Promise<void>) {
  const network = createMemoryNetwork({ random, ...options })
  const [idA, idB] = await Promise.all([newIdentity(), newIdentity()])
  const [a, b] = [network.join(idA), network.join(idB)]
  const breakLink = () => {
    network.partition(idA.device, idB.device)
    network.heal()
  }
  try {
    await story({ a, b, idA, idB, breakLink })
  } finally {
    await Promise.all([a.close(), b.close()])
  }
}

describe.each([0, 5])('a transport in memory, each message %i ms on its way', (delayMs) => {
  for (const { title, run } of transportLaws) {
    test(title, () => withPair({ delayMs }, run))
  }
})

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
  let [answers, broken] = [0, 0]
  await withPair({ breakChance: 0.02 }, async ({ a, b, idB }) => {
    b.serve(() => Promise.resolve({ head: { type: 'done' } }))
    // Now and then none of the first hundred breaks.
    for (let calls = 0; calls < 5000 && (answers < 100 || broken === 0); calls += 1) {
      try {
        const link = await a.connect(idB.device)
        await link.call({ head: { type: 'heads' } })
        answers++
      } catch (thrown) {
        expect(codeOf(thrown)).toMatch(/^(connection-lost|peer-unreachable)$/)
        broken++
      }
    }
  })
  expect(answers).toBeGreaterThanOrEqual(100)
  expect(broken).toBeGreaterThan(0)
})
