import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { language, t } from '../../src/app/language.svelte.ts'
import { backupSentence, keepSentence, safetyOf, type BackupFacts, type KeepFacts } from '../../src/app/sentences.ts'

beforeAll(() => language.speak('en'))

const backup = (facts: BackupFacts): string => t(backupSentence(facts))

const facts = fc
  .record({
    folders: fc.nat(5),
    covered: fc.nat(5),
    running: fc.boolean(),
    someStored: fc.boolean(),
    finished: fc.constantFrom('safe' as const, 'spreading' as const, undefined),
    wordsConfirmed: fc.boolean(),
    brokenOff: fc.boolean(),
    chooseAgain: fc.boolean(),
    paused: fc.boolean(),
    oneMachine: fc.boolean(),
    atRisk: fc.nat(2),
  })
  .map((drawn): BackupFacts => {
    const covered = Math.min(drawn.covered, drawn.folders)
    return { ...drawn, covered, atRisk: Math.min(drawn.atRisk, covered) }
  })

const done: BackupFacts = {
  folders: 1,
  covered: 1,
  running: false,
  someStored: true,
  finished: 'safe',
  wordsConfirmed: true,
  brokenOff: false,
  chooseAgain: false,
  paused: false,
  oneMachine: false,
  atRisk: 0,
}

test.each([
  [0, 'This backup: 30 files, 1 MB'],
  [1, 'This backup: 30 files in 1 folder, 1 MB'],
  [2, 'This backup: 30 files in 2 folders, 1 MB'],
])('files that lie in no other folder are not said to be in %d', (folders, said) => {
  expect(t('backup.preview', { files: 30, folders, size: '1 MB' })).toBe(said)
})

describe('what is called safe', () => {
  test('nothing before the words are confirmed, while a backup runs, or when a folder is in none', () => {
    fc.assert(
      fc.property(facts, (drawn) => {
        if (safetyOf(drawn) !== 'safe') return
        expect(drawn).toMatchObject({
          wordsConfirmed: true,
          running: false,
          brokenOff: false,
          finished: 'safe',
          atRisk: 0,
        })
        expect(drawn.covered).toBe(drawn.folders)
      }),
    )
  })

  test('no sentence says that all folders are safe unless they are', () => {
    fc.assert(
      fc.property(facts, (drawn) => {
        const claims = /^Your .* (is|are) safe/.test(backup(drawn))
        expect(claims).toBe(safetyOf(drawn) === 'safe' && drawn.folders > 0)
      }),
    )
  })

  test('a folder at risk comes before all else that could be said', () => {
    fc.assert(
      fc.property(facts, (drawn) => {
        expect(safetyOf(drawn) === 'at-risk').toBe(drawn.atRisk > 0)
        expect(/at risk$/.test(backup(drawn))).toBe(drawn.atRisk > 0)
      }),
    )
  })

  test('the road from a fresh page to safe', () => {
    const road: readonly Partial<BackupFacts>[] = [
      { finished: undefined, folders: 0, covered: 0, wordsConfirmed: false, someStored: false },
      { finished: undefined, covered: 0, wordsConfirmed: false, someStored: false },
      { finished: undefined, covered: 0, wordsConfirmed: false, running: true },
      { wordsConfirmed: false },
      {},
    ]
    const told = road.map((change) => ({ ...done, ...change }))
    expect(told.map(safetyOf)).toEqual(['here-only', 'here-only', 'spreading', 'words-needed', 'safe'])
    expect(told.map(backup)).toEqual([
      'Pick a folder, and other people’s tabs keep it',
      'Your folder is on this computer only',
      'Your folder is being spread',
      'Your folder is spread. Write down the 24 words to make it safe',
      'Your folder is safe',
    ])
  })

  test('keepers that are all on one machine are named in the same breath', () => {
    expect(backup({ ...done, oneMachine: true })).toContain('everything is on this machine')
  })

  test('a folder that was added since is counted out', () => {
    expect(backup({ ...done, folders: 3, covered: 1 })).toBe('1 of 3 folders is safe')
  })
})

const keep = (facts: KeepFacts): string => t(keepSentence(facts))

test('a keeper is told whether anybody relies on it', () => {
  const keeper = { on: true, online: true, paused: false, shards: 3, owners: 1 }
  expect(keep(keeper)).toBe('You keep pieces of one person’s backup')
  expect(keep({ ...keeper, owners: 2 })).toBe('You keep pieces of 2 people’s backups')
  expect(keep({ ...keeper, paused: true })).toContain('still serve')
  expect(keep({ ...keeper, online: false })).toContain('nothing that you keep is lost')
  expect(keep({ ...keeper, on: false })).toContain('nothing for others yet')
})
