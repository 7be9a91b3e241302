/**
 * Canonical CBOR (RFC 8949 §4.2.1): what is signed, hashed or sent between peers has exactly one encoding.
 * Only maps with text keys, arrays, byte strings, text, safe integers, booleans and null exist on the wire.
 */
import { encode as cborEncode, rfc8949EncodeOptions } from 'cborg'
import type { z } from 'zod'
import { own, type Bytes } from './bytes.ts'
import { CanonicalReader, type WireValue } from './canonical.ts'
import { KeeptabError } from './errors.ts'

export type { WireValue }

/** Canonical bytes of a value. Keys whose value is `undefined` are left out. @throws KeeptabError `internal` for floats. */
export function encode(value: WireValue): Bytes {
  return own(cborEncode(clean(value), rfc8949EncodeOptions))
}

function clean(value: WireValue): unknown {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new KeeptabError('internal', 'Only safe integers go on the wire.')
  }
  if (Array.isArray(value)) return value.map(clean)
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  const entries = Object.entries(value as Record<string, WireValue | undefined>)
  return Object.fromEntries(entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, clean(item)]])))
}

/** Longest text, deepest nesting and the like are the schema's to limit; this is the longest whole message in bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

/**
 * The value of canonical bytes, checked against its schema.
 * @throws KeeptabError `malformed` for anything that is not the one encoding of a value of this schema
 */
export function decode<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  if (bytes.length > MAX_MESSAGE_BYTES) throw new KeeptabError('limit-exceeded', `A message has ${bytes.length} bytes.`)
  const { value, length } = decodeFirst(schema, bytes)
  if (length !== bytes.length) throw notCanonical()
  return value
}

/**
 * The first of the values that follow one another in `bytes`, and how many bytes it has: for lists too long to be held
 * as values. @throws KeeptabError `malformed` as `decode`, also when the bytes end within the value
 */
export function decodeFirst<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
): { value: z.output<Schema>; length: number } {
  const { value, length } = canonicalFirst(bytes)
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new KeeptabError('malformed', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`)
  }
  return { value: parsed.data, length }
}

function canonicalFirst(bytes: Uint8Array): { value: WireValue; length: number } {
  try {
    const reader = new CanonicalReader(bytes)
    return { value: reader.next(), length: reader.at }
  } catch (cause) {
    throw notCanonical(cause)
  }
}

const notCanonical = (cause?: unknown) => new KeeptabError('malformed', 'It is not canonical CBOR.', {}, cause)
