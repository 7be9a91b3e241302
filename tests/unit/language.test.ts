import { expect, test } from 'vitest'
import { language } from '../../src/app/language.svelte.ts'

test('the language that was asked for last is spoken, though one asked for before comes later', async () => {
  await language.speak('en')
  const loading = language.speak('fr')
  await language.speak('en')
  await loading
  expect(language.tag).toBe('en')
  expect(language.text('app.screen.backup', {})).toBe('Backup')
  await language.speak('fr')
  expect(language.tag).toBe('fr')
})
