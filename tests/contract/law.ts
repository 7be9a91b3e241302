/** Laws of an interface that run anywhere: under vitest in Node and inside a page, hence without either's assertions. */
import { toHex } from '../../src/core/bytes.ts'
import { codeOf, type ErrorCode } from '../../src/core/errors.ts'

/** One law, tried at a fresh place of its own. */
export interface Law<Place> {
  readonly title: string
  readonly run: (place: Place) => Promise<void>
}

/** @throws Error when two values differ in content */
export function same(actual: unknown, expected: unknown): void {
  const [is, should] = [shown(actual), shown(expected)]
  if (is !== should) throw new Error(`expected ${should}\n but it is ${is}`)
}

/** @throws Error unless the promise rejects with this code */
export async function refusedWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  same(await outcome(promise), { refused: code })
}

/** What a call came to, in a form that two adapters can be compared by. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { answered: await promise }
  } catch (thrown) {
    return { refused: codeOf(thrown) }
  }
}

/** Text that is equal for equal content, whatever the order of keys. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Uint8Array) return `${item.length} bytes ${toHex(item)}`
    if (item === undefined) return 'undefined'
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** Everything an iterable gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
