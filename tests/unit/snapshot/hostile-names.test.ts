import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8, type Bytes } from '../../../src/core/bytes.ts'
import { originalName, refusedName, safeName, type NamePolicy } from '../../../src/snapshot/hostile-names.ts'

const policies: readonly NamePolicy[] = [
  { kind: 'posix', foldsCase: false },
  { kind: 'posix', foldsCase: true },
  { kind: 'folder-api' },
  { kind: 'zip' },
]
const [posix, macos, folder, zip] = policies as [NamePolicy, NamePolicy, NamePolicy, NamePolicy]

const bytesOf = (name: string | readonly number[]): Bytes =>
  typeof name === 'string' ? utf8(name) : Uint8Array.from(name)

const devices = ['CON', 'PRN', 'AUX', 'NUL', 'CLOCK$', 'CONIN$', 'CONOUT$', 'COM¹', 'LPT³']
  .concat(Array.from({ length: 10 }, (_, i) => `COM${i}`))
  .concat(Array.from({ length: 10 }, (_, i) => `LPT${i}`))
const spellings = (name: string) => [name, name.toLowerCase(), `${name}.txt`, `${name} .tar.gz`, `${name}.`]

/** More than 200 names that some system takes for a path, a device, a command, another name, or cannot hold. */
const corpus: readonly (string | readonly number[])[] = [
  ...['.', '..', '../x', '../../etc/passwd', '/etc/passwd', '/', '//', 'a/b', 'a/../b', './x', 'x/', '/..', 'a//b'],
  ...[
    '..\\x',
    '..\\..\\windows\\system32',
    '\\',
    '\\\\host\\share',
    'C:\\x',
    'c:x',
    'C:',
    'a\\b',
    'a\\..\\b',
    '\\\\?\\C:\\',
  ],
  ...[
    '\0',
    'a\0',
    '\0a',
    'a\0.txt',
    '..\0',
    'x\n',
    '\nx',
    'a\rb',
    '\t',
    'a\tb',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u0001',
  ],
  ...[
    ' ',
    '  ',
    ' x',
    'x ',
    'x.',
    'x..',
    '...',
    '....',
    '. ',
    '.. ',
    ' .',
    ' ..',
    '.x.',
    'x .',
    'x. ',
    '\u00a0',
    'x\u3000',
  ],
  ...[
    '~',
    '~x',
    'x~',
    '~$doc.docx',
    '-rf',
    '--',
    '-',
    '*',
    '?',
    'a*b',
    'a?b',
    '<',
    '>',
    '|',
    '"',
    ':',
    'a:b',
    'a:$DATA',
  ],
  ...[
    'desktop.ini',
    'DESKTOP.INI',
    'thumbs.db',
    'a.lnk',
    'a.LNK',
    'a.url',
    'a.scf',
    '.lnk',
    '.url',
    'a.lnk.',
    'autorun.inf',
  ],
  ...[
    'a.{20D04FE0-3AEA-1069-A2D8-08002B30309D}',
    'a.{x.y}',
    '.{}',
    '%',
    '%%',
    '%2F',
    '%2e%2e',
    '%=',
    '%=x',
    '%=%2F',
    '%#',
  ],
  ...[
    '%#00000000000000000000000000000000',
    '%=%',
    '%=%zz',
    '%c0%af',
    '..%2f',
    '$(reboot)',
    '`reboot`',
    ';reboot',
    '&',
    '$HOME',
  ],
  ...[
    '\u202Egnp.exe',
    '\u200B',
    'a\u200Bb',
    '\uFEFF',
    '\uFEFFx',
    '\u2066x',
    '\uFDD0',
    '\uFFFE',
    '\u{1FFFF}',
    '\uD7FF',
    '\u2028',
  ],
  ...[
    'e\u0301',
    '\u00e9',
    'K',
    '\u212A',
    'ß',
    'SS',
    'İ',
    'i',
    'ı',
    'ﬁ',
    'fi',
    'Σ',
    'ς',
    '가',
    '\u1100\u1161',
    '👩‍👩‍👧',
    'क्‍ष',
  ],
  ...[
    '／',
    '．．',
    '∕etc',
    '․․',
    '＼',
    '：',
    'a\u0338',
    '\u0338',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
  ...[
    'x'.repeat(255),
    'x'.repeat(256),
    'x'.repeat(4096),
    'é'.repeat(127),
    'é'.repeat(128),
    ':'.repeat(85),
    ':'.repeat(255),
    '/'.repeat(64),
  ],
  ...[
    '.git',
    '.ssh',
    '.bashrc',
    '.keeptabignore',
    'LPT',
    'COM',
    'COM10',
    'console',
    'null',
    'aux_',
    'nullify.txt',
    'a.con',
  ],
  ...[
    [0xff],
    [0xc0, 0xaf],
    [0x2e, 0xff],
    [0xed, 0xa0, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0x61, 0xe9],
    [0x80, 0x2e, 0x2e],
  ],
  ...[
    [0xc0, 0xae, 0xc0, 0xae],
    [0xe0, 0x80, 0xaf],
    [0xff, 0x2f],
    [0xfe, 0x00],
    [0x2f, 0xff, 0x25],
    [0x5c, 0xff],
  ],
  ...devices.flatMap(spellings),
]

const name = fc.oneof(
  fc.constantFrom(...corpus).map(bytesOf),
  fc.string({ unit: fc.constantFrom(...Array.from('abAB%=#./\\ ~:é\0')) }).map(bytesOf),
  fc.string({ unit: 'grapheme', maxLength: 100 }).map(bytesOf),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
)
const policy = fc.constantFrom(...policies)
const write = (bytes: Bytes, rules: NamePolicy) => safeName(bytes, rules, new Set())
const text = (bytes: Bytes): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const fold = (value: string): string => value.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')

test('the corpus has at least 200 different names', () => {
  expect(new Set(corpus.map(String)).size).toBeGreaterThanOrEqual(200)
})

describe('laws for every name', () => {
  test('what is written stays in its directory and fits', () => {
    fc.assert(
      fc.property(name, policy, (bytes, rules) => {
        const { bytes: written } = write(bytes, rules)
        expect(written.length).toBeGreaterThan(0)
        expect(written.length).toBeLessThanOrEqual(255)
        expect(written.includes(0) || written.includes(0x2f)).toBe(false)
        expect(['.', '..']).not.toContain(text(written))
        if (rules.kind === 'zip') expect(text(written).split('\\')).not.toContain('..')
      }),
      { numRuns: 3000 },
    )
  })

  test('what is written leads back to the name, or was cut', () => {
    fc.assert(
      fc.property(name, policy, (bytes, rules) => {
        const { bytes: written, escaped } = write(bytes, rules)
        const back = originalName(written)
        if (back === undefined) expect(bytes.length).toBeGreaterThan(84)
        else expect([...back]).toEqual([...bytes])
        expect(escaped).toBe(text(written) !== text(bytes) || written.length !== bytes.length)
      }),
      { numRuns: 3000 },
    )
  })

  test('no two names of a directory are written under names that the target takes for one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: String, maxLength: 40 }), policy, (names, rules) => {
        const taken = new Set<string>()
        const folds = rules.kind === 'folder-api' || (rules.kind === 'posix' && rules.foldsCase)
        const keys = names.map((bytes) => {
          const safe = safeName(bytes, rules, taken)
          return folds ? fold(safe.text) : safe.bytes.join()
        })
        expect(new Set(keys).size).toBe(keys.length)
      }),
      { numRuns: 1000 },
    )
  })

  test('a page writes nothing that its folder API refuses', () => {
    fc.assert(
      fc.property(name, (bytes) => {
        for (const { bytes: written } of [write(bytes, folder), refusedName(bytes, new Set())]) {
          const shown = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(written)
          expect(shown).not.toMatch(/["*/:<>?\\|]|\p{Cc}|^[\s~]|[\s.~]$|\.(lnk|url|scf)$/iu)
          expect(shown).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)|^desktop\.ini$/i)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

test.each(corpus.map((entry) => [entry]))('the hostile name %j is held by every target', (entry) => {
  const bytes = bytesOf(entry)
  for (const rules of policies) {
    const { bytes: written } = write(bytes, rules)
    const back = originalName(written)
    expect(back === undefined ? bytes.length > 84 : text(back) === text(bytes)).toBe(true)
  }
})

describe('names that are fine come back byte for byte', () => {
  test.each([
    'a',
    'README.md',
    '.gitignore',
    'Übung 1 (Kopie).txt',
    '👩‍👩‍👧.jpg',
    '100%.txt',
    'a=b',
    'nullify.txt',
    'x'.repeat(255),
  ])('%s everywhere', (fine) => {
    for (const rules of policies)
      expect(write(utf8(fine), rules)).toEqual({ bytes: utf8(fine), text: fine, escaped: false })
  })

  test.each(['CON', 'a:b', 'a\\b', 'x.', ' x', 'a.lnk', 'a\nb', '~x', '\u202Ex', '%2F'])(
    '%j on POSIX and in a ZIP',
    (fine) => {
      for (const rules of [posix, zip]) expect(write(utf8(fine), rules).text).toBe(fine)
    },
  )

  test('bytes that are no text, on POSIX and in a ZIP', () => {
    const raw = Uint8Array.of(0xff, 0xfe, 0x61)
    for (const rules of [posix, zip]) expect(write(raw, rules)).toMatchObject({ bytes: raw, escaped: false })
    expect(write(raw, folder)).toMatchObject({ text: '%=%FF%FEa', escaped: true })
  })
})

test.each([
  ['a:b.txt', '%=a%3Ab.txt'],
  ['nul.txt', '%=nul.txt'],
  ['photo.lnk', '%=photo%2Elnk'],
  ['ends.', '%=ends%2E'],
  ['100%:', '%=100%25%3A'],
  ['%=x', '%=%25=x'],
  ['~x', '%=~x'],
])('an escaped name can be read: %s becomes %s', (hostile, written) => {
  expect(write(utf8(hostile), folder).text).toBe(written)
})

test('names that differ in case or composition only are both kept, one of them escaped', () => {
  for (const [first, second] of [
    ['README', 'Readme'],
    ['\u00e9', 'e\u0301'],
    ['straße', 'STRASSE'],
  ] as const) {
    for (const rules of [macos, folder]) {
      const taken = new Set<string>()
      expect(safeName(utf8(first), rules, taken).text).toBe(first)
      expect(safeName(utf8(second), rules, taken).escaped).toBe(true)
    }
    const taken = new Set<string>()
    expect([first, second].map((each) => safeName(utf8(each), posix, taken).text)).toEqual([first, second])
  }
})
