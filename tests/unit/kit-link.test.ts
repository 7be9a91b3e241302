import { expect, test } from 'vitest'
import { kitLink, wordsInAddress } from '../../src/app/kit-link.ts'
import { own } from '../../src/core/bytes.ts'
import { rootOf, wordsOf } from '../../src/identity/recovery.ts'

const root = own(Uint8Array.from({ length: 32 }, (_, i) => i * 7))

test('the words of a kit stand in the part of its address that no server sees, and come back out of it', () => {
  const link = new URL(kitLink('https://keeptab.example', wordsOf(root)))
  expect(link.origin + link.pathname + link.search).toBe('https://keeptab.example/')
  expect(rootOf(wordsInAddress(link.hash) ?? '')).toEqual(root)
})

test('what a reader of QR codes or a mail program does to an address is forgiven', () => {
  const { hash } = new URL(kitLink('https://keeptab.example', wordsOf(root)))
  expect(rootOf(wordsInAddress(`#restore=${hash.slice(9).toUpperCase()}`) ?? '')).toEqual(root)
  expect(rootOf(wordsInAddress(`${hash.replaceAll('-', '%20')}.`) ?? '')).toEqual(root)
})

test('an address without a kit holds no words, and one with a damaged kit holds what is left of them', () => {
  for (const hash of ['', '#restore', '#keep', '#x=restore=a']) expect(wordsInAddress(hash)).toBeUndefined()
  expect(wordsInAddress('#restore=')).toBe('')
  expect(wordsInAddress('#restore=abandon-<b>zoo')).toBe('abandon b zoo')
})
