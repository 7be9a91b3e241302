import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameInText, visibleName } from '../../src/app/visible-name.ts'

const shown = (name: string): string =>
  visibleName(name)
    .map(({ text, unseen }) => (unseen ? `[${text}]` : text))
    .join('')

describe('a name is shown as it is', () => {
  test.each([
    'report.pdf',
    'a b  c.txt',
    'Grüße aus Köln.odt',
    'مستند.pdf',
    'می‌خواهم.txt', // with a non-joiner, as Persian has it
    'क्‍ष.txt',
    '文書　一.txt',
    '👨‍👩‍👧 ❤️ 1️⃣.jpg',
    '<img src=x onerror=alert(1)>',
    '{{constructor}} ${x} __proto__',
    'Việt Nam ắ̂.txt',
  ])('%s', (name) => {
    expect(visibleName(name)).toEqual([{ text: name, unseen: false }])
  })
})

describe('what would not be seen is shown as its code', () => {
  test.each([
    ['invoice\u202Efdp.exe', 'invoice[U+202E]fdp.exe'],
    ['a\u200Bb\u200B\u200B\u200Bc', 'a[U+200B]b[U+200B ×3]c'],
    ['pay\u200Dpal', 'pay[U+200D]pal'],
    ['a\uFE0F.txt', 'a[U+FE0F].txt'],
    ['\u001B[31mred', '[U+001B][31mred'],
    ['line\r\nbreak', 'line[U+000D U+000A]break'],
    ['\uFEFFbom', '[U+FEFF]bom'],
    [' ends ', '[U+0020]ends[U+0020]'],
    ['nbsp\u00A0', 'nbsp[U+00A0]'],
    ['\u3164', '[U+3164]'],
    ['\u2800', '[U+2800]'],
    ['\uD800', '[U+D800]'],
    ['\u{E0041}', '[U+E0041]'],
    ['soft\u00ADhyphen', 'soft[U+00AD]hyphen'],
    [`Z${'\u0301'.repeat(60)}algo`, `Z${'\u0301'.repeat(4)}[U+0301 ×56]algo`],
  ])('%j', (name, expected) => {
    expect(shown(name)).toBe(expected)
  })
})

const risky = fc.constantFrom(
  'a',
  'é',
  'ב',
  ' ',
  '/',
  '.',
  '\u202E',
  '\u2066',
  '\u200D',
  '\u200B',
  '\uFE0F',
  '\u0301',
  '👩',
  '\u0000',
)

test('no name turns the text around it, and two names that differ are shown differently', () => {
  const turning = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/
  const names = fc.oneof(fc.string({ unit: risky }), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(names, names, (a, b) => {
      expect(shown(a)).not.toMatch(turning)
      expect(nameInText(a).slice(1, -1)).not.toMatch(turning)
      if (a !== b) expect(visibleName(a)).not.toEqual(visibleName(b))
    }),
    { numRuns: 500 },
  )
})
