/**
 * Every screen in every state: no rule of WCAG 2.2 AA that a machine can check is broken, in light and dark, and no text is
 * cut: narrow in every language, narrow and wide in one whose words are two fifths longer; and all of it comes out of the
 * catalog.
 * `npm run screens` walks the same way with a camera.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { Network } from './network.ts'
import { plainWords, PSEUDO, pseudoPage, speakSpanish } from './pseudo.ts'
import { cutTexts, wordsShown } from './shown-text.ts'
import { expect, Profiles, test, type Tab } from './tab.ts'
import { tour } from './tour/tour.ts'

const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 360, height: 740 }
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The rules that look at colours: the others find the same in the dark. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']
const pictures = process.env['KEEPTAB_SCREENS']

test('every screen in every state is for everyone, wide and narrow, light and dark, in longer words than ours', async ({
  browser,
}, info) => {
  test.setTimeout(15 * 60_000)
  if (pictures !== undefined) await mkdir(pictures, { recursive: true })
  const page = info.outputPath('page')
  await pseudoPage(page)
  const network = await Network.start(0, ['--one-machine', '--page', page])
  const profiles = new Profiles(browser, network.url)
  try {
    await tour({ network, profiles, served: page, visit: look })
    expect(profiles.complaints).toEqual([])
  } finally {
    await profiles.closeAll()
    await network.stop()
  }
})

async function look(state: string, tab: Tab): Promise<void> {
  const { page } = tab
  await expect(page.locator('h1')).toBeVisible() // a screen is fetched when it is first opened
  // Colours that are on their way to others are neither of the two.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const axe = new AxeBuilder({ page })
    const { violations } = await (colorScheme === 'light' ? axe.withTags(RULES) : axe.withRules(COLOUR_RULES)).analyze()
    const found = violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map(({ html }) => html) }))
    expect.soft(found, `${state}, ${colorScheme}`).toEqual([])
    await picture(tab, `${state}-${colorScheme === 'dark' ? 'dark' : 'wide'}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await speak(tab, PSEUDO)
  const words = plainWords(await page.evaluate(wordsShown))
  expect.soft(words, `${state}, not out of the catalog`).toEqual([])
  expect.soft(await page.evaluate(cutTexts), `${state}, wide, long words`).toEqual([])
  await picture(tab, `${state}-long-wide`)
  await page.setViewportSize(NARROW)
  for (const tag of [PSEUDO, 'de', 'fr', 'ar', 'en']) {
    await speak(tab, tag)
    expect.soft(await page.evaluate(cutTexts), `${state}, narrow, ${tag}`).toEqual([])
    if (tag === PSEUDO) await picture(tab, `${state}-long`)
    if (tag === 'en' || tag === 'ar') await picture(tab, `${state}-narrow${tag === 'ar' ? '-rtl' : ''}`)
    if (tag === 'fr') {
      await speakSpanish(page, true)
      await speak(tab, PSEUDO)
      expect.soft(await page.evaluate(cutTexts), `${state}, narrow, es`).toEqual([])
      await speakSpanish(page, false)
    }
  }
  await page.setViewportSize(WIDE)
}

/** As if it had been chosen in another tab. */
async function speak({ page }: Tab, tag: string): Promise<void> {
  await page.evaluate((tag) => {
    localStorage.setItem('keeptab/language', tag)
    dispatchEvent(new StorageEvent('storage', { key: 'keeptab/language' }))
  }, tag)
  await expect(page.locator('html')).toHaveAttribute('lang', tag)
}

/** All of it, in a window as high: what stands at the bottom of a window stands at the bottom of the picture. */
async function picture({ page }: Tab, name: string): Promise<void> {
  if (pictures === undefined) return
  const before = page.viewportSize() ?? WIDE
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ ...before, height: Math.max(height, before.height) })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  await page.setViewportSize(before)
}
