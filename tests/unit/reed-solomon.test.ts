import { describe, expect, test } from 'vitest'
import type { Bytes } from '../../src/core/bytes.ts'
import { paddedCount } from '../../src/erasure/erasure-codec.ts'
import { CANTOR_BASIS, POINTS, divide, multiply } from '../../src/erasure/gf256.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import { erasureCodecContract } from '../contract/erasure-codec.ts'

erasureCodecContract('Reed–Solomon in plain TypeScript', () => reedSolomon)

const elements = Array.from({ length: 256 }, (_, i) => i)

/** Schoolbook product: shift, add, reduce by 0x11D. Shares nothing with the tables of the code. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product <<= 1
    if (product & 0x100) product ^= 0x11d
    if ((b >> bit) & 1) product ^= a
  }
  return product
}

/** a^254, the inverse in a group of 255 elements. */
const inverse = (a: number): number => Array.from({ length: 254 }).reduce<number>((power) => times(power, a), 1)
const inverses = elements.map((a) => (a === 0 ? 0 : inverse(a)))
const over = (a: number, b: number): number => times(a, inverses[b] ?? 0)
const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total ^ term, 0)
const product = (factors: readonly number[]): number => factors.reduce(times, 1)

describe('the field and its points', () => {
  test('products are those of polynomials modulo 0x11D, and a quotient undoes them', () => {
    for (const a of elements) {
      for (const b of elements) {
        expect(multiply(a, b)).toBe(times(a, b))
        if (b !== 0) expect(divide(multiply(a, b), b)).toBe(a)
      }
    }
  })

  test('each basis element is the smaller root of x² + x = the one before', () => {
    expect(CANTOR_BASIS[0]).toBe(1)
    CANTOR_BASIS.slice(1).forEach((beta, i) => {
      expect(elements.find((x) => (times(x, x) ^ x) === CANTOR_BASIS[i])).toBe(beta)
    })
  })

  test('the points are all elements of the field, and add like their indices', () => {
    expect(new Set(POINTS).size).toBe(256)
    for (const i of elements) {
      for (const j of elements) expect(POINTS[i ^ j]).toBe((POINTS[i] ?? 0) ^ (POINTS[j] ?? 0))
    }
  })
})

const points = elements.map((j) => sum(CANTOR_BASIS.filter((_, i) => (j >> i) & 1)))
const ω = (j: number): number => points[j] ?? 0

/**
 * One code word by Newton's divided differences: the polynomial through K points is built term by term and evaluated at
 * the parity points by Horner's rule.
 */
function newtonCodeWord(data: readonly number[], n: number): number[] {
  const padded = paddedCount(data.length)
  const differences = Array.from({ length: padded }, (_, j) => data[j] ?? 0)
  for (let order = 1; order < padded; order++) {
    for (let j = padded - 1; j >= order; j--) {
      differences[j] = over((differences[j] ?? 0) ^ (differences[j - 1] ?? 0), ω(j) ^ ω(j - order))
    }
  }
  const valueAt = (x: number): number => differences.reduceRight((value, d, j) => times(value, x ^ ω(j)) ^ d, 0)
  return [...data, ...Array.from({ length: n - data.length }, (_, p) => valueAt(ω(padded + p)))]
}

/**
 * One code word by the additive FFT of Lin, Chung and Han. In their basis X_i(x) = ∏ over the bits b of i of s_b(x),
 * where s_b = ∏_{v < 2^b} (x − ω_v) (and s_b(β_b) = 1 in a Cantor basis, so that nothing need be scaled), the values at
 * the 2^m points from `shift` on become coefficients, and coefficients values, in m layers of butterflies.
 */
function lchCodeWord(data: readonly number[], n: number): number[] {
  const padded = paddedCount(data.length)
  const coefficients = Array.from({ length: padded }, (_, j) => data[j] ?? 0)
  butterflies(coefficients, 0, 'to coefficients')
  const parity: number[] = []
  for (let shift = padded; parity.length < n - data.length; shift += padded) {
    const values = [...coefficients]
    butterflies(values, shift, 'to values')
    parity.push(...values)
  }
  return [...data, ...parity.slice(0, n - data.length)]
}

const vanishing = (b: number, x: number): number => product(Array.from({ length: 2 ** b }, (_, v) => x ^ ω(v)))

function butterflies(values: number[], shift: number, direction: 'to values' | 'to coefficients'): void {
  const layers = Array.from({ length: Math.log2(values.length) }, (_, b) => b)
  for (const b of direction === 'to values' ? layers.reverse() : layers) {
    for (let block = 0; block < values.length; block += 2 ** (b + 1)) {
      const twiddle = vanishing(b, ω(shift + block))
      for (let low = block; low < block + 2 ** b; low++) {
        const high = low + 2 ** b
        const [u = 0, v = 0] = [values[low], values[high]]
        const first = direction === 'to values' ? u ^ times(twiddle, v) : u
        const second = direction === 'to values' ? first ^ v : u ^ v
        values[low] = direction === 'to values' ? first : u ^ times(twiddle, second)
        values[high] = second
      }
    }
  }
}

describe('the code is the one of Lin, Chung and Han', () => {
  const columns = 24

  test.each([
    [1, 4],
    [2, 6],
    [3, 10],
    [4, 12],
    [5, 13],
    [10, 30],
    [16, 48],
    [29, 80],
    [20, 40],
    [100, 228],
  ])('%d of %d: interpolation, divided differences and the additive FFT give the same bytes', async (k, n) => {
    const pack: Bytes = Uint8Array.from({ length: k * columns }, (_, i) => (i * i * 29 + i * 7 + 11) >> 3)
    const { shards } = await reedSolomon.encode({ k, n }, pack)
    for (let i = 0; i < columns; i++) {
      const word = shards.map((shard) => shard[i] ?? 0)
      expect(newtonCodeWord(word.slice(0, k), n)).toEqual(word)
      expect(lchCodeWord(word.slice(0, k), n)).toEqual(word)
    }
  })

  test('basis polynomials are normal without scaling: the vanishing polynomial of β_0…β_{b−1} is 1 at β_b', () => {
    expect(CANTOR_BASIS.map((beta, b) => vanishing(b, beta))).toEqual(Array(8).fill(1))
  })
})
