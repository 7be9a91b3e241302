import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../../src/core/bytes.ts'

const bytes = fc.uint8Array({ maxLength: 70 })

it('every byte string has one text in base64url, that of RFC 4648', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const text = toBase64Url(value)
      expect(text).toBe(Buffer.from(value).toString('base64url'))
      expect(fromBase64Url(text)).toEqual(value)
      expect(fromHex(toHex(value), value.length)).toEqual(value)
    }),
  )
})

it('no other text is taken for base64url', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[A-Za-z0-9_-]{0,9}$/),
    fc.stringMatching(/^[A-Za-z0-9+/=_-]{0,9}$/),
  )
  fc.assert(
    fc.property(text, (some) => {
      const isCanonical = Buffer.from(some, 'base64url').toString('base64url') === some
      expect(fromBase64Url(some) !== undefined).toBe(isCanonical)
    }),
    { numRuns: 2000 },
  )
})
