/** S10: memory does not grow with the size of a file. */
import { MiB, peaksFor } from './memory.ts'
import { expect, test } from './story.ts'

test('a file of 256 MiB takes at most 64 MiB more memory than one of 32 MiB, in backup and in restore', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const small = await peaksFor(network, 32)
  const large = await peaksFor(network, 256)
  expect.soft(large.backup - small.backup).toBeLessThanOrEqual(64 * MiB)
  expect.soft(large.restore - small.restore).toBeLessThanOrEqual(64 * MiB)
  console.log(JSON.stringify({ small, large }))
})
