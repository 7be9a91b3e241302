import 'fake-indexeddb/auto'
import { describe, test } from 'vitest'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import { databaseName, indexedDbOwnerStatePlace } from './indexeddb-places.ts'
import { ownerStateLaws } from './owner-state.ts'

describe('in memory', () => {
  test.each(ownerStateLaws)('$title', ({ run }) => {
    const shelf = emptyOwnerShelf()
    return run({ open: () => Promise.resolve(new MemoryOwnerState(shelf)) })
  })
})

describe('in IndexedDB, as Node has it', () => {
  test.each(ownerStateLaws)('$title', ({ run }) => run(indexedDbOwnerStatePlace(databaseName())))
})
