/** A film made of one picture, as large as it should be: between the pictures lies what no player reads and nobody can compress. */
import { concat, utf8, type Bytes } from '../../src/core/bytes.ts'

const FRAMES_PER_SECOND = 25
const FRAME_MS = 1000 / FRAMES_PER_SECOND

export interface Film {
  /** An encoded VP8 key frame. */
  readonly frame: Bytes
  readonly width: number
  readonly height: number
  readonly seconds: number
  readonly bytesPerSecond: number
  readonly random: (length: number) => Bytes
}

/** WebM (RFC 8794, RFC 9559) with an index in front, as films for the web have it: one part for the head and one for each second. */
export function* webm({ frame, width, height, seconds, bytesPerSecond, random }: Film): Generator<Bytes> {
  const fillBytes = Math.floor(bytesPerSecond / FRAMES_PER_SECOND) - frame.length
  const cluster = (second: number): Bytes => {
    const blocks = Array.from({ length: FRAMES_PER_SECOND }, (_, index) => [
      element(0xa3, Uint8Array.of(0x81, (index * FRAME_MS) >> 8, (index * FRAME_MS) & 255, 0x80), frame),
      element(0xec, random(fillBytes)),
    ])
    return element(0x1f43b675, element(0xe7, uint(second * 1000)), ...blocks.flat())
  }
  const duration = new DataView(new ArrayBuffer(8))
  duration.setFloat64(0, seconds * 1000)
  const before = concat(
    element(
      0x1549a966,
      element(0x2ad7b1, uint(1_000_000)),
      element(0x4489, new Uint8Array(duration.buffer)),
      element(0x4d80, utf8('keeptab')),
      element(0x5741, utf8('keeptab')),
    ),
    element(
      0x1654ae6b,
      element(
        0xae,
        ...[element(0xd7, uint(1)), element(0x73c5, uint(1)), element(0x83, uint(1)), element(0x86, utf8('V_VP8'))],
        element(0xe0, element(0xb0, uint(width)), element(0xba, uint(height))),
      ),
    ),
  )
  const clusterBytes = cluster(0).length
  const cues = (cuesBytes: number): Bytes =>
    element(
      0x1c53bb6b,
      ...Array.from({ length: seconds }, (_, second) =>
        element(
          0xbb,
          element(0xb3, uint(second * 1000)),
          element(0xb7, element(0xf7, uint(1)), element(0xf1, uint(before.length + cuesBytes + second * clusterBytes))),
        ),
      ),
    )
  const index = cues(cues(0).length) // every number has the same length
  const head = element(
    0x1a45dfa3,
    ...[element(0x4286, uint(1)), element(0x42f7, uint(1)), element(0x42f2, uint(4)), element(0x42f3, uint(8))],
    ...[element(0x4282, utf8('webm')), element(0x4287, uint(2)), element(0x4285, uint(2))],
  )
  const segment = concat(idOf(0x18538067), length8(before.length + index.length + seconds * clusterBytes))
  yield concat(head, segment, before, index)
  for (let second = 0; second < seconds; second += 1) yield cluster(second)
}

function element(id: number, ...parts: readonly Bytes[]): Bytes {
  const content = concat(...parts)
  return concat(idOf(id), length8(content.length), content)
}

function idOf(id: number): Bytes {
  const digits = id.toString(16)
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  )
}

function uint(value: number): Bytes {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, BigInt(value))
  return new Uint8Array(bytes.buffer)
}

/** A length in the widest of its forms. */
function length8(value: number): Bytes {
  const bytes = uint(value)
  bytes[0] = 1
  return bytes
}
