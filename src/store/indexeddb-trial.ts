/** Whether this browser lets us write now: a megabyte into a database of its own, read again, and gone. */
import { deleteDB, openDB } from 'idb'
import { equal } from '../core/bytes.ts'
import { MiB } from '../core/units.ts'

const NAME = 'keeptab-trial'

/** Never rejects. `full`: the browser has no room left for us. */
export async function tryToStore(): Promise<'well' | 'full' | 'failed'> {
  try {
    const db = await openDB(NAME, 1, { upgrade: (fresh) => void fresh.createObjectStore('trial') })
    try {
      // Bytes that no browser packs into less.
      const bytes = new Uint8Array(MiB)
      for (let from = 0; from < MiB; from += 65_536) crypto.getRandomValues(bytes.subarray(from, from + 65_536))
      await db.put('trial', bytes, 'bytes')
      const read = (await db.get('trial', 'bytes')) as Uint8Array<ArrayBuffer>
      return equal(read, bytes) ? 'well' : 'failed'
    } finally {
      db.close()
      await deleteDB(NAME)
    }
  } catch (thrown) {
    return (thrown as Partial<DOMException>).name === 'QuotaExceededError' ? 'full' : 'failed'
  }
}
