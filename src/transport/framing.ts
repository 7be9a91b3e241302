/**
 * The bytes on a link. Control frames carry what is said, on one channel; body frames carry ranges of shards, on another.
 * All integers are big endian. A parser throws for whatever an honest peer of this version would not have sent.
 */
import { concat, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { KiB } from '../core/units.ts'
import { SLICE_BYTES } from '../protocol/peer-messages.ts'

/** Longest CBOR message in a control frame. */
export const MAX_HEAD_BYTES = 16 * KiB
/** Most payload in a body frame: a whole slice is five frames of one size, each under 64 KiB with its header. */
export const BODY_FRAME_BYTES = Math.ceil(SLICE_BYTES / 5)
/** Most requests of one side that wait for their answer at once; further calls wait for their turn. */
export const MAX_CALLS = 64
/** Most bodies of each direction that are under way at once, so that a peer can fill 2 MiB of memory each way. */
export const MAX_BODIES = 8

// ---- control frame: kind u8 ‖ stream u32 ‖ body length u32, all ones for no body ‖ message.

const kinds = ['hello', 'proof', 'request', 'response', 'cancel', 'ping', 'pong'] as const
const CONTROL_HEADER_BYTES = 9
const NO_BODY = 0xffff_ffff

export interface ControlFrame {
  /** `request` and `response` open and end a stream; `cancel` asks for an end, which is still a response. */
  readonly kind: (typeof kinds)[number]
  /** Chosen by the asker, from 1, each one higher than the one before; 0 where a frame belongs to no request. */
  readonly stream: number
  /** Length of the body that travels beside the message; `undefined` when there is none. */
  readonly bodyBytes?: number | undefined
  /** Canonical CBOR or a signature; empty in `cancel`, `ping` and `pong`. */
  readonly message?: Bytes
}

export function controlFrame({ kind, stream, bodyBytes, message = new Uint8Array(0) }: ControlFrame): Bytes {
  const header = new Uint8Array(CONTROL_HEADER_BYTES)
  const view = new DataView(header.buffer)
  view.setUint8(0, kinds.indexOf(kind))
  view.setUint32(1, stream)
  view.setUint32(5, bodyBytes ?? NO_BODY)
  return concat(header, message)
}

/** @throws KeeptabError `malformed` */
export function parseControlFrame(bytes: Bytes): Required<ControlFrame> {
  if (bytes.length < CONTROL_HEADER_BYTES) throw malformed('A control frame is too short.')
  if (bytes.length > CONTROL_HEADER_BYTES + MAX_HEAD_BYTES) throw malformed('A control frame is too long.')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const kind = kinds[view.getUint8(0)]
  const stream = view.getUint32(1)
  const length = view.getUint32(5)
  const bodyBytes = length === NO_BODY ? undefined : length
  const message = bytes.subarray(CONTROL_HEADER_BYTES)
  if (kind === undefined) throw malformed('A control frame has an unknown kind.')
  if (stream > 0 !== (kind === 'request' || kind === 'response' || kind === 'cancel')) {
    throw malformed(`A ${kind} frame has stream ${stream}.`)
  }
  if (message.length > 0 === (kind === 'cancel' || kind === 'ping' || kind === 'pong')) {
    throw malformed(`A ${kind} frame has ${message.length} bytes of message.`)
  }
  if (bodyBytes !== undefined && (bodyBytes > SLICE_BYTES || (kind !== 'request' && kind !== 'response'))) {
    throw malformed(`A ${kind} frame announces ${bodyBytes} bytes.`)
  }
  return { kind, stream, bodyBytes, message }
}

// ---- body frame: direction u8 ‖ stream u32 ‖ offset u32 ‖ length of the whole body u32 ‖ payload; without payload it cuts the body off.

const directions = ['request', 'response'] as const
const BODY_HEADER_BYTES = 13

/** Whether a body belongs to a request or to the answer; streams are counted by the asker. */
export type Direction = (typeof directions)[number]

export interface BodyFrame {
  readonly direction: Direction
  readonly stream: number
  readonly offset: number
  /** 1 to SLICE_BYTES: an empty body needs no frame. */
  readonly totalBytes: number
  /** Empty when the sender gives up; nothing of this body follows then. */
  readonly payload: Bytes
}

export function bodyFrame({ direction, stream, offset, totalBytes, payload }: BodyFrame): Bytes {
  const bytes = new Uint8Array(BODY_HEADER_BYTES + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, directions.indexOf(direction))
  view.setUint32(1, stream)
  view.setUint32(5, offset)
  view.setUint32(9, totalBytes)
  bytes.set(payload, BODY_HEADER_BYTES)
  return bytes
}

/** @throws KeeptabError `malformed` */
export function parseBodyFrame(bytes: Bytes): BodyFrame {
  if (bytes.length < BODY_HEADER_BYTES) throw malformed('A body frame is too short.')
  if (bytes.length > BODY_HEADER_BYTES + BODY_FRAME_BYTES) throw malformed('A body frame is too long.')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const direction = directions[view.getUint8(0)]
  const stream = view.getUint32(1)
  const offset = view.getUint32(5)
  const totalBytes = view.getUint32(9)
  const payload = bytes.subarray(BODY_HEADER_BYTES)
  if (direction === undefined) throw malformed('A body frame has an unknown direction.')
  if (stream === 0) throw malformed('A body frame has stream 0.')
  if (totalBytes === 0 || totalBytes > SLICE_BYTES) throw malformed(`A body frame announces ${totalBytes} bytes.`)
  if (offset + payload.length > totalBytes) throw malformed('A body frame reaches beyond its body.')
  return { direction, stream, offset, totalBytes, payload }
}

const malformed = (detail: string) => new KeeptabError('malformed', detail)
