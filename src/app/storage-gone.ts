/**
 * The browser has closed the database of a page that works. Mostly somebody has cleared the data of this site; then this
 * page is all that is left of the device, and the last that can say what it does not keep any more.
 */
import { KeeptabError } from '../core/errors.ts'
import { IndexedDbIdentityStore } from '../store/indexeddb-identity.ts'
import { openDatabase } from '../store/indexeddb-schema.ts'
import type { AccountState } from './account.svelte.ts'
import { eventLog } from './event-log.ts'
import type { KeepState } from './keep.svelte.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** The page, and what it works with. */
interface Page {
  desk: { readonly account: AccountState; readonly keep: KeepState } | undefined
  trouble: Trouble | undefined
}

/** Nothing can be done in this page afterwards but to load it again. */
export async function onStorageClosed(page: Page): Promise<void> {
  try {
    if (page.desk !== undefined) page.trouble = troubleOf(await lostBy(page.desk))
  } catch (thrown) {
    page.trouble = troubleOf(thrown)
  }
  page.desk = undefined
}

async function lostBy({ account, keep }: NonNullable<Page['desk']>): Promise<KeeptabError> {
  // A disk that failed for a moment closes it too, and gives everything back at the next start.
  if (await isStored(account.identity?.device)) return new KeeptabError('store-failed')
  eventLog.note('storage-gone')
  await keep.lostAll()
  return new KeeptabError('storage-gone')
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
