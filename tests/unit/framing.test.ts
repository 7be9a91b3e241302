import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../../src/core/errors.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import {
  BODY_FRAME_BYTES,
  bodyFrame,
  controlFrame,
  MAX_HEAD_BYTES,
  parseBodyFrame,
  parseControlFrame,
  type BodyFrame,
  type ControlFrame,
} from '../../src/transport/framing.ts'

const stream = fc.integer({ min: 1, max: 0xffff_ffff })
const message = fc.uint8Array({ minLength: 1, maxLength: 200 })
const none = fc.constant(new Uint8Array(0))
const bodyBytes = fc.option(fc.integer({ min: 0, max: SLICE_BYTES }), { nil: undefined })

const controlFrames: fc.Arbitrary<Required<ControlFrame>> = fc.oneof(
  fc.record({ kind: fc.constantFrom('request', 'response'), stream, bodyBytes, message }),
  fc.record({ kind: fc.constant('cancel'), stream, bodyBytes: fc.constant(undefined), message: none }),
  fc.record({
    kind: fc.constantFrom('ping', 'pong'),
    stream: fc.constant(0),
    bodyBytes: fc.constant(undefined),
    message: none,
  }),
  fc.record({
    kind: fc.constantFrom('hello', 'proof'),
    stream: fc.constant(0),
    bodyBytes: fc.constant(undefined),
    message,
  }),
)

const bodyFrames: fc.Arbitrary<BodyFrame> = fc
  .record({
    direction: fc.constantFrom('request', 'response'),
    stream,
    offset: fc.integer({ min: 0, max: SLICE_BYTES - 1000 }),
    payload: fc.uint8Array({ maxLength: 900 }),
    more: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ more, ...frame }) => ({ ...frame, totalBytes: frame.offset + frame.payload.length + more }))

const refused = (parse: () => unknown): unknown => {
  try {
    return parse()
  } catch (thrown) {
    return codeOf(thrown)
  }
}

describe('framing', () => {
  test('a control frame is parsed back to what it says', () => {
    fc.assert(
      fc.property(controlFrames, (frame) => {
        expect(parseControlFrame(controlFrame(frame))).toEqual(frame)
      }),
    )
  })

  test('a body frame is parsed back to what it carries', () => {
    fc.assert(
      fc.property(bodyFrames, (frame) => {
        expect(parseBodyFrame(bodyFrame(frame))).toEqual(frame)
      }),
    )
  })

  test('any bytes are a frame with one encoding, or malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(['malformed', bytes]).toContainEqual(refused(() => controlFrame(parseControlFrame(bytes))))
        expect(['malformed', bytes]).toContainEqual(refused(() => bodyFrame(parseBodyFrame(bytes))))
      }),
    )
  })

  const head = new Uint8Array(1)
  test.each<[string, ControlFrame]>([
    ['a request without a stream', { kind: 'request', stream: 0, message: head }],
    ['a ping with a stream', { kind: 'ping', stream: 1 }],
    ['a request without a message', { kind: 'request', stream: 1 }],
    ['a cancel with a message', { kind: 'cancel', stream: 1, message: head }],
    ['a body longer than a slice', { kind: 'response', stream: 1, message: head, bodyBytes: SLICE_BYTES + 1 }],
    ['a hello with a body', { kind: 'hello', stream: 0, message: head, bodyBytes: 0 }],
    ['a message over its limit', { kind: 'request', stream: 1, message: new Uint8Array(MAX_HEAD_BYTES + 1) }],
  ])('%s is malformed', (_, frame) => {
    expect(refused(() => parseControlFrame(controlFrame(frame)))).toBe('malformed')
  })

  const body: BodyFrame = { direction: 'request', stream: 1, offset: 0, totalBytes: 10, payload: head }
  test.each<[string, BodyFrame]>([
    ['a body frame without a stream', { ...body, stream: 0 }],
    ['an empty body', { ...body, totalBytes: 0, payload: new Uint8Array(0) }],
    ['a body longer than a slice', { ...body, totalBytes: SLICE_BYTES + 1 }],
    ['a payload beyond its body', { ...body, offset: 10 }],
    ['a payload over its limit', { ...body, totalBytes: SLICE_BYTES, payload: new Uint8Array(BODY_FRAME_BYTES + 1) }],
  ])('%s is malformed', (_, frame) => {
    expect(refused(() => parseBodyFrame(bodyFrame(frame)))).toBe('malformed')
  })
})
