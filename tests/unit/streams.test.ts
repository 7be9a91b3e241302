/** Which part of a file a request means, and which files can be shown. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { streamKind, streamTypeOf } from '../../src/app/stream-types.ts'
import { askedRange } from '../../workers/byte-range.ts'

const size = fc.integer({ min: 0, max: 2 ** 40 })

test('a single range is what it says, cut off at the end of the file', () => {
  fc.assert(
    fc.property(size, size, size, (sizeBytes, from, length) => {
      const asked = askedRange(`bytes=${from}-${from + length}`, sizeBytes)
      if (from >= sizeBytes) expect(asked).toBe('unsatisfiable')
      else expect(asked).toEqual({ from, to: Math.min(sizeBytes, from + length + 1) })
      expect(askedRange(`bytes=${from}-`, sizeBytes)).toEqual(
        from >= sizeBytes ? 'unsatisfiable' : { from, to: sizeBytes },
      )
    }),
  )
})

test('a range from the end is the end of the file, at most all of it', () => {
  fc.assert(
    fc.property(size, size, (sizeBytes, length) => {
      const asked = askedRange(`bytes=-${length}`, sizeBytes)
      if (length === 0 || sizeBytes === 0) expect(asked).toBe('unsatisfiable')
      else expect(asked).toEqual({ from: Math.max(0, sizeBytes - length), to: sizeBytes })
    }),
  )
})

test('whatever a header says, what it means lies within the file and is not empty', () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[\d ,-]{0,30}$/), fc.constant(null))
  fc.assert(
    fc.property(header, size, (text, sizeBytes) => {
      const asked = askedRange(text, sizeBytes)
      if (typeof asked === 'string') return
      expect(asked.from).toBeGreaterThanOrEqual(0)
      expect(asked.to).toBeGreaterThan(asked.from)
      expect(asked.to).toBeLessThanOrEqual(sizeBytes)
    }),
    { numRuns: 1000 },
  )
})

test.each([
  null,
  '',
  'bytes',
  'bytes=',
  'bytes=-',
  'bytes=5-4',
  'bytes=0-1,3-4',
  'bytes=a-b',
  'bytes=1.5-2',
  'bytes=--5',
  'bytes=0x1-0x2',
  'items=0-1',
  'bytes=1-2\nbytes=3-4',
])('%j means the whole file', (header) => {
  expect(askedRange(header, 100)).toBe('whole')
})

test.each([
  ['bytes=0-0', { from: 0, to: 1 }],
  ['Bytes= 99-99 ', { from: 99, to: 100 }],
  [`bytes=7-${'9'.repeat(40)}`, { from: 7, to: 100 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
])('%j of a hundred bytes is %j', (header, asked) => {
  expect(askedRange(header, 100)).toEqual(asked)
})

test.each([
  ['Holiday.JPG', 'image/jpeg', 'image'],
  ['a.b.Mp4', 'video/mp4', 'video'],
  ['song.opus', 'audio/ogg', 'audio'],
  ['scan.pdf', 'application/pdf', 'pdf'],
  ['logo.svg', 'image/svg+xml', 'image'],
])('%s is %s', (name, type, kind) => {
  const found = streamTypeOf(name)
  expect(found).toBe(type)
  expect(found && streamKind(found)).toBe(kind)
})

test.each([
  'page.html',
  'app.js',
  'style.css',
  'data.xml',
  'mp4',
  '.mp4',
  'folder.mp4/x',
  'film.mp4.',
  'constructor',
  '',
])('%j is not shown', (name) => {
  expect(streamTypeOf(name)).toBeUndefined()
})
