/**
 * Packs that are no code word: an owner can sign roots of shards that do not belong together, and then nobody can make the
 * missing ones, however honest he is. One who has k shards, each as its owner signed it, and gets something else out of them
 * says so; that is true or false of the pack, whoever reads the same k shards. So another one is given just those, who has
 * nothing to do with the first: if he says so too, the pack is set aside; if he makes the shard, the first one's word was
 * wrong. Nothing else of it counts for or against anybody. In memory: after a restart they are asked anew.
 */
import type { DeviceId, PackId } from '../src/core/ids.ts'
import { DAY, type Millis } from '../src/core/units.ts'
import type { StoredPack, StoredPlace } from './db/stores.ts'

/**
 * A pack is set aside for so long, and then tried again: two that lie together, and were drawn one after the other, must not
 * keep a sound pack from being repaired for good.
 */
const ASIDE_MS: Millis = 3 * DAY
/** What one alone has said is forgotten. */
const ALONE_MS: Millis = DAY

/** The shards `from`, k of them, give another shard `index` than its owner signed. */
export interface CodeClaim {
  readonly by: DeviceId
  readonly from: ReadonlySet<number>
  readonly index: number
}

interface PlacedClaim extends CodeClaim {
  readonly place: Pick<StoredPlace, 'account' | 'block'>
}

interface Claimed extends PlacedClaim {
  readonly at: Millis
  /** Somebody was given the same shards and has decided nothing. */
  isTried: boolean
}

export interface SpoiltCodes {
  /** Whether somebody may be asked about a pack: who has nothing to do with those who have said this of it. */
  mayHear(pack: PackId, place: Pick<StoredPlace, 'account' | 'block'>): boolean
  /** What is to be looked into with the next job. */
  open(pack: PackId): CodeClaim | undefined
  /** @returns until when the pack is set aside, where this was the second one far apart from the first */
  claim(pack: PackId, claim: PlacedClaim): Millis | undefined
  /** A job from the shards of the open claim came to nothing, and was not said to be of this kind. */
  tried(pack: PackId): void
  /** Shards of a pack were made. @returns those who had said that one of them is none, each of them forgotten */
  made(pack: PackId, indices: readonly number[]): CodeClaim[]
  /** Forgets what is old. */
  tidy(): void
}

/** @param oneMachine all are in one address block */
export function createSpoiltCodes(clock: { now(): Millis }, oneMachine: boolean): SpoiltCodes {
  const claims = new Map<PackId, readonly Claimed[]>()
  const of = (pack: PackId): readonly Claimed[] => claims.get(pack) ?? []

  const put = (pack: PackId, left: readonly Claimed[]): void => {
    if (left.length === 0) claims.delete(pack)
    else claims.set(pack, left)
  }

  const mayHear: SpoiltCodes['mayHear'] = (pack, { account, block }) =>
    of(pack).every(({ place }) => place.account !== account && (oneMachine || place.block !== block))

  return {
    mayHear,
    open: (pack) => of(pack).find(({ isTried }) => !isTried),
    claim(pack, claim) {
      if (!mayHear(pack, claim.place)) return undefined
      const now = clock.now()
      const all = [...of(pack), { ...claim, at: now, isTried: false }]
      claims.set(pack, all)
      return all.length > 1 ? now + ASIDE_MS : undefined
    },
    tried(pack) {
      const claim = of(pack).find(({ isTried }) => !isTried)
      if (claim !== undefined) claim.isTried = true
    },
    made(pack, indices) {
      const denied = of(pack).filter(({ index }) => indices.includes(index))
      put(
        pack,
        of(pack).filter((claim) => !denied.includes(claim)),
      )
      return denied
    },
    tidy() {
      const now = clock.now()
      // Those of a pack that is set aside are held against what comes of it when it is tried again.
      for (const [pack, all] of claims) {
        const lifeMs = all.length > 1 ? ASIDE_MS + ALONE_MS : ALONE_MS
        put(
          pack,
          all.filter(({ at }) => at + lifeMs > now),
        )
      }
    },
  }
}

/** Whether a pack is set aside now. A time further away than ever given is that of a clock that was put back since. */
export const isSetAside = ({ setAsideUntil = 0 }: Pick<StoredPack, 'setAsideUntil'>, now: Millis): boolean =>
  setAsideUntil > now && setAsideUntil <= now + ASIDE_MS
