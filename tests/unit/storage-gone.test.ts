/** What a page does whose database the browser has closed: it is gone, or it is still there. */
import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { beforeEach, expect, test, vi } from 'vitest'
import { onStorageClosed } from '../../src/app/storage-gone.ts'
import { newDevice } from '../../src/identity/keys.ts'
import { IndexedDbIdentityStore } from '../../src/store/indexeddb-identity.ts'
import { openDatabase } from '../../src/store/indexeddb-schema.ts'

const identity = await newDevice(new Uint8Array(32).fill(7), new Uint8Array(32).fill(1), 1000)
const reload = vi.fn()

beforeEach(async () => {
  reload.mockClear()
  await deleteDB('keeptab')
})

/** @param facts of the page, where they are not those of somebody whose words are on paper and who restores nothing */
function pageWith(facts: { identity?: typeof identity; words?: string[]; restoring?: boolean } = {}) {
  const lostAll = vi.fn(() => Promise.resolve())
  const { words = [], restoring = false } = facts
  const desk = {
    account: { identity: facts.identity, confirmed: words.length === 0, words },
    keep: { lostAll },
    restore: { running: restoring },
  }
  const page: Parameters<typeof onStorageClosed>[0] = { desk, trouble: undefined, stopped: false }
  return { page, desk, lostAll }
}

async function store() {
  const identities = new IndexedDbIdentityStore(await openDatabase())
  await identities.create(identity, undefined)
  await identities.close()
}

test('a page whose database is gone says so to its person and to the coordinator, and stops', async () => {
  const { page, lostAll } = pageWith({ identity })
  await onStorageClosed(page, reload)
  expect(page).toMatchObject({ desk: undefined, trouble: { code: 'storage-gone' } })
  expect(lostAll).toHaveBeenCalledOnce()
  expect(reload).not.toHaveBeenCalled()
})

test.each([{ words: ['abandon', 'art'] }, { restoring: true }])(
  'but leaves on the screen what would be lost with it: %j',
  async (facts) => {
    const { page, desk, lostAll } = pageWith({ identity, ...facts })
    await onStorageClosed(page, reload)
    expect(page).toMatchObject({ trouble: { code: 'storage-gone' }, stopped: true })
    expect(page.desk).toBe(desk)
    expect(lostAll).toHaveBeenCalledOnce()
  },
)

test('also when the browser, which is still clearing, ends what is opened to look', async () => {
  const { page, lostAll } = pageWith({ identity })
  const open = indexedDB.open.bind(indexedDB)
  const opening = vi.spyOn(indexedDB, 'open').mockImplementationOnce((...database) => {
    const request = open(...database)
    request.addEventListener('upgradeneeded', () => request.transaction?.abort())
    return request
  })
  await onStorageClosed(page, reload)
  expect(opening).toHaveBeenCalledTimes(2)
  opening.mockRestore()
  expect(page).toMatchObject({ desk: undefined, trouble: { code: 'storage-gone' } })
  expect(lostAll).toHaveBeenCalledOnce()
})

test('a page whose database is still there loads itself again, and tells nobody that anything is gone', async () => {
  await store()
  const { page, lostAll } = pageWith({ identity })
  await onStorageClosed(page, reload)
  expect(reload).toHaveBeenCalledOnce()
  expect(lostAll).not.toHaveBeenCalled()
})

test('but not while it restores', async () => {
  await store()
  const { page, lostAll } = pageWith({ identity, restoring: true })
  await onStorageClosed(page, reload)
  expect(page.trouble?.code).toBe('store-failed')
  expect(page.desk).toBeDefined()
  expect(reload).not.toHaveBeenCalled()
  expect(lostAll).not.toHaveBeenCalled()
})

test('whoever had nothing here yet has lost nothing', async () => {
  const { page, lostAll } = pageWith()
  await onStorageClosed(page, reload)
  expect(reload).toHaveBeenCalledOnce()
  expect(lostAll).not.toHaveBeenCalled()
})
