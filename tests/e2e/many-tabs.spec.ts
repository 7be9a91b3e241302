/** The short form of what `npm run soak five-tabs` measures. */
import { takeOver } from './five-tabs.ts'
import { clearSiteData, expect, Tab, test } from './tab.ts'

test('of five tabs one works; it is killed, and another one keeps; killed and opened again, the last one keeps; and when all is cleared, every tab says so', async ({
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
  const { origin } = new URL(heir.page.url())
  await again.goto(`${origin}/#keep`)
  await expect(again.getByTestId('keep-state')).toHaveText(/You are a keeper/)

  // What the one that works has no more, the others do not say either.
  const beside = await Tab.open(context, origin)
  await expect(beside.page.getByText('You are a keeper')).toBeVisible()
  await clearSiteData(again)
  await expect(beside.page.getByText('deleted everything that Keeptab had stored here')).toContainText(
    'Leave that tab open',
  )
  await expect(beside.page.getByText('You are a keeper')).toBeHidden()
  await expect(beside.heading).toHaveText('Keeptab has stopped in its other tab')
})
