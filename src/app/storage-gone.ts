/**
 * The browser has closed the database of a page that works. Mostly somebody has cleared the data of this site; then this
 * page is all that is left of the device, and the last that can say what it does not keep any more.
 */
import { KeeptabError } from '../core/errors.ts'
import { IndexedDbIdentityStore } from '../store/indexeddb-identity.ts'
import { openDatabase } from '../store/indexeddb-schema.ts'
import type { Desk } from './app.svelte.ts'
import { eventLog } from './event-log.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** @returns what to tell its person. Nothing can be done here any more but to load the page again. */
export async function onStorageClosed({ account, keep }: Desk): Promise<Trouble | undefined> {
  // A disk that failed for a moment closes it too, and gives everything back at the next start.
  if (await isStored(account.identity?.device)) return troubleOf(new KeeptabError('store-failed'))
  eventLog.note('storage-gone')
  await keep.lostAll()
  return troubleOf(new KeeptabError('storage-gone'))
}

async function isStored(device: string | undefined): Promise<boolean> {
  const database = await openDatabase()
  try {
    const stored = await new IndexedDbIdentityStore(database).load()
    return stored !== undefined && stored.identity.device === device
  } finally {
    database.close()
  }
}
