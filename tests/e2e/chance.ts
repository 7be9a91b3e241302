/** Chance that can be had again: set KEEPTAB_SEED to the seed a story printed. */

export interface Chance {
  readonly seed: number
  /** In [0, 1). */
  readonly next: () => number
}

/** A new seed, or the one from the environment; printed, so that a failure can be repeated. */
export function chance(story: string): Chance {
  const seed = Number(process.env['KEEPTAB_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
  console.log(`${story}: KEEPTAB_SEED=${seed}`)
  return chanceOf(seed)
}

/** The same for the same seed. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  return {
    seed,
    // mulberry32 (Tommy Ettinger, public domain)
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let t = Math.imul(state ^ (state >>> 15), state | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
    },
  }
}
