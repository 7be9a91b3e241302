/** The tables of `docs/figures.md` that are calculated and not measured, as they stand there but for the width of columns. */
import { DAY, HOUR } from '../../src/core/units.ts'
import {
  atLeast,
  repairTraffic,
  restoreChance,
  yearlyLoss,
  type Churn,
  type GroupCode,
} from '../../src/durability/forecast.ts'
import { LEAN, NORMAL } from '../../src/durability/redundancy.ts'

/** Each a Markdown table. */
export const closedForms = (): readonly string[] => [lossesByLife(), chancesToRead(), lossesAtOnce()]

function lossesByLife(): string {
  const rows = [60, 90, 180, 365].map((days) => {
    const churn: Churn = { lifetime: days * DAY, availability: 0.7, grace: 2 * DAY }
    const cells = [NORMAL, LEAN].flatMap((code) => {
      const { prompt, flaky } = yearlyLoss(code, churn)
      return [`${small(prompt)} (${small(flaky)})`, repairTraffic(code, churn).toFixed(2)]
    })
    return [`${days} days`, ...cells]
  })
  const of = (code: GroupCode) => [`${name(code)}: lost in a year`, 'bytes moved per stored byte and month']
  return table(['lives', ...of(NORMAL), of(LEAN)[0] ?? '', 'bytes moved'], rows)
}

function chancesToRead(): string {
  const rows = [0.5, 0.6, 0.7, 0.8, 0.9].map((availability) => [
    percent(availability),
    ...[NORMAL, LEAN].flatMap(({ k, n, repairAt }) =>
      [n, repairAt].map((live) =>
        [0, 8 * HOUR, 24 * HOUR].map((wait) => large(restoreChance(k, live, availability, wait))).join(' / '),
      ),
    ),
  ])
  return table(['online', ...wholeAndLess()], rows)
}

function lossesAtOnce(): string {
  const rows = [0.1, 0.2, 0.3, 0.4].map((share) => [
    percent(share),
    ...[NORMAL, LEAN].flatMap(({ k, n, repairAt }) =>
      [n, repairAt].map((live) => small(atLeast(live - k + 1, live, share))),
    ),
  ])
  return table(['share that vanishes', ...wholeAndLess()], rows)
}

const name = ({ k, n }: GroupCode): string => `(${k},${n})`
const wholeAndLess = (): string[] => [NORMAL, LEAN].flatMap((code) => [`${name(code)} whole`, `with ${code.repairAt}`])
const percent = (share: number): string => `${Math.round(100 * share)} %`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** A chance near 0, to one digit; above a twentieth to two places. */
const small = (chance: number): string => (chance >= 0.05 ? chance.toFixed(2) : chance.toExponential(0))

/** A chance that may be near 1: to as many places as show that it is not. */
function large(chance: number): string {
  const places = [3, 4, 5].find((many) => Number(chance.toFixed(many)) < 1)
  return places === undefined ? '1' : chance.toFixed(places)
}
