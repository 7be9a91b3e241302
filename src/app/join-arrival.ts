/**
 * Takes the secret of a join link out of the address bar and out of this tab's history, before anything else of the app
 * runs, as `kit-arrival.ts` does with words.
 */
import type { Bytes } from '../core/bytes.ts'
import { secretInAddress } from './join-link.ts'

let arrived: Bytes | 'broken' | undefined
let listener: ((secret: Bytes | 'broken') => void) | undefined

/** Runs the listener with a secret that has come, also when it came before it was there. */
export function onJoinSecret(listen: (secret: Bytes | 'broken') => void): void {
  listener = listen
  hand()
}

function hand(): void {
  if (arrived === undefined || listener === undefined) return
  listener(arrived)
  arrived = undefined
}

function take(): void {
  const secret = secretInAddress(location.hash)
  if (secret === undefined) return
  history.replaceState(null, '', '#account')
  arrived = secret
  hand()
}

take()
addEventListener('hashchange', take)
