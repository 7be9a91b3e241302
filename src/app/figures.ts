/** Sizes, shares, dates and times as people read them, in the language of the page and the locale of the person. */
import { GB, MB, type ByteCount, type Millis } from '../core/units.ts'
import { language, t } from './language.svelte.ts'
import type { TimeLeft } from './time-left.ts'

const units = [
  { bytes: 1000 * GB, unit: 'terabyte' },
  { bytes: GB, unit: 'gigabyte' },
  { bytes: MB, unit: 'megabyte' },
  { bytes: 1000, unit: 'kilobyte' },
] as const

/** Making a formatter takes longer than using it; one for each locale and use. */
export function perLocale<Format, Options>(Kind: new (locale: string, options: Options) => Format) {
  const formats = new Map<string, Format>()
  return (use: string, options: Options): Format => {
    const key = `${language.locale} ${use}`
    let format = formats.get(key)
    if (format === undefined) formats.set(key, (format = new Kind(language.locale, options)))
    return format
  }
}
const numbers = perLocale<Intl.NumberFormat, Intl.NumberFormatOptions>(Intl.NumberFormat)
const dates = perLocale<Intl.DateTimeFormat, Intl.DateTimeFormatOptions>(Intl.DateTimeFormat)

/** `1.4 GB`, `830 kB`, `12 bytes`. */
export function size(bytes: ByteCount): string {
  const scale = units.find((step) => bytes >= step.bytes)
  const [value, unit] = scale === undefined ? [bytes, 'byte'] : [bytes / scale.bytes, scale.unit]
  const unitDisplay = scale === undefined ? 'long' : 'short'
  const maximumFractionDigits = value < 10 ? 1 : 0
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits } as const
  return numbers(`${unit} ${maximumFractionDigits}`, options).format(value)
}

/** `5,000`. */
export const whole = (number: number): string => numbers('whole', { maximumFractionDigits: 0 }).format(number)

/** Rounded down: 100 % means all of it. */
export const percent = (part: number, total: number): string =>
  numbers('percent', { style: 'percent' }).format(total === 0 ? 1 : Math.floor((100 * part) / total) / 100)

/** `1.4`: to a tenth. */
export const tenth = (number: number): string => numbers('tenth', { maximumFractionDigits: 1 }).format(number)

/** `99.99%`: a share of 1, with as many digits as it has. */
export const chance = (share: number): string =>
  numbers('chance', { style: 'percent', maximumFractionDigits: 4 }).format(share)

/** `40%`: rounded down to a tenth, for what is said aloud. */
export const tenths = (part: number, total: number): string => percent(Math.floor((10 * part) / (total || 1)), 10)

/** `today, 07:10`, or the date. */
export function when(at: Millis): string {
  if (new Date(at).toDateString() === new Date().toDateString()) return t('time.today', { time: timeOfDay(at) })
  return dates('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(at)
}

/** `07:10`, as the locale has it. */
export const timeOfDay = (at: Millis): string => dates('time', { timeStyle: 'short' }).format(at)

/** `26 November 2026`, as the locale has it. */
export const day = (at: Millis): string => dates('day', { dateStyle: 'long' }).format(at)

/** `Nov 26`, of a day in UTC. */
export const dayOfMonth = (at: Millis): string =>
  dates('day of month', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(at)

/** `10 PM`, `22:00`: a full hour on the wall. */
export const hourOfDay = (hour: number): string => timeOfDay(new Date(2026, 0, 1, hour).getTime())

/** `about 4–5 min left`: a range, and never zero seconds. */
export function timeLeft({ fromMs, toMs }: TimeLeft): string {
  if (toMs < 60_000) return t('time.left.soon')
  const [unit, unitMs] = toMs < 2 * 3_600_000 ? (['minutes', 60_000] as const) : (['hours', 3_600_000] as const)
  const from = Math.max(1, Math.floor(fromMs / unitMs))
  const to = Math.max(1, Math.ceil(toMs / unitMs))
  return from === to ? t(`time.left.${unit}`, { count: to }) : t(`time.left.${unit}.range`, { from, to })
}
