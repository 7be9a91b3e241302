import 'fake-indexeddb/auto'
import { describe, test } from 'vitest'
import { openFsOwnerState } from '../../headless/fs-owner-state.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import { databaseName, indexedDbOwnerStatePlace } from './indexeddb-places.ts'
import { ownerStateLaws } from './owner-state.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

describe('in memory', () => {
  for (const { title, run } of ownerStateLaws) {
    test(title, () => {
      const shelf = emptyOwnerShelf()
      return run({ open: () => Promise.resolve(new MemoryOwnerState(shelf)) })
    })
  }
})

describe('in IndexedDB, as Node has it', () => {
  for (const { title, run } of ownerStateLaws) {
    test(title, () => run(indexedDbOwnerStatePlace(databaseName())))
  }
})

describe('as files', () => {
  for (const { title, run } of ownerStateLaws) {
    test(title, () => inTemporaryDirectory((directory) => run({ open: () => openFsOwnerState(directory) })))
  }
})
