import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressBlock, parsePrefix } from '../../src/durability/address-block.ts'
import { createNetworks, parseNetworkTable } from '../../src/durability/networks.ts'

describe('address blocks', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0DB8:0001::1', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['127.0.0.1', 'loopback'],
    ['127.1.2.3', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['', 'unknown'],
    ['1::2::3', 'unknown'],
    ['not an address', 'unknown'],
  ])('%s lies in %s', (address, block) => {
    expect(addressBlock(address)).toBe(block)
  })
})

describe('networks', () => {
  const table = [
    'network,autonomous_system_number,autonomous_system_organization',
    '198.51.100.0/22,64500,"Example, Inc."',
    '"203.0.113.0/24","AS64501"',
    '203.0.0.0/8,64502,Everybody',
    '2001:db8::/32,64503,Six',
    '2001:db8:7::/48,64504,Within six',
    '',
  ]
  const networks = createNetworks(parseNetworkTable(table))

  it.each([
    ['198.51.100.7', 'AS64500'],
    ['198.51.103.255', 'AS64500'],
    ['198.51.104.1', '198.51.0.0/16'],
    ['198.51.99.1', '198.51.0.0/16'],
    ['203.0.113.9', 'AS64501'],
    ['203.0.114.9', 'AS64502'],
    ['204.0.0.1', '204.0.0.0/16'],
    ['2001:db8:7:1::1', 'AS64504'],
    ['2001:db8:8::1', 'AS64503'],
    ['2001:db8::1', 'AS64503'],
    ['2001:db9:1::1', '2001:db9::/32'],
    ['127.0.0.1', 'loopback'],
    ['what?', 'unknown'],
  ])('%s lies in %s', (address, network) => {
    expect(networks.of(addressBlock(address))).toBe(network)
  })

  it('without a table are wider blocks', () => {
    const none = createNetworks([])
    expect(none.of(addressBlock('192.0.2.1'))).toBe('192.0.0.0/16')
    expect(none.of(addressBlock('2001:db8:1::1'))).toBe('2001:db8::/32')
  })

  it('are those of the longest prefix that an address lies in, whatever the order of the table', () => {
    const byte = fc.nat(255)
    const prefix = fc.tuple(fc.constantFrom(10, 11), byte, byte, fc.integer({ min: 0, max: 24 }))
    const rows = fc.array(prefix, { maxLength: 30 })
    fc.assert(
      fc.property(rows, fc.constantFrom(10, 11), byte, byte, (prefixes, a, b, c) => {
        // One that is there twice would have two answers.
        const lines = new Map(
          prefixes.map(([p, q, r, bits], i) => {
            const { from } = parsePrefix(`${p}.${q}.${r}.0/${bits}`) ?? { from: -1 }
            return [`${from} ${bits}`, { line: `${p}.${q}.${r}.0/${bits},${i + 1}`, bits, system: i + 1 }] as const
          }),
        )
        const known = createNetworks(parseNetworkTable([...lines.values()].map(({ line }) => line)))
        const at = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8
        const around = [...lines.values()].filter(({ line }) => {
          const { from, to } = parsePrefix(line.split(',')[0] ?? '') ?? { from: 1, to: 0 }
          return from <= at && at <= to
        })
        const longest = around.sort((x, y) => y.bits - x.bits)[0]
        const expected = longest === undefined ? `${a}.${b}.0.0/16` : `AS${longest.system}`
        expect(known.of(addressBlock(`${a}.${b}.${c}.7`))).toBe(expected)
      }),
    )
  })

  it('are not read from what is no such table', () => {
    for (const line of [
      '198.51.100.0,64500',
      '198.51.100.0/33,64500',
      '300.0.0.0/8,1',
      '2001:db8::/129,1',
      '10.0.0.0/8,x',
      '10.0.0.0/8',
    ]) {
      expect(() => parseNetworkTable(['header', line])).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    }
  })
})
