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
    peak = Math.max(peak, await highWaterMark(process.pid))
  } while (!(await Promise.race([over, pause()])))
  return peak
}

/** @returns bytes, 0 for a process that is no more */
export async function highWaterMark(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? []
  return 1024 * Number(kibibytes ?? 0)
}
