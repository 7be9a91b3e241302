import { expect, test } from 'vitest'
import { KeeptabError, fromPlain, toPlain } from '../../src/core/errors.ts'

test('an error that is copied between threads keeps code, message, data and where it came from', () => {
  const thrown = new KeeptabError('too-few-shards', 'Three are asleep.', { k: 16, present: 13 })
  const caught = fromPlain(structuredClone(toPlain(thrown)))
  expect(caught).toBeInstanceOf(KeeptabError)
  expect(caught).toMatchObject({ code: thrown.code, message: thrown.message, data: thrown.data, cause: thrown.stack })
})

test('what is not an error of Keeptab becomes one', () => {
  const stopped = new DOMException('The user went away.', 'AbortError')
  expect(fromPlain(toPlain(stopped)).code).toBe('aborted')
  const mistake = fromPlain(toPlain(new TypeError('x is not a function')))
  expect(mistake.code).toBe('internal')
  expect(mistake.message).toContain('x is not a function')
  expect(fromPlain(toPlain('a string')).code).toBe('internal')
})
