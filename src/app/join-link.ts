/** The address in the QR code by which a device is added. The secret stands behind `#`, which no browser sends to a server. */
import { fromBase64Url, toBase64Url, type Bytes } from '../core/bytes.ts'

const MARK = '#join='
const SECRET_BYTES = 32

export const joinLink = (coordinator: string, secret: Bytes): string => `${coordinator}/${MARK}${toBase64Url(secret)}`

/** The secret in the part of an address from `#` on; `undefined` when it holds none, `broken` when it is not whole. */
export function secretInAddress(hash: string): Bytes | 'broken' | undefined {
  if (!hash.startsWith(MARK)) return undefined
  const secret = fromBase64Url(hash.slice(MARK.length))
  return secret?.length === SECRET_BYTES ? secret : 'broken'
}
