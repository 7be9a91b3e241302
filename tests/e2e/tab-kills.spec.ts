/** S4 in the browser, and the short form of what `npm run soak` does with a gigabyte and twenty kills. */
import { chance } from './chance.ts'
import { expect, test } from './tab.ts'
import { backUpKilled, restoreKilled } from './tab-kills.ts'

test('a tab killed ten times in a backup and once in a restore goes on each time, and sends at most 110 % in all', async ({
  network,
  profiles,
  launchOptions,
}) => {
  const size = { kills: 10, files: 40, bytesEach: 1_000_000 }
  const random = chance('ten kills of a tab')
  const backup = await backUpKilled(network, profiles, launchOptions, random, size)
  expect(backup.killedBytes).toBeLessThanOrEqual(1.1 * backup.undisturbedBytes)
  await restoreKilled(profiles, random, size, backup)
})
