/** S4 in the browser, and the short form of what `npm run soak` does with a gigabyte and twenty kills. */
import { chance } from './chance.ts'
import { expect, test } from './tab.ts'
import { killTabs } from './tab-kills.ts'

test('a tab killed ten times in a backup and once in a restore goes on each time, and sends at most 110 % in all', async ({
  network,
  profiles,
  launchOptions,
}) => {
  const size = { kills: 10, files: 40, bytesEach: 1_000_000 }
  const sent = await killTabs(network, profiles, launchOptions, chance('ten kills of a tab'), size)
  expect(sent.killedBytes).toBeLessThanOrEqual(1.1 * sent.undisturbedBytes)
})
