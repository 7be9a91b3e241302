/** The short form of what `npm run soak five-tabs` measures. */
import { takeOver } from './five-tabs.ts'
import { expect, test, type Tab } from './tab.ts'

test('of five tabs one works; it is killed, and another one keeps; killed and opened again, the last one keeps', async ({
  profiles,
}) => {
  let first: Tab | undefined
  const { heir } = await takeOver(async () => {
    if (first !== undefined) return profiles.another(first, 'keep')
    return (first = await profiles.fresh('keep'))
  })
  const context = heir.page.context()
  await heir.crash()
  const again = await context.newPage()
  await again.goto(`${new URL(heir.page.url()).origin}/#keep`)
  await expect(again.getByTestId('keep-state')).toHaveText(/You are a keeper/)
})
