/** A sound file that needs no file: every byte of it follows from its place. */

const HEADER_BYTES = 44
/** 16 bit, two channels, 48 kHz. */
const BYTES_PER_SECOND = 192_000

/** Of so many seconds. RIFF WAVE, PCM; the sound itself is a hum that sounds like nothing. */
export function waveByte(seconds: number): { sizeBytes: number; byteAt: (offset: number) => number } {
  const dataBytes = seconds * BYTES_PER_SECOND
  const header = new DataView(new ArrayBuffer(HEADER_BYTES))
  const text = (at: number, value: string) => new TextEncoder().encodeInto(value, new Uint8Array(header.buffer, at))
  text(0, 'RIFF')
  header.setUint32(4, HEADER_BYTES - 8 + dataBytes, true)
  text(8, 'WAVEfmt ')
  header.setUint32(16, 16, true)
  header.setUint16(20, 1, true)
  header.setUint16(22, 2, true)
  header.setUint32(24, 48_000, true)
  header.setUint32(28, BYTES_PER_SECOND, true)
  header.setUint16(32, 4, true)
  header.setUint16(34, 16, true)
  text(36, 'data')
  header.setUint32(40, dataBytes, true)
  return {
    sizeBytes: HEADER_BYTES + dataBytes,
    byteAt: (offset) => (offset < HEADER_BYTES ? header.getUint8(offset) : (offset * 31 + (offset >> 9)) & 255),
  }
}
