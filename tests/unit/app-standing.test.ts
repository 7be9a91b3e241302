import { beforeAll, describe, expect, test } from 'vitest'
import { language, languageTags, t } from '../../src/app/language.svelte.ts'
import { standingSentences } from '../../src/app/standing.ts'
import {
  after,
  afterVerdict,
  newReputation,
  standingOf,
  type AuditResult,
  type Reputation,
} from '../../src/durability/reputation.ts'
import type { KeeperStanding } from '../../src/protocol/coordinator-messages.ts'
import { DAY } from '../../src/core/units.ts'

beforeAll(() => language.speak('en'))

const BEGAN = Date.UTC(2026, 0, 1, 12)

/** What a coordinator says after these results, eight a day. */
function standingAfter(...results: readonly AuditResult[]): KeeperStanding {
  let [now, reputation] = [BEGAN, newReputation(BEGAN)]
  for (const result of results) reputation = after(reputation, result, (now += DAY / 8))
  return said(reputation, now)
}

function said(reputation: Reputation, now: number): KeeperStanding {
  const { notBefore, ...standing } = standingOf(reputation, now)
  const { since, passed, failed, lastProvenAt } = reputation
  return {
    ...standing,
    since,
    passed,
    failed,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(lastProvenAt === undefined ? {} : { lastProvenAt }),
  }
}
const proven = (count: number): AuditResult[] => Array.from({ length: count }, () => 'proven')
const late = (count: number): AuditResult[] => Array.from({ length: count }, () => 'late')

const lives: Readonly<Record<string, KeeperStanding>> = {
  'new': standingAfter(),
  'new, all leaves shown': standingAfter(...proven(105)),
  'vetted': standingAfter(...proven(120)),
  'warned for a loss': standingAfter(...proven(120), 'missing'),
  'warned for being late': standingAfter(...proven(120), ...late(40)),
  'suspended for a wrong leaf': standingAfter(...proven(120), 'wrong'),
  'suspended for silence': standingAfter(...proven(120), 'silent'),
  'suspended because nobody gets anything': said(
    afterVerdict(newReputation(BEGAN), 'withholds', undefined, BEGAN),
    BEGAN,
  ),
  'suspended because nobody gets through': said(
    afterVerdict(newReputation(BEGAN), 'unreachable', undefined, BEGAN),
    BEGAN,
  ),
  'out': standingAfter('wrong', 'wrong'),
}

describe('what a keeper reads of its standing', () => {
  test.each(Object.entries(lives))('%s: a state, a reason, and what ends it unless all is well', (_life, standing) => {
    const { state, why, cure, shown } = standingSentences(standing)
    for (const message of [state, why, shown]) expect(t(message)).not.toBe('')
    expect(cure === undefined).toBe(standing.state === 'vetted')
  })

  test('tells how many leaves are missing and until when', () => {
    const cureOf = (life: string) => {
      const cure = standingSentences(lives[life] ?? standingAfter()).cure
      return cure && t(cure)
    }
    expect(cureOf('new')).toMatch(/^100 proofs more, and not before Jan 15, 2026/)
    expect(cureOf('new, all leaves shown')).toMatch(/^Trusted from Jan 15, 2026/)
    expect(cureOf('suspended for a wrong leaf')).toMatch(/^It ends with 56 proofs in a row, and not before Jan/)
    expect(cureOf('suspended for silence')).toMatch(/^It ends with 8 proofs in a row\. What you keep still counts\.$/)
    expect(cureOf('suspended because nobody gets anything')).toMatch(
      /^It ends when 3 others have read .* does not count/,
    )
    expect(cureOf('out')).toMatch(/^From Apr [12], 2026.* on you begin anew/)
  })

  test('counts what could not be shown, and says nothing of it when there is nothing', () => {
    expect(standingSentences(standingAfter(...proven(3))).failed).toBeUndefined()
    const { failed, shown } = standingSentences(standingAfter(...proven(3), 'missing'))
    expect(failed && t(failed)).toBe('1 part could not be shown')
    expect(t(shown)).toMatch(/^3 parts shown, last Jan [12], 2026/)
    expect(t(standingSentences(standingAfter()).shown)).toMatch(/^Nothing has been asked yet/)
  })

  test('tells the scores and their bounds, and how much it is there, once there is something to tell', () => {
    const textsOf = (standing: KeeperStanding) => {
      const { scores, here } = standingSentences(standing)
      return [...scores, here].map((one) => t(one))
    }
    expect(textsOf(standingAfter())).toEqual(['How much of the day you are here is known after two days.'])
    const texts = textsOf({ ...standingAfter(...proven(70), 'missing', 'late'), hereShare: 0.875 })
    expect(texts).toEqual([
      expect.stringMatching(/^Score: 99%\./),
      expect.stringMatching(/^Below 99\.5% you are warned, below 95% .*, below 80% you are out\.$/),
      expect.stringMatching(/^In time: 98%\./),
      'Below 75% you are warned.',
      'Here: about 21 of 24 hours a day, 147 of 168 a week.',
    ])
  })

  test.each(Object.entries(lives))('%s: bounds of scores are told only where scores decide', (life, standing) => {
    const isJudgedApart = life === 'out' || life.startsWith('suspended')
    const { scores } = standingSentences({ ...standing, passed: 1 })
    expect(scores.some(({ id }) => id.endsWith('.bounds'))).toBe(!isJudgedApart)
  })

  test.each(languageTags)('in %s every state has other words than every other', async (tag) => {
    await language.speak(tag)
    const said = Object.values(lives).map((standing) => t(standingSentences(standing).state))
    expect(new Set(said).size).toBe(5)
    await language.speak('en')
  })
})
