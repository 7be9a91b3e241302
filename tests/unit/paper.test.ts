import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { notInTheFuture, POSTPONED_MS, QUARTER_MS, reminderDueAt } from '../../src/app/paper-reminder.ts'
import { own, toHex, utf8 } from '../../src/core/bytes.ts'
import { slowHash } from '../../src/core/crypto.ts'
import { slowHashTag } from '../../src/core/derive.ts'
import { paperChecks, provesPaper, type PaperCheck } from '../../src/identity/paper-check.ts'
import { wordsOf } from '../../src/identity/recovery.ts'

const random = {
  bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
}

describe('what is remembered of the words to check the paper by', () => {
  const words = wordsOf(own(Uint8Array.from({ length: 32 }, (_, i) => i * 7)))
  const wordsAt = ({ positions }: PaperCheck) => positions.map((position) => words[position - 1] ?? '')
  let checks: PaperCheck[] = []
  beforeAll(async () => {
    checks = await paperChecks(words, random)
  })

  test('two triples that share no word, each hashed slowly under a salt of its own', () => {
    const positions = checks.flatMap((check) => check.positions)
    expect(checks.map((check) => check.positions.length)).toEqual([3, 3])
    expect(new Set(positions).size).toBe(6)
    expect(positions.every((position) => position >= 1 && position <= 24)).toBe(true)
    expect(checks.every(({ iterations, salt }) => iterations >= 600_000 && salt.length === 16)).toBe(true)
    expect(new Set(checks.map(({ salt }) => toHex(salt))).size).toBe(2)
  })

  test('the right three words prove the paper, in any case and with spaces around', async () => {
    for (const check of checks) {
      expect(await provesPaper(check, wordsAt(check))).toBe(true)
      expect(
        await provesPaper(
          check,
          wordsAt(check).map((word) => ` ${word.toUpperCase()} `),
        ),
      ).toBe(true)
    }
  })

  test('one wrong, missing or misplaced word does not', async () => {
    for (const check of checks) {
      const right = wordsAt(check)
      for (const place of [0, 1, 2]) {
        expect(await provesPaper(check, right.with(place, 'zoo'))).toBe(false)
        expect(await provesPaper(check, right.with(place, ''))).toBe(false)
      }
      expect(await provesPaper(check, right.toReversed())).toBe(false)
      expect(await provesPaper(check, right.slice(1))).toBe(false)
    }
  })

  test('nothing that is stored is a hash of fewer than three words, and no word stands in it', async () => {
    for (const { positions, salt, iterations, hash } of checks) {
      const subsets = [[0], [1], [2], [0, 1], [0, 2], [1, 2]]
      const guesses = await Promise.all(
        subsets.map((subset) => {
          const some = subset.map((place) => words[(positions[place] ?? 0) - 1] ?? '')
          return slowHash(utf8([slowHashTag.paper, ...some].join(' ')), salt, iterations, hash.length)
        }),
      )
      expect(guesses.map(toHex)).not.toContain(toHex(hash))
    }
    const stored = JSON.stringify(checks, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value))
    expect(words.filter((word) => stored.includes(`"${word}`))).toEqual([])
  })

  test('the slow hash is PBKDF2-HMAC-SHA-256 (RFC 7914 §11)', async () => {
    expect(toHex(await slowHash(utf8('Password'), utf8('NaCl'), 80_000, 64))).toBe(
      '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56' +
        'a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d',
    )
  })
})

describe('when the paper is asked for', () => {
  const at = fc.integer({ min: 0, max: 4e12 })

  test('a quarter after it was proved, and a week after "not now", whichever is later', () => {
    fc.assert(
      fc.property(at, fc.option(at, { nil: undefined }), (provedAt, postponedAt) => {
        const due = reminderDueAt({ provedAt, postponedAt })
        expect(due).toBeGreaterThanOrEqual(provedAt + QUARTER_MS)
        if (postponedAt !== undefined) expect(due).toBeGreaterThanOrEqual(postponedAt + POSTPONED_MS)
        expect([provedAt + QUARTER_MS, (postponedAt ?? 0) + POSTPONED_MS]).toContain(due)
      }),
    )
  })

  test('never later than a quarter from now, whatever a wrong clock has written down', () => {
    fc.assert(
      fc.property(at, fc.option(at, { nil: undefined }), at, (provedAt, postponedAt, now) => {
        const times = notInTheFuture({ provedAt, postponedAt }, now)
        expect(reminderDueAt(times)).toBeLessThanOrEqual(now + QUARTER_MS)
      }),
    )
  })
})
