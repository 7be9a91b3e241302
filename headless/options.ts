/** The command line: what a person typed, parsed once; after it every field has its meaning. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { KeeptabError, messageOf } from '../src/core/errors.ts'
import { DAY, GB, GiB, HOUR, KiB, MB, MiB, type ByteCount, type Millis } from '../src/core/units.ts'
import { LONGEST_ANNOUNCED_MS } from '../src/durability/presence.ts'
import { PRESETS, type PresetName } from '../src/snapshot/retention.ts'

/** What every command that does something takes. */
export interface GlobalOptions {
  /** Address of the coordinator, without a slash at the end; `undefined` for the one the data folder belongs to. */
  readonly coordinator: string | undefined
  /** Absolute path of the data folder. */
  readonly data: string
  /** One JSON object per line on standard output, nothing else there. */
  readonly json: boolean
}

export type Command = GlobalOptions &
  (
    | { readonly name: 'init'; readonly phraseFile?: string | undefined }
    | {
        readonly name: 'keep'
        readonly spaceBytes: ByteCount
        /** Bytes in a second; as many as the line takes when absent. */
        readonly uploadRate?: ByteCount | undefined
        readonly downloadRate?: ByteCount | undefined
        /** It is about to be away for so long, and takes nothing new until then. */
        readonly awayMs?: Millis | undefined
      }
    | { readonly name: 'backup'; readonly paths: readonly string[] }
    | { readonly name: 'drill' }
    | { readonly name: 'ls'; readonly snapshot?: string | undefined; readonly removed: boolean }
    /** Ids of snapshots or the starts of some. */
    | { readonly name: 'forget'; readonly snapshots: readonly string[]; readonly undo: boolean }
    | { readonly name: 'protect'; readonly snapshots: readonly string[]; readonly lift: boolean }
    | { readonly name: 'retention'; readonly rule?: PresetName | undefined }
    | {
        readonly name: 'restore'
        readonly phraseFile: string
        readonly to: string
        /** Id or the start of one; the newest snapshot of any device when absent. */
        readonly snapshot?: string | undefined
        /** Paths inside the snapshot, as `ls` shows them; all of it when empty. */
        readonly paths: readonly string[]
        /** How long keepers that are not online are waited for. */
        readonly waitMs: Millis
        /** What is there already and differs may be replaced. */
        readonly replace: boolean
      }
  )

export type Request = Command | { readonly name: 'help' } | { readonly name: 'version' }

export const helpText = `keeptab: keeps your folders encrypted on other people's devices, and theirs on yours.

  keeptab init [--phrase-file F]     make an account here; F is read when it exists, else 24 new words are
                                     written to it; - is standard input. Without F the words
                                     are shown once.
  keeptab keep --space 2GB           keep other people's data until stopped with Ctrl-C; what lies beyond a
    [--upload 2MB] [--download 2MB]  lower limit than before moves to other keepers. Rates are per second.
    [--back DAYS]                    With --back it tells that it will be away for so many days, 7 at most, and
                                     takes nothing new until then or until it is started without
  keeptab backup PATH...             back up folders and files; once a week also what drill does, and where that
                                     gives reason to worry it ends with the exit code of drill
  keeptab drill                      bring a random sample back from nothing now, compare it and throw it away
  keeptab ls [SNAPSHOT]              list the snapshots, or the files of one
  keeptab ls --removed               list those that were removed within 30 days
  keeptab forget SNAPSHOT...         remove snapshots of this device; they are gone 30 days later, and until
    [--undo]                         then --undo brings them back
  keeptab protect SNAPSHOT...        keep them whatever the rule says, until --lift
    [--lift]
  keeptab retention [RULE]           how long snapshots stay: everything, thinning (hourly for a week, daily for
                                     a month, weekly for three, monthly for two years, yearly for ever) or lean
                                     (daily for a week, weekly for a month, monthly for a year)
  keeptab restore --phrase-file F --to DIR [--snapshot ID] [PATH...]
    [--wait HOURS] [--replace]       bring back the newest backup, or the paths of it that are named. Where DIR has
                                     files of the same names whose size or time differs, nothing is written and it
                                     ends with 2, unless with --replace; nothing else there is touched. With --wait
                                     what too few keepers are online for comes as they come, not all at once

Options, before or after the command:
  --coordinator URL   KEEPTAB_COORDINATOR, else the one used last, else http://localhost:8787
  --data DIR          KEEPTAB_DATA, else $XDG_DATA_HOME/keeptab, else ~/.keeptab
  --json              one JSON object per line on standard output
  --help, --version

Exit codes: 0 done, 1 failed, 2 usage, 3 coordinator unreachable, 4 recovery phrase, 5 not enough keepers,
6 not enough shards, 7 partial, 8 another keeptab has the data folder (try again later), 130 interrupted.`

const optionTypes = {
  'coordinator': { type: 'string' },
  'data': { type: 'string' },
  'json': { type: 'boolean' },
  'help': { type: 'boolean', short: 'h' },
  'version': { type: 'boolean' },
  'phrase-file': { type: 'string' },
  'space': { type: 'string' },
  'upload': { type: 'string' },
  'download': { type: 'string' },
  'back': { type: 'string' },
  'to': { type: 'string' },
  'snapshot': { type: 'string' },
  'wait': { type: 'string' },
  'replace': { type: 'boolean' },
  'removed': { type: 'boolean' },
  'undo': { type: 'boolean' },
  'lift': { type: 'boolean' },
} as const

type OptionName = keyof typeof optionTypes
type Values = { readonly [Name in OptionName]?: string | boolean | undefined }
type Environment = Readonly<Record<string, string | undefined>>

const globalOptions: readonly OptionName[] = ['coordinator', 'data', 'json', 'help', 'version']
const ownOptions: Readonly<Record<Command['name'], readonly OptionName[]>> = {
  init: ['phrase-file'],
  keep: ['space', 'upload', 'download', 'back'],
  backup: [],
  drill: [],
  ls: ['removed'],
  forget: ['undo'],
  protect: ['lift'],
  retention: [],
  restore: ['phrase-file', 'to', 'snapshot', 'wait', 'replace'],
}

/**
 * The request in the arguments after the program's name. Variables of the environment stand in for options left out.
 * @throws KeeptabError `usage`, with what to write instead
 */
export function parseRequest(args: readonly string[], environment: Environment): Request {
  const { values, positionals } = parse(args)
  if (values.help === true) return { name: 'help' }
  if (values.version === true) return { name: 'version' }
  const [name, ...operands] = positionals
  // What people type before they have read that these are options.
  if (name === 'help' || name === 'version') return { name }
  if (name === undefined) throw usage('Name a command.')
  if (!isCommand(name)) throw usage(`There is no command ${quoted(name)}.`)
  const foreign = Object.keys(values).find(
    (option) => ![...globalOptions, ...ownOptions[name]].includes(option as OptionName),
  )
  if (foreign !== undefined) throw usage(`--${foreign} does not belong to ${name}.`)
  return { ...parseGlobal(values, environment), ...parseOwn(name, values, operands) }
}

/** Bytes of a size such as `2GB` or `1.5 TiB`. @throws KeeptabError `usage` */
export function parseSize(text: string): ByteCount {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]i?b)$/i.exec(text.trim()) ?? []
  const bytes = Math.floor(Number(number) * (unitBytes[unit.toLowerCase()] ?? Number.NaN))
  if (!Number.isSafeInteger(bytes) || bytes <= 0)
    throw usage(`${quoted(text)} is no size; write one like 500MB or 2GB.`)
  return bytes
}

/** Bytes in a second of a rate such as `2MB` or `500 kB/s`. @throws KeeptabError `usage` */
function parseRate(text: string | undefined): ByteCount | undefined {
  if (text === undefined) return undefined
  const rate = parseSize(text.replace(/\/s$/, ''))
  // A slower keeper would keep owners waiting for longer than they do, and so keep nothing.
  if (rate < LEAST_RATE) throw usage(`${text} is too slow to keep anything: a rate is at least 100kB.`)
  return rate
}

/** Bytes in a second. */
const LEAST_RATE: ByteCount = 100_000

const unitBytes: Readonly<Record<string, number>> = {
  kb: 1000,
  mb: MB,
  gb: GB,
  tb: 1000 * GB,
  kib: KiB,
  mib: MiB,
  gib: GiB,
  tib: 1024 * GiB,
}

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: optionTypes, allowPositionals: true })
  } catch (cause) {
    const [, option] = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/.exec(messageOf(cause)) ?? []
    if (option !== undefined) throw usage(`What follows ${option} must not begin with "-".`, cause)
    // Only the first sentence says what is wrong; the rest explains parseArgs to its programmer.
    throw usage(`${messageOf(cause).split(/\.\s/)[0] ?? ''}.`, cause)
  }
}

/** The data folder where nobody names one. */
export const defaultData = ({ XDG_DATA_HOME }: Environment): string =>
  XDG_DATA_HOME ? resolve(XDG_DATA_HOME, 'keeptab') : join(homedir(), '.keeptab')

function parseGlobal(values: Values, environment: Environment): GlobalOptions {
  const { KEEPTAB_DATA, KEEPTAB_COORDINATOR } = environment
  return {
    coordinator: parseAddress(textOf(values, 'coordinator') ?? (KEEPTAB_COORDINATOR || undefined)),
    data: resolve(textOf(values, 'data') ?? (KEEPTAB_DATA || defaultData(environment))),
    json: values.json === true,
  }
}

function parseAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw usage(`${quoted(text)} is no address of a coordinator; write one like https://keeptab.example.`)
  }
  return url.href.replace(/\/+$/, '')
}

/** A command with its own options; the global ones are joined by the caller. */
function parseOwn(name: Command['name'], values: Values, operands: readonly string[]) {
  switch (name) {
    case 'init':
      refuseMoreThan(0, operands)
      return { name, phraseFile: textOf(values, 'phrase-file') }
    case 'keep':
      refuseMoreThan(0, operands)
      return {
        name,
        spaceBytes: parseSize(needed(values, 'space', '2GB')),
        uploadRate: parseRate(textOf(values, 'upload')),
        downloadRate: parseRate(textOf(values, 'download')),
        awayMs: parseDays(textOf(values, 'back')),
      }
    case 'backup':
      if (operands.length === 0) throw usage('Name at least one folder or file to back up.')
      return { name, paths: operands }
    case 'drill':
      refuseMoreThan(0, operands)
      return { name }
    case 'ls':
      refuseMoreThan(values.removed === true ? 0 : 1, operands)
      return { name, snapshot: operands[0], removed: values.removed === true }
    case 'forget':
      if (operands.length === 0) throw usage('Name at least one snapshot.')
      return { name, snapshots: operands, undo: values.undo === true }
    case 'protect':
      if (operands.length === 0) throw usage('Name at least one snapshot.')
      return { name, snapshots: operands, lift: values.lift === true }
    case 'retention':
      refuseMoreThan(1, operands)
      return { name, rule: parseRule(operands[0]) }
    case 'restore':
      return {
        name,
        phraseFile: needed(values, 'phrase-file', 'FILE'),
        to: needed(values, 'to', 'DIR'),
        snapshot: textOf(values, 'snapshot'),
        paths: operands,
        waitMs: parseHours(textOf(values, 'wait')),
        replace: values.replace === true,
      }
  }
}

/** @throws KeeptabError `usage` */
function parseRule(text: string | undefined): PresetName | undefined {
  if (text === undefined) return undefined
  if (!Object.hasOwn(PRESETS, text)) {
    throw usage(`There is no rule ${quoted(text)}; there are ${Object.keys(PRESETS).join(', ')}.`)
  }
  return text as PresetName
}

/** @throws KeeptabError `usage` */
function parseHours(text: string | undefined): Millis {
  if (text === undefined) return 0
  const hours = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  // A timer of Node reaches no further than 24 days.
  if (hours <= 24 * 24) return hours * HOUR
  throw usage(`--wait takes hours, at most 576, such as --wait 24, not ${quoted(text)}.`)
}

/** @throws KeeptabError `usage` */
function parseDays(text: string | undefined): Millis | undefined {
  if (text === undefined) return undefined
  const awayMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * DAY : NaN
  if (awayMs > 0 && awayMs <= LONGEST_ANNOUNCED_MS) return awayMs
  throw usage(`--back takes days, at most 7, because nobody is waited for longer, not ${quoted(text)}.`)
}

function needed(values: Values, option: OptionName, example: string): string {
  const text = textOf(values, option)
  if (text === undefined) throw usage(`--${option} ${example} is missing.`)
  return text
}

function textOf(values: Values, option: OptionName): string | undefined {
  const text = values[option]
  if (text === '') throw usage(`--${option} is empty.`)
  return typeof text === 'string' ? text : undefined
}

function refuseMoreThan(count: number, operands: readonly string[]): void {
  const surplus = operands[count]
  if (surplus !== undefined) throw usage(`${quoted(surplus)} is one argument too many.`)
}

const isCommand = (name: string): name is Command['name'] => Object.hasOwn(ownOptions, name)
const quoted = (text: string): string => JSON.stringify(text)
const usage = (detail: string, cause?: unknown): KeeptabError =>
  new KeeptabError('usage', `${detail} See keeptab --help.`, {}, cause)
