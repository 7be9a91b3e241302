/** Lets errors cross a worker whole: comlink by itself carries name, message and stack, and drops code and data. */
import { fromPlain, toPlain, type PlainError } from './errors.ts'

/** The part of comlink's `transferHandlers` that is needed; comlink itself has its doors elsewhere. */
interface ThrowHandlers {
  get(name: 'throw'): { canHandle(value: unknown): boolean } | undefined
  set(name: 'throw', handler: ThrowHandler): unknown
}

interface ThrowHandler {
  canHandle(value: unknown): value is unknown
  serialize(thrown: unknown): [PlainError, Transferable[]]
  deserialize(plain: unknown): never
}

/** Call it in both threads with comlink's `transferHandlers`: then whatever is thrown in one is a KeeptabError in the other. */
export function carryTypedErrors(handlers: ThrowHandlers): void {
  // comlink marks what was thrown with a symbol that only its own handler knows.
  const marked = handlers.get('throw')
  handlers.set('throw', {
    canHandle: (value): value is unknown => marked?.canHandle(value) ?? false,
    serialize: (thrown) => [toPlain((thrown as { value: unknown }).value), []],
    deserialize: (plain) => {
      throw fromPlain(plain as PlainError)
    },
  })
}
