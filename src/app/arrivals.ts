/**
 * Secrets that come in the address: the words of a scanned kit, the secret of a link that adds a device. They are taken
 * out of the address bar and out of this tab's history when this module is evaluated, and `main.ts` imports it before
 * anything else: nothing of the app runs while a secret stands there.
 */
import { secretInAddress } from './join-link.ts'
import { wordsInAddress } from './kit-link.ts'

/** Runs the listener with what has come, once for each time, also when it came before the listener was there. */
type OnArrival<T> = (listen: (arrived: T) => void) => void

export const onKitWords = arrivals(wordsInAddress, '#restore')
export const onJoinSecret = arrivals(secretInAddress, '#account')

/**
 * @param read what the part of an address from `#` on holds; `undefined`: nothing for us
 * @param instead what stands there afterwards
 */
function arrivals<T>(read: (hash: string) => T | undefined, instead: string): OnArrival<T> {
  let arrived: T | undefined
  let listener: ((arrived: T) => void) | undefined
  const hand = (): void => {
    if (arrived === undefined || listener === undefined) return
    listener(arrived)
    arrived = undefined
  }
  const take = (): void => {
    const found = read(location.hash)
    if (found === undefined) return
    history.replaceState(null, '', instead)
    arrived = found
    hand()
  }
  take()
  // A link that is opened in a tab where Keeptab is open already only changes the address.
  addEventListener('hashchange', take)
  return (listen) => {
    listener = listen
    hand()
  }
}
