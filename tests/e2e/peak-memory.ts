/** The most memory that a process ever held at once, as the kernel counts it (proc(5), VmHWM). Linux alone has this. */
import { readFile } from 'node:fs/promises'
import type { Program } from './program.ts'

const LOOK_EVERY_MS = 50

/** @returns bytes, once the program has ended. The mark only rises, so nothing between two looks is missed but the last moment. */
export async function peakMemory({ process, exited }: Program): Promise<number> {
  let peak = 0
  const over = exited.then(() => true)
  const pause = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), LOOK_EVERY_MS))
  do {
    const status = await readFile(`/proc/${process.pid}/status`, 'utf8').catch(() => '')
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? []
    peak = Math.max(peak, 1024 * Number(kibibytes ?? 0))
  } while (!(await Promise.race([over, pause()])))
  return peak
}
