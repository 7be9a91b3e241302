/** What every part of the tour has in its hands, and how it makes a page look as if years had passed. */
import type { Network } from '../network.ts'
import type { Profiles, Tab } from '../tab.ts'

export interface Walk {
  readonly network: Network
  readonly profiles: Profiles
  /** The folder of the page that the coordinator serves. */
  readonly served: string
  /** Called with every state, which stays as it is until the visit ends. */
  readonly visit: (state: string, tab: Tab) => Promise<void>
}

/** Changes something that the page remembers, and opens it again. */
export async function remembering({ page }: Tab, fact: string, changed: object): Promise<void> {
  await page.evaluate(changeFact, [fact, changed] as const)
  await page.reload()
}

/** Puts folders into the list of the page, and opens it again. */
export async function listing({ page }: Tab, folders: readonly object[]): Promise<void> {
  await page.evaluate(putFolders, folders)
  await page.reload()
}

// ---- what runs in the page

async function changeFact([fact, changed]: readonly [string, object]): Promise<void> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error(String(request.error)))
    })
  const database = await done(indexedDB.open('keeptab-page'))
  const facts = database.transaction('facts', 'readwrite').objectStore('facts')
  await done(facts.put({ ...((await done(facts.get(fact))) as object), ...changed }, fact))
  database.close()
}

function putFolders(folders: readonly object[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-page')
    opening.onsuccess = () => {
      const writing = opening.result.transaction('folders', 'readwrite')
      for (const folder of folders) writing.objectStore('folders').put(folder)
      writing.onabort = () => reject(new Error(String(writing.error)))
      writing.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })
}
