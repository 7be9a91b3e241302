import 'fake-indexeddb/auto'
import { describe, test } from 'vitest'
import { MemoryIdentityStore, type IdentityShelf } from '../../src/store/memory.ts'
import { identityStoreLaws } from './identity-store.ts'
import { databaseName, indexedDbIdentityPlace } from './indexeddb-places.ts'

describe('in memory', () => {
  for (const { title, run } of identityStoreLaws) {
    test(title, () => {
      const shelf: IdentityShelf = {}
      return run({ open: () => Promise.resolve(new MemoryIdentityStore(shelf)) })
    })
  }
})

describe('in IndexedDB, as Node has it', () => {
  for (const { title, run } of identityStoreLaws) {
    test(title, () => run(indexedDbIdentityPlace(databaseName())))
  }
})
