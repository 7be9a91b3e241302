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
  const { desk } = page
  if (desk === undefined) return
  try {
    // A disk that failed for a moment closes it too, and gives everything back at the next start.
    const isGone = !(await isStored(desk.account.identity?.device))
    page.trouble = troubleOf(new KeeptabError(isGone ? 'storage-gone' : 'store-failed'))
    page.desk = undefined
    if (!isGone) return
    eventLog.note('storage-gone')
    await desk.keep.lostAll() // takes as long as the coordinator is away, and nobody waits for it
  } catch (thrown) {
    page.trouble = troubleOf(thrown)
    page.desk = undefined
  }
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
