/**
 * Signed things: canonical CBOR `[body, signature]`, where `body` is itself canonical CBOR as a byte string,
 * so that a verifier checks the very bytes that were signed and never a re-encoding of them.
 */
import { z } from 'zod'
import type { Bytes } from './bytes.ts'
import { sign, verify, type SigningKey } from './crypto.ts'
import type { SignatureTag } from './derive.ts'
import { KeeptabError } from './errors.ts'
import { decode, encode, type WireValue } from './wire.ts'

/** A byte string on the wire of exactly `length` bytes. */
export const fixedBytes = (length: number): z.ZodType<Bytes> =>
  z.custom<Bytes>((value) => value instanceof Uint8Array && value.length === length, `must be ${length} bytes`)

/** A byte string on the wire of at most `max` bytes. */
export const someBytes = (max: number): z.ZodType<Bytes> =>
  z.custom<Bytes>((value) => value instanceof Uint8Array && value.length <= max, `must be at most ${max} bytes`)

const envelope = z.tuple([someBytes(1 << 20), fixedBytes(64)])

/** `[body, signature]` over `tag`. */
export async function signBody(key: SigningKey, tag: SignatureTag, body: WireValue): Promise<Bytes> {
  const bytes = encode(body)
  return encode([bytes, await sign(key, tag, bytes)])
}

/**
 * The body of signed bytes, once the key that the body itself names has been found to have signed it.
 * What that key may do is the caller's to decide.
 * @param tag where it follows from the body, as from its version, a function of it
 * @param signer public key of the signer, 32 bytes, out of the body
 * @throws KeeptabError `malformed` or `signature-invalid`
 */
export async function openSigned<Schema extends z.ZodType>(
  tag: SignatureTag | ((body: z.output<Schema>) => SignatureTag),
  schema: Schema,
  bytes: Uint8Array,
  signer: (body: z.output<Schema>) => Bytes | Promise<Bytes>,
): Promise<z.output<Schema>> {
  const [bodyBytes, signature] = decode(envelope, bytes)
  const body = decode(schema, bodyBytes)
  const expected = typeof tag === 'function' ? tag(body) : tag
  if (!(await verify(await signer(body), expected, bodyBytes, signature))) throw new KeeptabError('signature-invalid')
  return body
}
