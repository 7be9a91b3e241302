/** M35: the whole way of a backup, there and back, and a keeper's settings, for somebody who has a keyboard and maybe a screen reader. */
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { randomFolder } from './corpus.ts'
import { expect, test } from './tab.ts'

/** More than any screen has stops. */
const MOST_STOPS = 60

test('a keyboard is enough to back up, write the words down, restore and keep, and the focus is never lost', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 10, 500_000)
  const tab = await profiles.fresh()
  const { page } = tab
  await page.evaluate(() => navigator.serviceWorker.ready)
  const told = await tab.listen()
  const keys = new Keyboard(page)

  // Past the list of screens.
  const skip = page.getByRole('link', { name: 'Skip to the content' })
  await keys.press(skip, 'Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await keys.expectSeen()

  const dialog = page.waitForEvent('filechooser')
  await keys.press(page.getByRole('button', { name: 'Choose files instead' }), 'Space')
  await (await dialog).setFiles(source)
  const start = page.getByRole('button', { name: 'Start backup' })
  await keys.after(start)
  await keys.press(start, 'Enter')
  await expect(page.getByRole('heading', { level: 1, name: /words/ })).toBeVisible()
  expect(told.some((line) => /^\d+% kept$/.test(line))).toBe(true)
  expect(told.at(-1)).toBe(await page.getByRole('heading', { level: 1 }).innerText())

  await keys.press(page.getByRole('button', { name: 'Show the words' }), 'Enter')
  const list = page.getByRole('list', { name: 'The 24 words' }).getByRole('listitem')
  await expect(list).toHaveCount(24)
  const words = (await list.allInnerTexts()).map((line) => line.replace(/^\d+\s*/, ''))
  await keys.press(page.getByRole('button', { name: 'I have written them down' }), 'Space')
  const questions = page.getByRole('textbox', { name: /^Word \d+$/ })
  await expect(questions).toHaveCount(3)
  await expect(questions.first()).toBeFocused()
  for (const question of await questions.all()) {
    await keys.reach(question)
    const label = await question.evaluate((input: HTMLInputElement) => input.labels?.[0]?.innerText)
    await page.keyboard.type(words[Number(/\d+/.exec(label ?? '')) - 1] ?? '')
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Three of them' })).toBeHidden()
  await keys.after(page.getByRole('heading', { level: 1, name: /safe/ }))

  // From here on where the list of screens is a bar over the page, which hides nothing that has the focus.
  await page.setViewportSize({ width: 360, height: 740 })
  await keys.press(page.getByRole('link', { name: 'Restore', exact: true }), 'Enter', 'Shift+Tab')
  const show = page.getByRole('button', { name: 'Show my backups' })
  await keys.after(show)
  await keys.press(show, 'Enter')
  const newest = page.getByRole('button', { name: /^Open/ }).first()
  await keys.after(newest)
  await keys.press(newest, 'Enter')
  const zip = page.getByRole('button', { name: 'Download a ZIP' })
  await expect(zip).toBeEnabled()
  const download = page.waitForEvent('download')
  await keys.press(zip, 'Enter')
  await (await download).path()
  await keys.after(page.getByRole('heading', { level: 1, name: 'Everything is back' }))

  await keys.press(page.getByRole('link', { name: 'Keep', exact: true }), 'Enter', 'Shift+Tab')
  await keys.press(page.getByRole('button', { name: 'Keep for others' }), 'Enter')
  await keys.after(page.getByRole('heading', { level: 1, name: 'You are a keeper' }))
  const limit = page.getByRole('slider', { name: 'Space limit' })
  const before = Number(await limit.inputValue())
  await keys.press(limit, 'ArrowLeft')
  await expect(limit).toHaveAttribute('aria-valuetext', `${before - 1} GB`)
  await keys.press(page.getByText('168 hours a week'), 'Enter')
  await keys.reach(page.getByRole('button', { name: 'Monday, 12:00 AM: keeps' }))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await keys.press(page.getByRole('button', { name: 'Tuesday, 1:00 AM: keeps' }), 'Space')
  await expect(page.getByRole('button', { name: 'Tuesday, 1:00 AM: rests' })).toBeFocused()
  const untilISaySo = page.getByRole('button', { name: 'Until I say so' })
  await untilISaySo.evaluate((button) => {
    scrollBy(0, button.getBoundingClientRect().bottom - innerHeight + 4) // behind the bar, and yet in the window
    button.focus()
  })
  await keys.expectSeen()
  await keys.press(untilISaySo, 'Enter')
  const goOn = page.getByRole('button', { name: 'Go on' })
  await keys.after(goOn)

  // Whoever points is where a keyboard would be, but sees no outline for it.
  await goOn.click()
  const pausing = page.getByRole('heading', { name: 'Pause', exact: true })
  await expect(pausing).toBeFocused()
  await expect(pausing).toHaveCSS('outline-style', 'none')

  await page.reload()
  await expect(limit).toHaveValue(String(before - 1))
  await expect(page.getByText('167 hours a week')).toBeVisible()
})

/** A person without a mouse. */
class Keyboard {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Goes from stop to stop up to the control; each one must show that it is there. */
  async reach(control: Locator, step: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await expect(control).toBeEnabled()
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) return
      await this.#page.keyboard.press(step)
      await this.expectSeen()
    }
    throw new Error(`Not reached in ${MOST_STOPS} stops: ${control.toString()}`)
  }

  async press(control: Locator, key: string, step?: 'Tab' | 'Shift+Tab'): Promise<void> {
    await this.reach(control, step)
    await this.#page.keyboard.press(key)
  }

  /** An action has led to this: its person still is somewhere, and sees where. */
  async after(outcome: Locator): Promise<void> {
    await expect(outcome).toBeVisible()
    await expect.poll(() => this.#page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
    await this.expectSeen()
  }

  /** What has the focus is outlined, or, where it is hidden itself, its label; and not all of it lies behind something. */
  async expectSeen(): Promise<void> {
    const focused = await this.#page.evaluate(() => {
      const { activeElement } = document
      if (activeElement === null || activeElement === document.body) {
        return { at: 'nothing', outline: 'none', covered: false }
      }
      const shown = activeElement.matches('label input.hidden') ? activeElement.closest('label') : activeElement
      const { outlineStyle, outlineWidth } = getComputedStyle(shown ?? activeElement)
      const { top, bottom } = (shown ?? activeElement).getBoundingClientRect()
      const bar = document.querySelector('header')
      const isBar = bar !== null && getComputedStyle(bar).position === 'fixed' && !bar.contains(activeElement)
      return {
        at: activeElement.outerHTML.slice(0, 200),
        outline: outlineWidth === '0px' ? 'none' : outlineStyle,
        covered: isBar && top < innerHeight && bottom > bar.getBoundingClientRect().top && top >= 0,
      }
    })
    expect(focused.covered, focused.at).toBe(false)
    expect(focused.outline, focused.at).not.toBe('none')
  }
}
