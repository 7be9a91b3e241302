/**
 * Keepers of one group whose hours complement each other: so many that can be expected at every hour of the week that a
 * restore need not wait for a night to end.
 */
import { isOpen, openHours, type WeekHours } from '../core/week-hours.ts'
import { countsOf, crowding, WIDE_DOMAINS, type KnownPlace, type PerDomain } from './failure-domains.ts'

/** The chance that a keeper is there, for each of the 168 hours of the week in UTC, from Monday on. */
export type HoursThere = Readonly<Float64Array>

/** A place and when its keeper can be expected to be there. */
export interface TimedPlace extends KnownPlace {
  readonly there: HoursThere
}

/** @param share of the whole week that it is there, in [0, 1]; all of it lies within its hours, where it has said some */
export function hoursThere(hours: WeekHours | undefined, share: number): HoursThere {
  if (hours === undefined) return new Float64Array(168).fill(share)
  const chance = Math.min(1, (share * 168) / Math.max(1, openHours(hours)))
  return Float64Array.from({ length: 168 }, (_, hour) => (isOpen(hours, Math.floor(hour / 24), hour % 24) ? chance : 0))
}

/** How many of them can be expected in the emptiest hour of the week. */
export const fewestThere = (group: readonly TimedPlace[]): number => Math.min(...sums(group))

function sums(group: readonly TimedPlace[]): Float64Array {
  const all = new Float64Array(168)
  for (const { there } of group)
    for (let hour = 0; hour < 168; hour += 1) all[hour] = (all[hour] ?? 0) + (there[hour] ?? 0)
  return all
}

/** Others that are tried for the emptiest hour, and members that they may come in for. */
const TRIED = 64
const REPLACED = 8
/** Sums of chances are equal within this. */
const NOTHING = 1e-9

/**
 * A group that was drawn, with members exchanged for others until its emptiest hour has `enough`, or no exchange makes it
 * fuller. Never emptier than it was drawn, and within the same caps. Not more even than is needed: whoever states the
 * rarest hours would be drawn more than others.
 */
export function evenedOut<P extends TimedPlace>(
  drawn: readonly P[],
  candidates: readonly P[],
  enough: number,
  { caps, oneMachine }: { readonly caps: PerDomain; readonly oneMachine: boolean },
): P[] {
  let group = [...drawn]
  const most = crowding(group)
  for (let i = 0; i < drawn.length; i += 1) {
    const all = sums(group)
    const least = Math.min(...all)
    if (least >= enough) return group
    const [emptiest, fullest] = [all.indexOf(least), all.indexOf(Math.max(...all))]
    const at = (place: P, hour: number): number => place.there[hour] ?? 0
    const members = group
      .toSorted((a, b) => at(a, emptiest) - at(b, emptiest) || at(b, fullest) - at(a, fullest))
      .slice(0, REPLACED)
    const inside = new Set(group)
    const others = candidates.filter((place) => at(place, emptiest) > 0 && !inside.has(place)).slice(0, TRIED)
    const counts = countsOf(group)
    const [accounts, blocks] = [new Set(group.map(({ account }) => account)), new Set(group.map(({ block }) => block))]
    const mayReplace = (out: P, place: P): boolean =>
      (place.account === out.account || !accounts.has(place.account)) &&
      (oneMachine || place.block === out.block || !blocks.has(place.block)) &&
      WIDE_DOMAINS.every((domain) => {
        const others = (counts[domain].get(place[domain]) ?? 0) - (place[domain] === out[domain] ? 1 : 0)
        return others < Math.max(caps[domain], most[domain])
      })
    const exchange = (place: P): P | undefined =>
      members.find(
        (member) =>
          at(member, emptiest) < at(place, emptiest) &&
          mayReplace(member, place) &&
          isFuller(all, least, member, place),
      )
    let better: { readonly place: P; readonly out: P } | undefined
    for (const place of others) {
      const out = exchange(place)
      if (out === undefined) continue
      better = { place, out }
      break
    }
    if (better === undefined) return group
    const { place, out } = better
    group = group.map((one) => (one === out ? place : one))
  }
  return group
}

/** Whether after an exchange no hour is emptier than the emptiest was, and fewer are as empty. */
function isFuller(all: Float64Array, least: number, out: TimedPlace, place: TimedPlace): boolean {
  let change = 0
  for (let hour = 0; hour < 168; hour += 1) {
    const before = all[hour] ?? 0
    const after = before - (out.there[hour] ?? 0) + (place.there[hour] ?? 0)
    if (after < least - NOTHING) return false
    change += Number(after <= least + NOTHING) - Number(before <= least + NOTHING)
  }
  return change < 0
}

/** Of those that fit for one more place the first that fills the emptiest hour most; the first one where that has enough. */
export function fillsBest<P extends TimedPlace>(
  fitting: readonly P[],
  members: readonly TimedPlace[],
  enough: number,
): P | undefined {
  if (fewestThere(members) >= enough) return fitting[0]
  let best: { readonly place: P; readonly fewest: number } | undefined
  for (const place of fitting.slice(0, TRIED)) {
    const fewest = fewestThere([...members, place])
    if (best === undefined || fewest > best.fewest + NOTHING) best = { place, fewest }
  }
  return best?.place
}
