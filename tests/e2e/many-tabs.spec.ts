/** Five tabs of one profile: one works, and when it is killed another takes over at once, without anything done twice. */
import { expect, test, type Tab } from './tab.ts'

test('of five tabs one works; it is killed, and another one keeps; killed and opened again, the last one keeps', async ({
  profiles,
}) => {
  const first = await profiles.fresh('keep')
  await first.keep()
  const others: Tab[] = []
  for (let i = 0; i < 4; i += 1) others.push(await profiles.another(first, 'keep'))
  for (const { heading } of others) await expect(heading).toHaveText('Keeptab is running in another tab')

  const killedAt = performance.now()
  await first.crash()
  await expect.poll(() => working(others)).toHaveLength(1)
  const [heir, ...rest] = await working(others)
  if (heir === undefined) throw new Error('nobody took over')
  await expect(heir.keeping).toHaveText(/You are a keeper/)
  const takeOverMs = Math.round(performance.now() - killedAt)
  expect(rest).toEqual([])
  for (const tab of others.filter((tab) => tab !== heir)) {
    await expect(tab.heading).toHaveText('Keeptab is running in another tab')
    await tab.close()
  }

  // What a browser does when it throws a tab away for memory, and the person comes back to it.
  const context = heir.page.context()
  await heir.crash()
  const back = performance.now()
  const again = await context.newPage()
  await again.goto(`${new URL(heir.page.url()).origin}/#keep`)
  await expect(again.getByTestId('keep-state')).toHaveText(/You are a keeper/)
  const backMs = Math.round(performance.now() - back)
  console.log(JSON.stringify({ target: 'M31', takeOverMs, backMs }))
})

/** The tabs that do not wait for another. */
async function working(tabs: readonly Tab[]): Promise<Tab[]> {
  const waiting = await Promise.all(tabs.map(({ heading }) => heading.innerText()))
  return tabs.filter((_, i) => waiting[i] !== 'Keeptab is running in another tab')
}
