/**
 * What a PeerJS server may say, checked before PeerJS sees it. PeerJS trusts its server and, through it, every stranger:
 * an offer with an unknown serialisation throws inside its socket, candidates for connections that do not exist are
 * kept for ever, and a LEAVE closes links that have long stopped needing the server.
 */
import { z } from 'zod'
import { parseDeviceId, type DeviceId } from '../core/ids.ts'

const device = z.string().transform((text, context): DeviceId => {
  try {
    return parseDeviceId(text)
  } catch {
    context.addIssue('must be a device id')
    return z.NEVER
  }
})
const connectionId = z.string().min(1).max(64)
const description = (type: 'offer' | 'answer') => z.object({ type: z.literal(type), sdp: z.string().max(16_384) })

const schema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['OPEN', 'ID-TAKEN', 'INVALID-KEY']) }),
  z.object({ type: z.literal('ERROR'), payload: z.object({ msg: z.string() }) }),
  z.object({ type: z.literal('EXPIRE'), src: device }),
  z.object({
    type: z.literal('OFFER'),
    src: device,
    payload: z.object({
      type: z.literal('data'),
      connectionId,
      label: z.string().max(64),
      reliable: z.literal(true),
      serialization: z.literal('raw'),
      sdp: description('offer'),
    }),
  }),
  z.object({ type: z.literal('ANSWER'), src: device, payload: z.object({ connectionId, sdp: description('answer') }) }),
  z.object({
    type: z.literal('CANDIDATE'),
    src: device,
    payload: z.object({
      connectionId,
      candidate: z.object({
        candidate: z.string().max(1024),
        sdpMid: z.string().max(3).nullish(),
        sdpMLineIndex: z.int().min(0).max(1).nullish(),
        usernameFragment: z.string().max(256).nullish(),
      }),
    }),
  }),
])

export type Signal = z.output<typeof schema>

/** The message, or `undefined` when it is none that this version has a use for. */
export const parseSignal = (message: unknown): Signal | undefined => schema.safeParse(message).data
