/** The recovery kit as a file: the screen calls it what the system calls it. */
import { afterEach, expect, test, vi } from 'vitest'
import { AccountState } from '../../src/app/account.svelte.ts'
import type { IdentityStore } from '../../src/store/identity-store.ts'
import type { PageMemory } from '../../src/store/indexeddb-page-memory.ts'
import { MemoryTreeCache } from '../../src/store/memory.ts'

afterEach(() => vi.unstubAllGlobals())

test('a kit is called what its person has called it, and not at all while it is not there', async () => {
  vi.stubGlobal('location', new URL('https://keeptab.example'))
  const account = new AccountState({} as IdentityStore, new MemoryTreeCache(), {} as object as PageMemory)
  let name = 'our words.html'
  const createWritable = vi.fn(() => Promise.resolve(new WritableStream()))
  vi.stubGlobal('window', { showSaveFilePicker: () => Promise.resolve({ name, createWritable }) })
  createWritable.mockRejectedValueOnce(new DOMException('', 'NotAllowedError'))
  await account.saveKit(new Blob(['kit']))
  expect([account.kitSaved, account.trouble]).toMatchObject([undefined, { facts: { path: name } }])
  name = 'again.html'
  await account.saveKit(new Blob(['kit']))
  expect([account.kitSaved, account.trouble]).toEqual([name, undefined])
})
