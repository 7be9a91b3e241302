/**
 * Every screen in every state: no rule of WCAG 2.2 AA that a machine can check is broken, in light and dark, and nothing
 * runs out of a narrow screen. `npm run screens` walks the same way with a camera.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Tab } from './tab.ts'
import { tour } from './tour.ts'

const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 360, height: 740 }
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The rules that look at colours: the others find the same in the dark. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']
const pictures = process.env['KEEPTAB_SCREENS']

test('every screen in every state is for everyone, wide and narrow, light and dark', async ({ network, profiles }) => {
  test.setTimeout(15 * 60_000)
  if (pictures !== undefined) await mkdir(pictures, { recursive: true })
  await tour(network, profiles, async (state, tab) => {
    const { page } = tab
    await expect(page.locator('h1')).toBeVisible() // a screen is fetched when it is first opened
    // Colours that are on their way to others are neither of the two.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const axe = new AxeBuilder({ page })
      const { violations } = await (
        colorScheme === 'light' ? axe.withTags(RULES) : axe.withRules(COLOUR_RULES)
      ).analyze()
      const found = violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map(({ html }) => html) }))
      expect.soft(found, `${state}, ${colorScheme}`).toEqual([])
      await picture(tab, `${state}-${colorScheme === 'dark' ? 'dark' : 'wide'}`)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(NARROW)
    for (const tag of ['en', 'de', 'fr', 'es', 'ar']) {
      await speak(tab, tag)
      expect.soft(await overflow(tab), `${state}, narrow, ${tag}`).toBe(0)
      if (tag === 'en' || tag === 'ar') await picture(tab, `${state}-narrow${tag === 'ar' ? '-rtl' : ''}`)
    }
    await speak(tab, 'en')
    await page.setViewportSize(WIDE)
  })
})

/** How many pixels of the page lie beside the screen. */
const overflow = ({ page }: Tab): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** As if it had been chosen in another tab. */
async function speak({ page }: Tab, tag: string): Promise<void> {
  await page.evaluate((tag) => {
    localStorage.setItem('keeptab/language', tag)
    dispatchEvent(new StorageEvent('storage', { key: 'keeptab/language' }))
  }, tag)
  await expect(page.locator('html')).toHaveAttribute('lang', tag)
}

async function picture({ page }: Tab, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}
