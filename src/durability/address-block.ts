/** Blocks of addresses, which stand for the place that a peer is at: /24 of IPv4, /48 of IPv6 (threats.md, T4). */

/** The block that an address lies in. This machine is one, `loopback`; what is no address lies in `unknown`. */
export function addressBlock(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(plain)
  if (mapped !== null) {
    const [, a, b, c] = mapped
    return a === '127' ? 'loopback' : `${a}.${b}.${c}.0/24`
  }
  const groups = ipv6Groups(plain)
  if (groups === undefined) return 'unknown'
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return 'loopback'
  return `${groups
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(':')}::/48`
}

/** Addresses or prefixes as numbers: of IPv4 all 32 bits, of IPv6 the first 48, which is what a block has. */
export interface Prefix {
  readonly family: 4 | 6
  readonly from: number
  /** The last one. */
  readonly to: number
}

/** `undefined` for anything that is not an address with its number of leading bits. */
export function parsePrefix(text: string): Prefix | undefined {
  const [, address, length] = /^([\da-fA-F.:]{2,45})\/(\d{1,3})$/.exec(text) ?? []
  if (address === undefined) return undefined
  const bits = Number(length)
  const octets = address.split('.')
  if (octets.length === 4) {
    if (bits > 32 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256)) return undefined
    return prefix(
      4,
      32,
      octets.reduce((sum, octet) => sum * 256 + Number(octet), 0),
      bits,
    )
  }
  const groups = bits > 128 ? undefined : ipv6Groups(address.toLowerCase())
  return (
    groups &&
    prefix(
      6,
      48,
      groups.slice(0, 3).reduce((sum, group) => sum * 65_536 + group, 0),
      bits,
    )
  )
}

function prefix(family: 4 | 6, width: number, address: number, bits: number): Prefix {
  const size = 2 ** Math.max(0, width - bits)
  const from = address - (address % size)
  return { family, from, to: from + size - 1 }
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2), or `undefined` for anything else. */
function ipv6Groups(text: string): number[] | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const [head = [], tail = []] = halves
  const missing = 8 - head.length - tail.length
  if (halves.length > 2 || (halves.length === 1 ? missing !== 0 : missing < 1)) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  return all.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? all.map((group) => Number.parseInt(group, 16))
    : undefined
}
