/**
 * Takes the words of a scanned kit out of the address bar and out of this tab's history. `main.ts` imports this before
 * anything else, because it happens when the module is evaluated: nothing of the app runs while words stand there.
 */
import { wordsInAddress } from './kit-link.ts'

let arrived: string | undefined
let listener: ((words: string) => void) | undefined

/** Runs the listener with words that have come, once for each time, also when they came before it was there. */
export function onKitWords(listen: (words: string) => void): void {
  listener = listen
  hand()
}

function hand(): void {
  if (arrived === undefined || listener === undefined) return
  listener(arrived)
  arrived = undefined
}

function take(): void {
  const words = wordsInAddress(location.hash)
  if (words === undefined) return
  history.replaceState(null, '', '#restore')
  arrived = words
  hand()
}

take()
// A kit that is opened in a tab where Keeptab is open already only changes the address.
addEventListener('hashchange', take)
