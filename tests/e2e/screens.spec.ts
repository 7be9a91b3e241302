/**
 * Every screen in every state: no rule of WCAG 2.2 AA that a machine can check is broken, wide and light, narrow and
 * right-to-left, narrow and dark; nothing moves for whoever wants nothing to; and no text is cut: narrow in every language,
 * narrow and wide in one whose words are two fifths longer, and magnified with wider spaces; and all of it comes out of the
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
/** What is left of a window of 1280 for somebody who reads it at 400 % (WCAG 1.4.10). */
const MAGNIFIED = { width: 320, height: 640 }
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
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
  await audit(`${state}, wide, light`, tab)
  await picture(tab, `${state}-wide`)
  await page.emulateMedia({ colorScheme: 'dark' })
  expect.soft(await page.evaluate(() => document.getAnimations().length), `${state}, moving`).toBe(0)
  await picture(tab, `${state}-dark`)
  await page.emulateMedia({ colorScheme: 'light' })
  await forcedPicture(tab, `${state}-forced`)
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
    if (tag === 'ar') await audit(`${state}, narrow, right-to-left`, tab)
    if (tag === 'fr') {
      await speakSpanish(page, true)
      await speak(tab, PSEUDO)
      expect.soft(await page.evaluate(cutTexts), `${state}, narrow, es`).toEqual([])
      await speakSpanish(page, false)
    }
  }
  await page.emulateMedia({ colorScheme: 'dark' })
  await audit(`${state}, narrow, dark`, tab)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(MAGNIFIED)
  await page.evaluate(spaceText, true)
  expect.soft(await page.evaluate(cutTexts), `${state}, four times as large, spaced`).toEqual([])
  await picture(tab, `${state}-magnified`)
  await page.evaluate(spaceText, false)
  await page.setViewportSize(WIDE)
}

async function audit(state: string, { page }: Tab): Promise<void> {
  // No page has frames, so nothing has to be put together in a page of its own.
  const axe = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(RULES)
    .setLegacyMode()
  const { violations } = await axe.analyze()
  const found = violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map(({ html }) => html) }))
  expect.soft(found, state).toEqual([])
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

/** In the colours of a person who has chosen a few for everything. */
async function forcedPicture(tab: Tab, name: string): Promise<void> {
  if (pictures === undefined) return
  await tab.page.emulateMedia({ forcedColors: 'active' })
  await picture(tab, name)
  await tab.page.emulateMedia({ forcedColors: 'none' })
}

// ---- what runs in the page

/** Spaces as wide as somebody may need them (WCAG 1.4.12), or again as they were. */
function spaceText(wide: boolean): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`)
  document.adoptedStyleSheets = wide ? [sheet] : []
}
