/** A page that was opened by a join link: what it says before and after it knows whose browser this is. */
import { beforeEach, expect, test, vi } from 'vitest'
import type { AccountState } from '../../src/app/account.svelte.ts'
import { joinLink } from '../../src/app/join-link.ts'

beforeEach(() => vi.resetModules())

/** The state of a page at this address. */
async function openedAt(address: string) {
  vi.stubGlobal('location', new URL(address))
  vi.stubGlobal('history', { replaceState: () => undefined })
  vi.stubGlobal('addEventListener', () => undefined)
  const { JoinState } = await import('../../src/app/join.svelte.ts')
  return new JoinState()
}

test.each([
  ['asks', undefined, 'asking'],
  ['says that this cannot be', {}, 'taken'],
])('a join link says nothing until it is known whose browser this is, and then %s', async (_, identity, phase) => {
  const join = await openedAt(joinLink('https://keeptab.example', new Uint8Array(32)))
  expect(join.phase).toBe('no')
  join.account = { identity } as object as AccountState
  expect(join.phase).toBe(phase)
})
