/**
 * The one door to zstd (RFC 8878). Works in Node, in a page and in a worker; the package finds its own wasm file.
 * The library trusts the size a frame claims for itself, so the frame is read here before the library sees it (T28).
 */
import { compress as zstdCompress, decompress as zstdDecompress, init } from '@bokuweb/zstd-wasm'
import { own, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { KiB, MiB, type ByteCount } from '../core/units.ts'

/** How bytes are stored: 0 as they are, 1 as one zstd frame. */
export type Method = 0 | 1
export const RAW: Method = 0
export const ZSTD: Method = 1

/** Nothing longer is compressed or unpacked. */
const MAX_PLAIN_BYTES: ByteCount = MiB

/** Level 3 sends 13 % less than level 1 for a fifth of its speed; a byte on the wire costs more than ten in the CPU. */
const LEVEL = 3
const PROBE_BYTES = 32 * KiB
const PROBE_FROM_BYTES = 64 * KiB
/** Less saving than this is not worth the reader's time. */
const WORTH_IT = 0.97

let loading: Promise<void> | undefined
const loaded = (): Promise<void> => (loading ??= init())

/** The shorter of the bytes themselves and their zstd frame. The result shares the buffer of `plain` when raw. */
export async function compress(plain: Bytes): Promise<{ method: Method; bytes: Bytes }> {
  await loaded()
  const raw = { method: RAW, bytes: plain }
  if (plain.length > PROBE_FROM_BYTES) {
    // From the middle: the head of a packed file is often its one compressible part.
    const from = (plain.length - PROBE_BYTES) >>> 1
    const probe = zstdCompress(plain.subarray(from, from + PROBE_BYTES), 1)
    if (probe.length > PROBE_BYTES * WORTH_IT) return raw
  }
  const packed = zstdCompress(plain, LEVEL)
  return packed.length > plain.length * WORTH_IT ? raw : { method: ZSTD, bytes: own(packed) }
}

/**
 * What `compress` was given.
 * @param plainLength the signed length; nothing is unpacked when the frame claims another
 * @throws KeeptabError `decompress-failed` when the stored bytes are not exactly one frame of exactly that length
 */
export async function decompress(method: Method, stored: Bytes, plainLength: ByteCount): Promise<Bytes> {
  if (plainLength > MAX_PLAIN_BYTES) throw refused('claims more than 1 MiB')
  if (method === RAW) {
    if (stored.length !== plainLength) throw refused('has another length')
    return stored
  }
  checkFrame(stored, plainLength)
  await loaded()
  let plain: Uint8Array
  try {
    plain = zstdDecompress(stored)
  } catch (cause) {
    throw refused('is damaged', cause)
  }
  if (plain.length !== plainLength) throw refused('has another length')
  return own(plain)
}

const refused = (why: string, cause?: unknown) => new KeeptabError('decompress-failed', `A frame ${why}.`, {}, cause)

/** Walks one zstd frame without unpacking it: header, blocks, checksum, end of the bytes. */
function checkFrame(frame: Bytes, plainLength: ByteCount): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  try {
    const { headerLength, contentLength, checksumLength } = frameHeader(view)
    if (contentLength !== plainLength) throw refused('claims another length')
    if (afterBlocks(view, headerLength) + checksumLength !== frame.length) throw refused('is followed by other bytes')
  } catch (cause) {
    throw cause instanceof RangeError ? refused('ends too early', cause) : cause
  }
}

/** RFC 8878 §3.1.1.1. A read behind the end throws RangeError. */
function frameHeader(view: DataView): { headerLength: number; contentLength: number; checksumLength: number } {
  if (view.getUint32(0, true) !== 0xfd2fb528) throw refused('is not zstd')
  const descriptor = view.getUint8(4)
  const sizeFlag = descriptor >>> 6
  const singleSegment = (descriptor & 0x20) !== 0
  if ((descriptor & 0x08) !== 0) throw refused('sets a reserved bit')
  if ((descriptor & 0x03) !== 0) throw refused('wants a dictionary')
  let at = 5
  if (!singleSegment) {
    const window = view.getUint8(at++)
    const base = 2 ** (10 + (window >>> 3))
    if (base + (base / 8) * (window & 7) > MAX_PLAIN_BYTES) throw refused('wants a window of more than 1 MiB')
  }
  const checksumLength = (descriptor & 0x04) === 0 ? 0 : 4
  const size = (length: number, value: number) => ({ headerLength: at + length, contentLength: value, checksumLength })
  if (sizeFlag === 3) return size(8, Number(view.getBigUint64(at, true)))
  if (sizeFlag === 2) return size(4, view.getUint32(at, true))
  if (sizeFlag === 1) return size(2, view.getUint16(at, true) + 256)
  if (!singleSegment) throw refused('does not say its length')
  return size(1, view.getUint8(at))
}

/** RFC 8878 §3.1.1.2: the offset behind the last block. */
function afterBlocks(view: DataView, start: number): number {
  for (let at = start; ;) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
    const type = (header >>> 1) & 3
    if (type === 3) throw refused('has a block of a reserved type')
    const length = type === 1 ? 1 : header >>> 3
    at += 3 + length
    if (at > view.byteLength) throw refused('ends too early')
    if ((header & 1) === 1) return at
  }
}
