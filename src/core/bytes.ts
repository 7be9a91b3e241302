/** Byte strings: joining, comparing and their text forms. Every byte array in Keeptab owns a plain ArrayBuffer. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

/** UTF-8 bytes of a string. */
export const utf8 = (text: string): Bytes => encoder.encode(text)

/** One byte string out of many, in order. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Equality by content. Not constant-time: use it for public values only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += digits[byte] ?? ''
  return text
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes of a lower-case hexadecimal text, or `undefined` when it is not one of exactly `length` bytes. */
export function fromHex(text: string, length: number): Bytes | undefined {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return undefined
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += 1) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** By character code; 64 for what is no digit. */
const valueOfCode = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = base64.indexOf(String.fromCharCode(code))
  return value === -1 ? 64 : value
})

/** Base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += base64.charAt(three >> 18) + base64.charAt((three >> 12) & 63)
    if (i + 1 < bytes.length) text += base64.charAt((three >> 6) & 63)
    if (i + 2 < bytes.length) text += base64.charAt(three & 63)
  }
  return text
}

/** Bytes of an unpadded base64url text in its one canonical form, or `undefined` when it is anything else. */
export function fromBase64Url(text: string): Bytes | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let waiting = 0
  let bits = 0
  let at = 0
  for (let i = 0; i < text.length; i += 1) {
    const value = valueOfCode[text.charCodeAt(i)] ?? 64
    if (value === 64) return undefined
    waiting = (waiting << 6) | value
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at] = waiting >> bits
    at += 1
    waiting &= (1 << bits) - 1
  }
  // What is left over of the last digit is zero in the canonical form.
  return waiting === 0 ? bytes : undefined
}

/** The four bytes of an unsigned 32-bit integer, big endian. */
export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** Copy whose buffer is an ArrayBuffer of exactly this length: what WebCrypto, IndexedDB and workers want. */
export const own = (bytes: Uint8Array): Bytes => new Uint8Array(bytes)
