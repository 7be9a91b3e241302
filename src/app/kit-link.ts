/**
 * The address in the QR code of a recovery kit: it opens the restore screen with the words filled in. They stand behind
 * `#`, a part that no browser sends to a server.
 */

const MARK = '#restore='

export const kitLink = (coordinator: string, words: readonly string[]): string =>
  `${coordinator}/${MARK}${words.join('-')}`

/** The words in the part of an address from `#` on, as somebody would type them; `undefined` when it holds none. */
export function wordsInAddress(hash: string): string | undefined {
  if (!hash.startsWith(MARK)) return undefined
  return hash
    .slice(MARK.length)
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim()
}
