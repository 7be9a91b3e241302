/**
 * `npm run sim -- network [--peers 200] [--years 1] [--availability 0.5] [--lifetime-days 60] [--code 16,48,30]
 * [--repair on|off] [--grace-days 2] [--absences short|tailed] [--lifetimes alike|mixed] [--prefer lasting|any] [--seed 1]
 * [--hours 8] [--owners 0] [--owner-hours 8] [--rare]`: a network of keepers that come, go and die, over at least 500
 * pack-years (`churn.ts`). `--rare` adds what is lost too seldom to be counted (`splitting.ts`).
 *
 * `npm run sim -- backup [--keepers 64] [--die 30] [--megabytes 20] [--break 0] [--seed 1]`: one backup and one restore
 * over the real programs (`one-backup.ts`).
 *
 * `npm run sim -- world [--seed 1] [--diary]`: the real programs in a world of that seed, in which everything fails
 * (`world/story.ts`). `--diary` says on standard error all that happens. The exit code is 1 when a law was broken.
 *
 * `npm run sim -- tables`: the tables of `docs/figures.md` that are calculated (`closed-form.ts`), in Markdown.
 *
 * Otherwise one JSON line each; the exit code is 2 when the command line is wrong.
 */
import { parseArgs } from 'node:util'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions } from './churn.ts'
import { closedForms } from './closed-form.ts'
import { oneBackup } from './one-backup.ts'
import { calculatedLosses } from './calculated-losses.ts'
import { splitLosses } from './splitting.ts'
import { tellStory } from './world/told.ts'
import { DAY } from '../../src/core/units.ts'

const LEAST_PACK_YEARS = 500
/** At each level of `--rare`. */
const RARE_RUNS = 500

const { values, positionals } = asked()

type Name = Exclude<keyof typeof values, 'json' | 'rare' | 'diary'>

const number = (name: Name, text = values[name]): number => {
  const value = Number(text)
  if (text === '' || !Number.isFinite(value) || value < 0) wrong(`--${name} wants a number, not "${text}".`)
  return value
}

function oneOf<Choice extends string>(name: Name, ...choices: Choice[]): Choice {
  const choice = choices.find((one) => one === values[name])
  if (choice === undefined) wrong(`--${name} is one of ${choices.join(', ')}, not "${values[name]}".`)
  return choice
}

/** Of a day; `undefined` where they are not given. */
function hoursOf(name: 'hours' | 'owner-hours'): number | undefined {
  if (values[name] === '') return undefined
  const hours = number(name)
  if (!(hours > 0 && hours < 24)) wrong(`--${name} is between 0 and 24.`)
  return hours
}

function networkOptions(): ChurnOptions {
  const [k = 0, n = 0, repairAt = 0, ...more] = values.code.split(',').map((part) => number('code', part))
  if (
    more.length > 0 ||
    !([k, n, repairAt].every(Number.isInteger) && k >= 1 && k <= repairAt && repairAt <= n && n <= 255)
  )
    wrong(`--code is k,n,threshold with k ≤ threshold ≤ n ≤ 255, such as 16,48,30, not "${values.code}".`)
  const [years, availability] = [number('years'), number('availability')]
  if (!(years > 0 && availability > 0 && availability < 1))
    wrong('--years is more than 0, --availability between 0 and 1.')
  const [hours, ownerHours] = [hoursOf('hours'), hoursOf('owner-hours')]
  const [peers, owners, lifetimeDays] = [number('peers'), number('owners'), number('lifetime-days')]
  if (!(Number.isInteger(peers) && peers >= n)) wrong(`--peers is a whole number, at least the ${n} of the code.`)
  if (!(owners <= 1 && lifetimeDays > 0)) wrong('--owners is a share between 0 and 1, --lifetime-days more than 0.')
  return {
    peers,
    years,
    packs: Math.ceil(LEAST_PACK_YEARS / years),
    code: { k, n, repairAt },
    repair: oneOf('repair', 'on', 'off') === 'on',
    availability,
    hours,
    lifetime: lifetimeDays * DAY,
    lifetimes: oneOf('lifetimes', 'alike', 'mixed'),
    absences: oneOf('absences', 'short', 'tailed'),
    grace: number('grace-days') * DAY,
    preferLasting: oneOf('prefer', 'any', 'lasting') === 'lasting',
    owners,
    ownerHours,
  }
}

const programs: Readonly<Record<string, () => object | string | Promise<object>>> = {
  tables: () => closedForms().join('\n\n'),
  network: () => {
    const options = networkOptions()
    const chance = chanceOf(number('seed'))
    const result = { ...simulateChurn(options, chance), calculated: calculatedLosses(options) }
    return values.rare ? { ...result, split: splitLosses(options.code, options, chance, RARE_RUNS) } : result
  },
  backup: () =>
    oneBackup({
      keepers: number('keepers'),
      die: number('die'),
      megabytes: number('megabytes'),
      breakChance: number('break'),
      seed: number('seed'),
    }),
  world: async () => {
    const told = await tellStory(number('seed'), values.diary ? (line) => console.error(line) : undefined)
    if (told.violations.length > 0) process.exitCode = 1
    return told
  },
}

const name = positionals[0] ?? ''
const program = programs[name]
if (program === undefined || positionals.length > 1)
  wrong(`Say what to simulate: ${Object.keys(programs).join(' or ')}, not "${positionals.join(' ')}".`)
const result = await program()
console.log(typeof result === 'string' ? result : JSON.stringify(result))

function asked() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'peers': { type: 'string', default: '200' },
        'years': { type: 'string', default: '1' },
        'availability': { type: 'string', default: '0.5' },
        'hours': { type: 'string', default: '' },
        'lifetime-days': { type: 'string', default: '60' },
        'code': { type: 'string', default: '16,48,30' },
        'repair': { type: 'string', default: 'on' },
        'grace-days': { type: 'string', default: '2' },
        'absences': { type: 'string', default: 'short' },
        'lifetimes': { type: 'string', default: 'alike' },
        'prefer': { type: 'string', default: 'any' },
        'owners': { type: 'string', default: '0' },
        'owner-hours': { type: 'string', default: '' },
        'keepers': { type: 'string', default: '64' },
        'die': { type: 'string', default: '30' },
        'megabytes': { type: 'string', default: '20' },
        'break': { type: 'string', default: '0' },
        'rare': { type: 'boolean', default: false },
        'diary': { type: 'boolean', default: false },
        'seed': { type: 'string', default: '1' },
        'json': { type: 'boolean', default: true },
      },
    })
  } catch (thrown) {
    return wrong(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

function wrong(text: string): never {
  console.error(text)
  process.exit(2)
}
