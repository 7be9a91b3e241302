/** A suite that is told over both databases, each with a server of its own. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { databases } from './coordinator-fixtures.ts'

export interface Place {
  /** The address of an empty database; none for SQLite, where a folder is one. */
  readonly empty: () => Promise<string | undefined>
  /** What is closed behind each test, the last first. */
  readonly closers: (() => Promise<unknown>)[]
}

/** @param title with `%s` for the name of the database */
export function overBothDatabases(title: string, suite: (place: Place, name: string) => void): void {
  describe.each(databases)(title, (name, start) => {
    let place: Awaited<ReturnType<typeof start>>
    const closers: Place['closers'] = []
    beforeAll(async () => {
      place = await start()
    })
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
    })
    afterAll(async () => {
      await place.stop()
    })
    suite({ empty: () => place.empty(), closers }, name)
  })
}
