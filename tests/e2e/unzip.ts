import { execFileSync } from 'node:child_process'

/** By a program that knows nothing of Keeptab: whichever of the two is there. @returns the folder */
export function unzip(zip: string, to: string): string {
  try {
    execFileSync('unzip', ['-q', zip, '-d', to])
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== 'ENOENT') throw thrown
    execFileSync('python3', ['-m', 'zipfile', '-e', zip, to])
  }
  return to
}
