import { expect, test } from 'vitest'
import { summaryOf } from '../../src/app/summary.ts'
import { troubleOf } from '../../src/app/trouble.ts'
import { KeeptabError } from '../../src/core/errors.ts'

const trouble = troubleOf(new KeeptabError('coordinator-unreachable'))
const desk = {
  backup: { sentence: { id: 'backup.sentence.safe' }, spread: { stored: 24, of: 24 } },
  keep: { sentence: { id: 'keep.sentence.empty' } },
} as const
const work = {
  backup: desk.backup.sentence,
  keep: desk.keep.sentence,
  spread: desk.backup.spread,
}
const page = { desk, stopped: false, trouble: undefined, busy: false }

test('other tabs are told how a tab works, also when one part of it has failed', () => {
  expect(summaryOf({ ...page, busy: true })).toEqual({ trouble: undefined, work, busy: true })
  expect(summaryOf({ ...page, trouble })).toEqual({ trouble, work, busy: false })
})

test('of a tab that works no more they are told why, also while it still shows something', () => {
  const stopped = { trouble, busy: false }
  expect(summaryOf({ ...page, trouble, desk: undefined })).toEqual(stopped)
  expect(summaryOf({ ...page, trouble, stopped: true })).toEqual(stopped)
})

test('of a tab that has not begun they are told nothing', () => {
  expect(summaryOf({ ...page, desk: undefined })).toBeUndefined()
})
