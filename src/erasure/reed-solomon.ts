/**
 * Reed–Solomon in plain TypeScript: the reference for every faster encoder, which must give the same bytes.
 *
 * Byte i of the shards is one code word. Shard j is the value at ω_j of the polynomial of degree < K whose values at
 * ω_0…ω_{k−1} are the data and at ω_k…ω_{K−1} zero; parity shard k+p is its value at ω_{K+p}. Any k shards and
 * the K−k zeros fix the polynomial, so encoding, decoding and rebuilding are one thing: Lagrange interpolation from the
 * shards that are there to the points that are wanted. The points are those of the additive FFT of Lin, Chung and Han
 * (Novel polynomial basis and its application to Reed–Solomon erasure codes, FOCS 2014).
 */
import type { Bytes } from '../core/bytes.ts'
import { throwIfAborted } from '../core/errors.ts'
import { merkleRoot } from '../core/merkle.ts'
import { nextTurn } from '../core/next-turn.ts'
import {
  checkCode,
  checkIndices,
  chooseShards,
  paddedCount,
  shardLengthOf,
  type ErasureCode,
  type ErasureCodec,
  type ErasureOptions,
  type IndexedShard,
} from './erasure-codec.ts'
import { divide, multiply, point } from './gf256.ts'

/** The codec that computes where it is called. Keeps a thread busy: a page uses the one in a worker. */
export const reedSolomon: ErasureCodec = {
  async encode(code, pack, options = {}) {
    checkCode(code)
    const length = shardLengthOf(code, pack)
    const shards = Array.from({ length: code.n }, (_, index) => ({
      index,
      bytes: index < code.k ? pack.slice(index * length, (index + 1) * length) : new Uint8Array(length),
    }))
    await interpolate(code, shards.slice(0, code.k), shards.slice(code.k), options)

    const roots: Bytes[] = []
    for (const { bytes } of shards) {
      throwIfAborted(options.signal)
      roots.push(await merkleRoot(bytes))
    }
    return { shards: shards.map(({ bytes }) => bytes), roots }
  },

  async decode(code, shards, options = {}) {
    checkCode(code)
    const known = chooseShards(code, shards)
    const length = shardLength(known)
    const pack = new Uint8Array(code.k * length)
    const data = Array.from({ length: code.k }, (_, index) => ({
      index,
      bytes: pack.subarray(index * length, (index + 1) * length),
    }))
    await interpolate(code, known, data, options)
    return pack
  },

  async rebuild(code, shards, wanted, options = {}) {
    checkCode(code)
    checkIndices(code, wanted)
    const known = chooseShards(code, shards)
    const length = shardLength(known)
    const made = wanted.map((index) => ({ index, bytes: new Uint8Array(length) }))
    await interpolate(code, known, made, options)
    return made.map(({ bytes }) => bytes)
  },
}

const shardLength = (known: readonly IndexedShard[]): number => known[0]?.bytes.length ?? 0

/** Bytes of every shard worked on at a time: with four outputs it all stays in the first-level cache for usual k. */
const STRIP_BYTES = 2048

/** Table look-ups between two turns of the event loop: some 5 ms. */
const LOOKUPS_PER_TURN = 4_000_000

/** Fills `made` from k known shards. A made shard that is known is copied. */
async function interpolate(
  code: ErasureCode,
  known: readonly IndexedShard[],
  made: readonly IndexedShard[],
  { signal, onProgress }: ErasureOptions,
): Promise<void> {
  throwIfAborted(signal)
  const inputs = known.map(({ bytes }) => bytes)
  const length = shardLength(known)
  const missing: IndexedShard[] = []
  for (const shard of made) {
    const same = known.find(({ index }) => index === shard.index)
    if (same === undefined) missing.push(shard)
    else shard.bytes.set(same.bytes)
  }

  const quads = quadsOf(code, known, missing)
  const sums = new Int32Array(STRIP_BYTES)
  let lookups = 0
  for (let start = 0; start < length && quads.length > 0; start += STRIP_BYTES) {
    const end = Math.min(length, start + STRIP_BYTES)
    for (const quad of quads) codeStrip(quad, inputs, sums, start, end)
    lookups += quads.length * code.k * STRIP_BYTES
    if (lookups < LOOKUPS_PER_TURN) continue
    lookups = 0
    onProgress?.(code.k * end)
    await nextTurn()
    throwIfAborted(signal)
  }
  onProgress?.(code.k * length)
}

/** Up to four shards to make, and for each input a table from a byte to its four products, lowest byte first. */
interface Quad {
  readonly outputs: readonly Bytes[]
  readonly tables: readonly Int32Array[]
}

function quadsOf(code: ErasureCode, known: readonly IndexedShard[], missing: readonly IndexedShard[]): Quad[] {
  const rowOf = coefficients(
    code,
    known.map(({ index }) => index),
  )
  const quads: Quad[] = []
  for (let first = 0; first < missing.length; first += 4) {
    const four = missing.slice(first, first + 4)
    const rows = four.map(({ index }) => rowOf(index))
    quads.push({
      outputs: four.map(({ bytes }) => bytes),
      tables: known.map((_, i) => productTable(rows.map((row) => row[i] ?? 0))),
    })
  }
  return quads
}

/**
 * For k known indices: the function from an index that is not among them to the k coefficients of its shard.
 *
 * With X the known points and the K−k zeros, Lagrange's coefficient of the value at x_i for the point w is
 *   ∏_{x ∈ X, x ≠ x_i} (w − x) / (x_i − x)  =  Z(w) / ((w − x_i) · Z′(x_i)),   Z(w) = ∏_{x ∈ X} (w − x).
 * The zeros have coefficients too, which nothing is ever multiplied with.
 */
function coefficients({ k }: ErasureCode, known: readonly number[]): (wanted: number) => number[] {
  const padded = paddedCount(k)
  // Parity points start at ω_K: the zeros between stand for shards that nobody needs to keep.
  const pointOf = (index: number): number => point(index < k ? index : index - k + padded)
  const knownPoints = known.map(pointOf)
  const all = [...knownPoints]
  for (let j = k; j < padded; j++) all.push(point(j))

  const distances = (from: number): number =>
    all.reduce((product, x) => (x === from ? product : multiply(product, from ^ x)), 1)
  const derivatives = knownPoints.map(distances)
  return (wanted) => {
    const w = pointOf(wanted)
    const z = distances(w)
    return knownPoints.map((x, i) => divide(z, multiply(w ^ x, derivatives[i] ?? 1)))
  }
}

/** Byte → its products with up to four coefficients, packed into 32 bits: one look-up serves four output shards. */
function productTable(factors: readonly number[]): Int32Array {
  const table = new Int32Array(256)
  for (let bit = 1; bit < 256; bit <<= 1) {
    const products = factors.reduce((packed, factor, i) => packed | (multiply(factor, bit) << (8 * i)), 0)
    // Multiplication distributes over XOR, so the entries below `bit` give those above it.
    for (let low = 0; low < bit; low++) table[bit | low] = products ^ (table[low] ?? 0)
  }
  return table
}

/* The loops below take nine tenths of the time. Every index is in range by construction; a default would cost a branch. */
/* eslint-disable @typescript-eslint/no-non-null-assertion */

function codeStrip(quad: Quad, inputs: readonly Bytes[], sums: Int32Array, start: number, end: number): void {
  const { outputs, tables } = quad
  sums.fill(0)
  let i = 0
  // Four inputs to one load and store of the sum: a quarter faster at k = 16.
  for (; i + 4 <= inputs.length; i += 4) addFour(sums, inputs, tables, i, start, end)
  for (; i < inputs.length; i++) addOne(sums, inputs[i]!, tables[i]!, start, end)
  if (outputs.length === 4) unpackFour(sums, outputs, start, end)
  else for (let o = 0; o < outputs.length; o++) unpackOne(sums, 8 * o, outputs[o]!, start, end)
}

function addOne(sums: Int32Array, input: Bytes, table: Int32Array, start: number, end: number): void {
  for (let at = start, sum = 0; at < end; at++, sum++) sums[sum]! ^= table[input[at]!]!
}

function addFour(
  sums: Int32Array,
  inputs: readonly Bytes[],
  tables: readonly Int32Array[],
  i: number,
  start: number,
  end: number,
): void {
  const [a, b, c, d] = [inputs[i]!, inputs[i + 1]!, inputs[i + 2]!, inputs[i + 3]!]
  const [ta, tb, tc, td] = [tables[i]!, tables[i + 1]!, tables[i + 2]!, tables[i + 3]!]
  for (let at = start, sum = 0; at < end; at++, sum++) {
    sums[sum]! ^= ta[a[at]!]! ^ tb[b[at]!]! ^ tc[c[at]!]! ^ td[d[at]!]!
  }
}

function unpackOne(sums: Int32Array, shift: number, output: Bytes, start: number, end: number): void {
  for (let at = start, sum = 0; at < end; at++, sum++) output[at] = sums[sum]! >>> shift
}

function unpackFour(sums: Int32Array, outputs: readonly Bytes[], start: number, end: number): void {
  const [a, b, c, d] = [outputs[0]!, outputs[1]!, outputs[2]!, outputs[3]!]
  for (let at = start, sum = 0; at < end; at++, sum++) {
    const packed = sums[sum]!
    a[at] = packed
    b[at] = packed >>> 8
    c[at] = packed >>> 16
    d[at] = packed >>> 24
  }
}
