/**
 * The field and the points of the erasure code. Frozen for ever: every stored shard depends on each number here.
 *
 * GF(2^8) is the polynomials over GF(2) modulo x^8+x^4+x^3+x^2+1 (0x11D); bit i of a byte is the coefficient of x^i.
 * Adding and subtracting are XOR.
 */

const POLYNOMIAL = 0x11d

// Powers of the generator x, twice round so that a sum of two logarithms needs no reduction.
const exp = new Uint8Array(510)
const log = new Uint8Array(256)
for (let power = 0, element = 1; power < 255; power++) {
  exp[power] = element
  exp[power + 255] = element
  log[element] = power
  element <<= 1
  if (element > 255) element ^= POLYNOMIAL
}

/** Product of two elements. */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : at(exp, at(log, a) + at(log, b))
}

/** Quotient of two elements. @param b not 0: nothing is checked. */
export function divide(a: number, b: number): number {
  return a === 0 ? 0 : at(exp, at(log, a) + 255 - at(log, b))
}

/**
 * A Cantor basis of GF(2^8) over GF(2): β₀ = 1, and β_{i+1} is the smaller root of x² + x = β_i.
 * (D. G. Cantor, On arithmetical algorithms over finite fields, 1989.) With it the vanishing polynomials of the
 * spaces spanned by β₀…β_{m−1} have coefficients 0 and 1 only, which is what makes an additive FFT fast.
 */
export const CANTOR_BASIS: readonly number[] = [1, 214, 152, 146, 86, 200, 88, 230]

/** ω_j for j = 0…255: the XOR of β_i over the bits i that are set in j. Every field element is one of them, once. */
export const POINTS: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, j) =>
  CANTOR_BASIS.reduce((sum, beta, i) => ((j >> i) & 1 ? sum ^ beta : sum), 0),
)

/** ω_j. @param j 0…255. */
export const point = (j: number): number => at(POINTS, j)

// Every index here is a byte or a sum of two logarithms, so the default is never taken.
const at = (table: Readonly<Uint8Array>, index: number): number => table[index] ?? 0
