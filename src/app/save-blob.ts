/** What is in memory as a file among the person's downloads: no service worker is asked, and no page hears whether it is there. */
import type { Millis } from '../core/units.ts'

/** Until the address that was clicked is given up; by then the browser has opened it. */
const CLICKED_MS: Millis = 10_000

/** @param name of the file; browsers replace in it what their system does not take */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), CLICKED_MS)
}
