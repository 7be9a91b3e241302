/** Which code data gets, and when it counts as safe: ordered thresholds from durability.md, Defaults. */

export interface Redundancy {
  readonly k: number
  readonly n: number
  /** Shards in distinct failure domains after which a backup counts as done. */
  readonly happy: number
  /** At or under this many, shards are made again; under `urgent` at once; under `alarm` the owner is told. */
  readonly repairAt: number
  readonly urgentAt: number
  readonly alarmAt: number
  /** Too small a network to rely on: "trial, keep another copy". */
  readonly trial: boolean
}

/** The code of the normal network, which has so many keepers in distinct failure domains. */
export const NORMAL: Redundancy = { k: 16, n: 48, happy: 42, repairAt: 30, urgentAt: 23, alarmAt: 19, trial: false }
export const NORMAL_NETWORK = 64

/** In a normal network, for a group of keepers that were seen to stay and to be there (`lean`): a third less to keep. */
export const LEAN: Redundancy = { k: 16, n: 32, happy: 28, repairAt: 26, urgentAt: 22, alarmAt: 19, trial: false }

const ladder: readonly (Redundancy & { readonly keepers: number })[] = [
  { keepers: NORMAL_NETWORK, ...NORMAL },
  { keepers: 32, k: 8, n: 24, happy: 21, repairAt: 17, urgentAt: 12, alarmAt: 10, trial: false },
  { keepers: 15, k: 4, n: 12, happy: 11, repairAt: 9, urgentAt: 6, alarmAt: 5, trial: false },
  { keepers: 6, k: 2, n: 6, happy: 5, repairAt: 4, urgentAt: 3, alarmAt: 3, trial: true },
]

/** Fewest keepers in distinct failure domains with which anything is protected at all. */
export const FEWEST_KEEPERS = 6

/** Every code that Keeptab chooses. */
export const CODES: readonly Redundancy[] = [...ladder, LEAN]

/** The code for a network with so many eligible keepers in distinct failure domains, or `undefined` below six. */
export const redundancyFor = (keepers: number): Redundancy | undefined => ladder.find((step) => keepers >= step.keepers)

/** The thresholds of a code that is in use. `undefined` for one that Keeptab never chooses. */
export const redundancyOf = (k: number, n: number): Redundancy | undefined =>
  CODES.find((code) => code.k === k && code.n === n)

export const isLean = ({ k, n }: { readonly k: number; readonly n: number }): boolean => k === LEAN.k && n === LEAN.n

/**
 * At or under this many shards an owner's device that is there makes the missing ones, out of what it has backed up: a few
 * days before strangers do, who wait for nobody and must read k shards for it.
 */
export const ownersRepairAt = ({ n, repairAt }: Pick<Redundancy, 'n' | 'repairAt'>): number =>
  repairAt + Math.ceil((n - repairAt) / 9)
