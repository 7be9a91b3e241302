import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { IndexedDbIdentityStore } from '../../src/store/indexeddb-identity.ts'
import { PageMemory } from '../../src/store/indexeddb-page-memory.ts'
import { openDatabase } from '../../src/store/indexeddb-schema.ts'

test('of a device that is forgotten nothing is left, what it kept for others and that it wished to keep included', async () => {
  const db = await openDatabase()
  const stores = [...db.objectStoreNames]
  const rows = async () => Promise.all(stores.map((store) => db.count(store)))
  for (const store of stores) {
    const tx = db.transaction(store, 'readwrite')
    const key = tx.store.autoIncrement ? undefined : ('key' as never)
    await tx.store.put({ id: 'pack' } as never, key)
  }
  expect(await rows()).toEqual(stores.map(() => 1))
  const memory = await PageMemory.open()
  await memory.setKeeping({ on: true, paused: false, limitBytes: 1 })

  await memory.forgetAccount()
  await new IndexedDbIdentityStore(db).forget()
  expect(await rows()).toEqual(stores.map(() => 0))
  expect(await memory.keeping()).toBeUndefined()
})
