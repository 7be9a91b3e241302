import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitCodeOf } from '../../headless/exit-code.ts'
import { parseRequest, parseSize } from '../../headless/options.ts'
import { codeOf, KeeptabError } from '../../src/core/errors.ts'

const parse = (line: string, environment: Record<string, string> = {}) =>
  parseRequest(line.split(' ').filter(Boolean), environment)

const defaults = { coordinator: undefined, data: join(homedir(), '.keeptab'), json: false }

function complaint(line: string): string {
  try {
    parse(line)
  } catch (thrown) {
    expect(codeOf(thrown)).toBe('usage')
    return (thrown as Error).message
  }
  throw new Error(`${line} was accepted`)
}

describe('commands', () => {
  test.each([
    ['init', { name: 'init', phraseFile: undefined }],
    ['init --phrase-file words.txt', { name: 'init', phraseFile: 'words.txt' }],
    ['keep --space 2GB', { name: 'keep', spaceBytes: 2_000_000_000, uploadRate: undefined, downloadRate: undefined }],
    [
      'keep --space 2GB --upload 1.5MB --download 500kB/s',
      { name: 'keep', spaceBytes: 2_000_000_000, uploadRate: 1_500_000, downloadRate: 500_000 },
    ],
    ['keep --space 2GB --back 6', { name: 'keep', spaceBytes: 2_000_000_000, awayMs: 6 * 86_400_000 }],
    ['backup a b', { name: 'backup', paths: ['a', 'b'] }],
    ['backup -- --odd', { name: 'backup', paths: ['--odd'] }],
    ['drill', { name: 'drill' }],
    ['ls', { name: 'ls', snapshot: undefined, removed: false }],
    ['ls 0a1b', { name: 'ls', snapshot: '0a1b', removed: false }],
    ['ls --removed', { name: 'ls', snapshot: undefined, removed: true }],
    ['forget 0a 1b', { name: 'forget', snapshots: ['0a', '1b'], undo: false }],
    ['forget --undo 0a', { name: 'forget', snapshots: ['0a'], undo: true }],
    ['protect 0a', { name: 'protect', snapshots: ['0a'], lift: false }],
    ['protect 0a --lift', { name: 'protect', snapshots: ['0a'], lift: true }],
    ['retention', { name: 'retention', rule: undefined }],
    ['retention lean', { name: 'retention', rule: 'lean' }],
    [
      'restore --phrase-file w --to out',
      { name: 'restore', phraseFile: 'w', to: 'out', snapshot: undefined, paths: [], waitMs: 0, replace: false },
    ],
    [
      'restore --phrase-file w --to out --wait 1.5',
      {
        name: 'restore',
        phraseFile: 'w',
        to: 'out',
        snapshot: undefined,
        paths: [],
        waitMs: 5_400_000,
        replace: false,
      },
    ],
    [
      'restore docs/a docs/b --to out --snapshot 0a --phrase-file w --replace',
      {
        name: 'restore',
        phraseFile: 'w',
        to: 'out',
        snapshot: '0a',
        paths: ['docs/a', 'docs/b'],
        waitMs: 0,
        replace: true,
      },
    ],
  ])('%s', (line, command) => {
    expect(parse(line)).toEqual({ ...defaults, ...command })
  })

  test('help and version need no command and win over one that is wrong', () => {
    expect(parse('--help')).toEqual({ name: 'help' })
    expect(parse('restore -h')).toEqual({ name: 'help' })
    expect(parse('--version')).toEqual({ name: 'version' })
    expect(parse('help backup')).toEqual({ name: 'help' })
    expect(parse('version')).toEqual({ name: 'version' })
  })

  test.each([
    ['', 'Name a command'],
    ['bakcup a', '"bakcup"'],
    ['backup', 'Name at least one'],
    ['forget', 'Name at least one snapshot'],
    ['protect --undo 0a', '--undo does not belong to protect'],
    ['ls --removed 0a', 'one argument too many'],
    ['retention forever', 'There is no rule "forever"'],
    ['keep', '--space 2GB is missing'],
    ['keep --space 2GB --download 20kB', 'too slow to keep anything'],
    ['keep --space 2GB --back 8', '--back takes days, at most 7'],
    ['keep --space 2GB --back 0', '--back takes days'],
    ['backup a --back 6', '--back does not belong to backup'],
    ['restore --to out', '--phrase-file FILE is missing'],
    ['restore --phrase-file w', '--to DIR is missing'],
    ['restore --phrase-file w --to out --wait soon', '--wait takes hours'],
    ['restore --phrase-file w --to out --wait 577', '--wait takes hours'],
    ['restore --phrase-file= --to out', '--phrase-file is empty'],
    ['ls one two', '"two"'],
    ['backup a --space 2GB', '--space does not belong to backup'],
    ['ls --nonsense', "Unknown option '--nonsense'"],
    ['keep --space -5GB', 'What follows --space must not begin with "-".'],
    ['ls --data', "'--data <value>' argument missing"],
    ['ls --coordinator ftp://x', 'no address'],
    ['ls --coordinator http://me:secret@x', 'no address'],
    ['ls --coordinator localhost:8787', 'no address'],
  ])('"%s" is answered with what is wrong', (line, words) => {
    expect(complaint(line)).toContain(words)
  })
})

describe('global options', () => {
  test('stand before or after the command', () => {
    const wanted = { name: 'ls', coordinator: 'https://k.example', data: '/d', json: true }
    expect(parse('--coordinator https://k.example/ --data /d --json ls')).toMatchObject(wanted)
    expect(parse('ls --json --data /d --coordinator https://k.example')).toMatchObject(wanted)
  })

  test('are taken from the environment when they are left out', () => {
    const environment = { KEEPTAB_COORDINATOR: 'http://c:1', KEEPTAB_DATA: '/e', XDG_DATA_HOME: '/x' }
    expect(parse('ls', environment)).toMatchObject({ coordinator: 'http://c:1', data: '/e' })
    expect(parse('ls --data /d', environment)).toMatchObject({ data: '/d' })
    expect(parse('ls', { XDG_DATA_HOME: '/x', KEEPTAB_DATA: '' })).toMatchObject({ data: '/x/keeptab' })
  })
})

describe('sizes', () => {
  test.each([
    ['1kB', 1000],
    ['500MB', 500_000_000],
    ['2GB', 2_000_000_000],
    ['1.5 TB', 1_500_000_000_000],
    ['4KiB', 4096],
    ['1MiB', 1_048_576],
    ['0.5gib', 536_870_912],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  test.each(['', '2', 'GB', '0GB', '-1GB', '1e3GB', '2 G B', '99999999TB'])('"%s" is none', (text) => {
    expect(() => parseSize(text)).toThrow(/no size/)
  })
})

test('each failure that a script can act on has an exit code of its own', () => {
  const codes = [
    ['usage', 2],
    ['coordinator-unreachable', 3],
    ['phrase-checksum', 4],
    ['not-enough-keepers', 5],
    ['too-few-shards', 6],
    ['incomplete', 7],
    ['aborted', 130],
    ['store-failed', 1],
  ] as const
  for (const [code, exit] of codes) expect(exitCodeOf(new KeeptabError(code))).toBe(exit)
  expect(exitCodeOf(new Error('anything else'))).toBe(1)
})
