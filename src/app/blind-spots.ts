/** What each way of choosing files in a browser cannot see. Tried in Chromium 156 on Linux; one test asserts each list. */
import type { Source } from '../backup/source.ts'
import type { MessageId } from './messages/en.ts'

export interface BlindSpot {
  readonly what: MessageId
  /** What becomes of it in the backup. */
  readonly effect: MessageId
}

const spot = (name: 'links' | 'rights' | 'names' | 'empty' | 'followed' | 'pipes'): BlindSpot => ({
  what: `backup.unseen.${name}`,
  effect: `backup.unseen.${name}.effect`,
})

const handles = [spot('names'), spot('links'), spot('rights')]

export const blindSpots: Readonly<Record<Source['way'], readonly BlindSpot[]>> = {
  folder: handles,
  drop: handles,
  files: [spot('empty'), spot('followed'), spot('pipes'), spot('rights')],
  path: [],
}
