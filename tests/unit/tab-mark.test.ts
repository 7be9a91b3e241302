import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Safety } from '../../src/app/sentences.ts'
import { tabMark } from '../../src/app/tab-mark.ts'

test('each state has a glyph of its own in the title, and only safe has the full ring', () => {
  const states: readonly (Safety | undefined)[] = [
    undefined,
    'here-only',
    'spreading',
    'words-needed',
    'at-risk',
    'safe',
  ]
  const marks = states.map(tabMark)
  expect(new Set(marks.map(({ glyph }) => glyph)).size).toBe(states.length)
  for (const { icon } of marks) expect(existsSync(`public${icon}`), icon).toBe(true)
  const full = tabMark('safe')
  expect(marks.filter(({ icon, glyph }) => icon === full.icon || glyph === full.glyph)).toEqual([full])
})
