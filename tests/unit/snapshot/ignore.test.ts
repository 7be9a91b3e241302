import { describe, expect, test } from 'vitest'
import { DEFAULT_RULES, IgnoreRules } from '../../../src/snapshot/ignore.ts'

/** What a scan would find: every directory on the way is asked first, and an ignored one is never entered. */
function ignored(files: Record<string, string>, path: string): boolean {
  let rules = IgnoreRules.root('')
  const isDirectory = path.endsWith('/')
  const parts = (isDirectory ? path.slice(0, -1) : path).split('/')
  for (let depth = 0; depth < parts.length; depth++) {
    const file = files[parts.slice(0, depth).join('/')]
    if (file !== undefined) rules = rules.within(parts.slice(0, depth).join('/'), file)
    const last = depth === parts.length - 1
    if (rules.ignores(parts.slice(0, depth + 1).join('/'), !last || isDirectory).ignored) return true
  }
  return false
}

/** rules of the root, path, whether git ignores it */
const cases: readonly (readonly [string, string, boolean])[] = [
  ['a.txt', 'a.txt', true],
  ['a.txt', 'deep/er/a.txt', true],
  ['a.txt', 'ba.txt', false],
  ['A.txt', 'a.txt', false],
  ['*.log', 'x/y.log', true],
  ['*.log', '.log', true],
  ['*.log', 'log', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['[ab].o', 'b.o', true],
  ['[!ab].o', 'b.o', false],
  ['[a-c]x', 'bx', true],
  ['build/', 'build/', true],
  ['build/', 'build', false],
  ['build/', 'src/build/x.o', true],
  ['/build', 'build', true],
  ['/build', 'src/build', false],
  ['src/gen', 'src/gen', true],
  ['src/gen', 'x/src/gen', false],
  ['**/gen', 'a/b/gen', true],
  ['src/**', 'src/a/b', true],
  ['src/**/x', 'src/x', true],
  ['src/**/x', 'src/a/b/x', true],
  ['src/*', 'src/a', true],
  ['src/*.c', 'src/a/b.c', false],
  ['*.log\n!keep.log', 'keep.log', false],
  ['!keep.log\n*.log', 'keep.log', true],
  ['logs/\n!logs/keep.log', 'logs/keep.log', true],
  ['logs/*\n!logs/keep.log', 'logs/keep.log', false],
  ['foo/**\n!foo/keep', 'foo/keep', false],
  ['# comment', '# comment', false],
  ['\\#x', '#x', true],
  ['\\!x', '!x', true],
  ['a.txt   ', 'a.txt', true],
  ['a\\ ', 'a ', true],
  ['x\r\ny\r\n', 'y', true],
  ['\uFEFFx', 'x', true],
  ['   ', 'x', false],
  ['foo\\*', 'foo*', true],
  ['foo\\*', 'food', false],
  ['日本/*.txt', '日本/語.txt', true],
]

test.each(cases)('the rules %j meet %j: %j', (rules, path, expected) => {
  expect(ignored({ '': rules }, path)).toBe(expected)
})

describe('nested files', () => {
  test('a rule holds below its own directory only', () => {
    const files = { a: '*.o\n/top\nsub/x' }
    expect(ignored(files, 'a/b/c.o')).toBe(true)
    expect(ignored(files, 'c.o')).toBe(false)
    expect(ignored(files, 'a/top')).toBe(true)
    expect(ignored(files, 'a/b/top')).toBe(false)
    expect(ignored(files, 'a/sub/x')).toBe(true)
    expect(ignored(files, 'a/b/sub/x')).toBe(false)
  })

  test('a deeper file brings back what a higher one left out, and other rules still hold inside', () => {
    const files = { '': 'build/\n*.o', 'x': '!build/' }
    expect(ignored(files, 'x/build/')).toBe(false)
    expect(ignored(files, 'x/build/a.c')).toBe(false)
    expect(ignored(files, 'x/build/a.o')).toBe(true)
    expect(ignored(files, 'y/build/')).toBe(true)
  })

  test('signs of the grammar in the name of a directory mean themselves', () => {
    expect(ignored({ 'a[b]*': '*.o' }, 'a[b]*/x.o')).toBe(true)
    expect(ignored({ 'a[b]*': '*.o' }, 'ab/x.o')).toBe(false)
    expect(ignored({ '!x #': '\\#y' }, '!x #/#y')).toBe(true)
  })

  test('the verdict names the rule and its file', () => {
    const rules = IgnoreRules.root().within('docs', '*.pdf')
    expect(rules.ignores('docs/a.pdf', false)).toEqual({ ignored: true, rule: 'docs/.keeptabignore: *.pdf' })
    expect(rules.ignores('.DS_Store', false)).toEqual({ ignored: true, rule: '.DS_Store' })
    expect(rules.ignores('a.pdf', false)).toEqual({ ignored: false })
  })
})

test('defaults leave out what systems make again, and nothing a person made', () => {
  const rules = IgnoreRules.root()
  for (const path of ['.DS_Store', 'a/Thumbs.db', 'pagefile.sys']) expect(rules.ignores(path, false).ignored).toBe(true)
  for (const path of ['.Trash', '.Trash-1000', '$RECYCLE.BIN', 'System Volume Information']) {
    expect(rules.ignores(path, true).ignored).toBe(true)
    expect(rules.ignores(path, false).ignored).toBe(false)
  }
  for (const path of ['node_modules', '.cache', '.git', 'tmp', '.Trash-notes']) {
    expect(rules.ignores(path, true).ignored).toBe(false)
  }
  for (const path of ['desktop.ini', 'x.tmp', '._photo.jpg', 'app.log', '.keeptabignore']) {
    expect(rules.ignores(path, false).ignored).toBe(false)
  }
  expect(DEFAULT_RULES.every(({ why }) => why !== '')).toBe(true)
})

test('a default can be brought back', () => {
  expect(IgnoreRules.root().within('', '!.DS_Store').ignores('a/.DS_Store', false).ignored).toBe(false)
})

test('verdicts do not depend on how many came before', () => {
  const rules = IgnoreRules.root('*.o')
  for (let i = 0; i < 10_000; i++) expect(rules.ignores(`d/${i}.o`, false).ignored).toBe(true)
})
