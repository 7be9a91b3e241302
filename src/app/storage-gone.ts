/**
 * The browser has closed the database of a page that works. Mostly somebody has cleared the data of this site; then this
 * page is all that is left of the device, and the last that can say what it does not keep any more.
 */
import { KeeptabError } from '../core/errors.ts'
import type { Millis } from '../core/units.ts'
import { IndexedDbIdentityStore } from '../store/indexeddb-identity.ts'
import { openDatabase } from '../store/indexeddb-schema.ts'
import type { AccountState } from './account.svelte.ts'
import { eventLog } from './event-log.ts'
import type { KeepState } from './keep.svelte.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Clearing takes a moment: so often what is stored is looked at, and so long after a look that it cut off. */
const MOST_LOOKS = 20
const AGAIN_MS: Millis = 100

/** The page, and what it works with. */
interface Page {
  desk: Desk | undefined
  trouble: Trouble | undefined
  stopped: boolean
}

interface Desk {
  readonly account: Pick<AccountState, 'identity' | 'confirmed' | 'words'>
  readonly keep: Pick<KeepState, 'lostAll'>
  readonly restore: { readonly running: boolean }
}

/** Nothing can be done in this page afterwards but to load it again. @param reload does that */
export async function onStorageClosed(page: Page, reload: () => void): Promise<void> {
  const { desk } = page
  if (desk === undefined) return
  try {
    const isGone = !(await isStoredAfter(desk.account.identity?.device))
    // A disk that failed for a moment closes it too, and gives everything back at the next start.
    if (!isGone && !isNeeded(desk)) {
      reload()
      return
    }
    stop(page, desk, new KeeptabError(isGone ? 'storage-gone' : 'store-failed'))
    if (!isGone) return
    eventLog.note('storage-gone')
    await desk.keep.lostAll() // takes as long as the coordinator is away, and nobody waits for it
  } catch (thrown) {
    stop(page, desk, thrown)
  }
}

function stop(page: Page, desk: Desk, thrown: unknown): void {
  page.trouble = troubleOf(thrown)
  page.stopped = true
  if (!isNeeded(desk)) page.desk = undefined
}

/** What is shown would be lost with the screen: a restore under way, which goes on in memory, or words that are on no paper. */
const isNeeded = ({ account, restore }: Desk): boolean =>
  restore.running || (!account.confirmed && account.words.length > 0)

/** Looks again when the browser is not done yet: what is opened while it clears, it ends as well. */
async function isStoredAfter(device: string | undefined): Promise<boolean> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await isStored(device)
    } catch (thrown) {
      const isCut = thrown instanceof KeeptabError && thrown.data['name'] === 'AbortError'
      if (!isCut || looks === MOST_LOOKS) throw thrown
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

async function isStored(device: string | undefined): Promise<boolean> {
  const database = await openDatabase()
  try {
    const stored = await new IndexedDbIdentityStore(database).load()
    return stored?.identity.device === device
  } finally {
    database.close()
  }
}
