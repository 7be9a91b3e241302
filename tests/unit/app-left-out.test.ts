import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leftOutCount, LeftOutGatherer, leftOutText } from '../../src/app/left-out.ts'
import type { Notice } from '../../src/backup/events.ts'

const notice = fc.record<Notice>({
  path: fc.string({ minLength: 1 }),
  what: fc.constantFrom('ignored', 'unreadable', 'last-version', 'changed-while-read'),
  detail: fc.oneof(fc.constantFrom('*.log', 'no right'), fc.string()),
})

test('everything that was left out is counted, and what cannot be read comes first', () => {
  fc.assert(
    fc.property(fc.array(notice, { maxLength: 600 }), (notices) => {
      const gatherer = new LeftOutGatherer()
      for (const each of notices) gatherer.add(each)
      const left = gatherer.gathered()
      expect(leftOutCount(left)).toBe(notices.length)
      for (const what of ['ignored', 'unreadable', 'last-version', 'changed-while-read'] as const) {
        expect(leftOutCount(left, what)).toBe(notices.filter((each) => each.what === what).length)
      }
      const kinds = ['unreadable', 'last-version', 'changed-while-read', 'ignored']
      const order = left.groups.map((group) => kinds.indexOf(group.what))
      expect(order).toEqual(order.toSorted())
      for (const { count, paths } of left.groups) expect(paths.length).toBeLessThanOrEqual(count)
    }),
  )
})

test('a rule that leaves out a hundred thousand files costs no more room than one that leaves out hundreds', () => {
  const gatherer = new LeftOutGatherer()
  for (let i = 0; i < 100_000; i += 1) gatherer.add({ path: `cache/${i}`, what: 'ignored', detail: 'cache/' })
  for (let i = 0; i < 100_000; i += 1) gatherer.add({ path: `${i}`, what: 'unreadable', detail: `reason ${i}` })
  const left = gatherer.gathered()
  expect(leftOutCount(left)).toBe(200_000)
  expect(JSON.stringify(left).length).toBeLessThan(100_000)
})

test('as a text each path has a line of its own, also one with a line break in its name', () => {
  const gatherer = new LeftOutGatherer()
  gatherer.add({ path: 'a\nb', what: 'ignored', detail: '*' })
  for (let i = 0; i < 300; i += 1) gatherer.add({ path: `c${i}`, what: 'unreadable', detail: 'no right' })
  const text = leftOutText(
    gatherer.gathered(),
    ({ what, detail }) => `${what} ${detail}`,
    (count) => `and ${count} more`,
  )
  const lines = text.split('\n')
  expect(lines[0]).toBe('unreadable no right')
  expect(lines).toContain('  and 100 more')
  expect(lines).toContain('  a␊b')
})
