/** How long a shard can be: few classes, so that a size tells an observer little, and none wastes over a quarter. */
import { MiB, type ByteCount } from './units.ts'

const OCTAVES = 12
const STEPS = 4

/** A shard is one of these sizes and nothing between: 256, 320, 384, 448, 512, 640 … 1 MiB; four to a doubling, rising. */
export const SHARD_SIZES: readonly ByteCount[] = [
  ...Array.from({ length: OCTAVES * STEPS }, (_, i) => (256 + (i % STEPS) * 64) * 2 ** Math.floor(i / STEPS)),
  MiB,
]
export const MAX_SHARD_BYTES: ByteCount = MiB
