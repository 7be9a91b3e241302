/**
 * Which network an address block belongs to: the autonomous system that announces it, by a table that the operator
 * supplies, or without one a wider block, /16 of IPv4 and /32 of IPv6. A provider has many of those, so without a table
 * one network may pass for several.
 */
import { KeeptabError } from '../core/errors.ts'
import { parsePrefix, type Prefix } from './address-block.ts'

export interface Networks {
  /** @param block answer of `addressBlock` */
  of(block: string): string
}

/** A prefix and the number of the autonomous system that announces it. */
export interface NetworkRow extends Prefix {
  readonly system: number
}

/**
 * A table as CSV, as public ones have it, IPv4 or IPv6 or both: prefix, number of the autonomous system with or without
 * AS, anything more. A first line without a prefix is a header.
 * @throws KeeptabError `config-invalid` naming the first line that is none of that
 */
export function parseNetworkTable(lines: readonly string[]): NetworkRow[] {
  return lines.flatMap((line, i) => {
    const [first = '', second = ''] = line.split(',', 2).map((field) => field.trim().replace(/^"(.*)"$/, '$1'))
    const prefix = parsePrefix(first)
    const [, system] = /^(?:AS)?(\d{1,10})$/i.exec(second) ?? []
    if (prefix !== undefined && system !== undefined) return [{ ...prefix, system: Number(system) }]
    if (i === 0 || line.trim() === '') return []
    throw new KeeptabError('config-invalid', `line ${i + 1} is not a prefix and the number of its network`)
  })
}

/** Of prefixes within each other the longest counts. */
export function createNetworks(rows: readonly NetworkRow[]): Networks {
  const ranges = { 4: flattened(rows, 4), 6: flattened(rows, 6) }
  const known = new Map<string, string>()
  const find = (block: string): string => {
    const prefix = parsePrefix(block)
    if (prefix === undefined) return block
    const system = ranges[prefix.family].systemAt(prefix.from)
    return system === 0 ? wider(block) : `AS${system}`
  }
  return {
    of(block) {
      let network = known.get(block)
      if (network === undefined) {
        if (known.size >= MOST_KNOWN) known.clear()
        known.set(block, (network = find(block)))
      }
      return network
    },
  }
}

/** Blocks whose network is remembered. */
const MOST_KNOWN = 100_000

function wider(block: string): string {
  const [, four, second] = /^(\d+)\.(\d+)\./.exec(block) ?? []
  return four === undefined ? `${block.split(':', 2).join(':')}::/32` : `${four}.${second}.0.0/16`
}

/** Prefixes within each other cut into pieces that follow one another. Binary search: 17 steps for 100,000. */
function flattened(rows: readonly NetworkRow[], family: 4 | 6): { systemAt(address: number): number } {
  const sorted = rows.filter((row) => row.family === family).sort((a, b) => a.from - b.from || b.to - a.to)
  const from: number[] = []
  const system: number[] = []
  const piece = (start: number, of: number): void => {
    if (from.at(-1) === start) {
      from.pop()
      system.pop()
    }
    from.push(start)
    system.push(of)
  }
  const around: NetworkRow[] = []
  const leave = (until: number): void => {
    for (let inner = around.at(-1); inner !== undefined && inner.to < until; inner = around.at(-1)) {
      around.pop()
      piece(inner.to + 1, around.at(-1)?.system ?? 0)
    }
  }
  for (const row of sorted) {
    leave(row.from)
    piece(row.from, row.system)
    around.push(row)
  }
  leave(Infinity)
  const [starts, systems] = [Float64Array.from(from), Uint32Array.from(system)]
  return {
    systemAt(address) {
      let [low, high] = [0, starts.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((starts[middle] ?? Infinity) <= address) low = middle + 1
        else high = middle
      }
      return systems[low - 1] ?? 0
    },
  }
}
