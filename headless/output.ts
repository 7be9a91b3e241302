/**
 * What a command says: for programs one JSON object per line on standard output, for people lines and, on a terminal,
 * a progress bar on standard error. Results go to standard output, everything on the way to standard error.
 */
import type { BackupEvent, Notice, RestoreEvent } from '../src/backup/events.ts'
import type { Clock } from '../src/core/clock.ts'
import { codeOf, errorText, KeeptabError, messageOf } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import { bar, ProgressMeter, sizeText } from './progress.ts'

/** Where text goes: the parts of `process.stdout` and `process.stderr` that are used. */
export interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface OutputOptions {
  readonly json: boolean
  readonly out: Terminal
  readonly errors: Terminal
  readonly clock: Clock
}

/** The values of a line of JSON; `undefined` is left out. */
export type Line = Readonly<Record<string, unknown>>

/** Fewest milliseconds between two progress lines: for programs and for a terminal, and where plain lines pile up. */
const PROGRESS_EVERY_MS: Millis = 250
const PLAIN_PROGRESS_EVERY_MS: Millis = 10_000

export class Output {
  readonly #options: OutputOptions
  readonly #meter: ProgressMeter
  #lastProgressAt = -Infinity
  /** The newest progress that was held back, so that the last word about it is always said. */
  #heldBack: Progress | undefined
  #barIsShown = false
  #lastNote = ''

  constructor(options: OutputOptions) {
    this.#options = options
    this.#meter = new ProgressMeter(options.clock)
  }

  /** Tells an event of a backup or a restore as it happens. */
  event(event: BackupEvent | RestoreEvent): void {
    // The ring is for screens: on a terminal the bytes say the same.
    if (event.type === 'spread' || event.type === 'source' || event.type === 'comparing') return
    if (event.type === 'progress') this.#progress(event)
    // Waiting is said again and again while it lasts; a person reads it once.
    else if (event.type === 'waiting' && textOf(event) === this.#lastNote && !this.#options.json) return
    else if (this.#options.json) this.#json(jsonOf(event))
    else this.note(textOf(event))
  }

  /** Tells when the coordinator is waited for; that it is there again, what goes on tells. */
  readonly coordinatorAwaited = (waits: boolean): void => {
    if (!waits) return
    if (this.#options.json) this.#json({ event: 'waiting', for: 'coordinator' })
    else this.note('Waiting for the coordinator. Nothing is lost; Ctrl-C stops.')
  }

  /** The end of a command: `line` for programs, `text` for people. */
  result(line: Line, text: string): void {
    this.#flushProgress()
    this.#clearBar()
    if (this.#options.json) this.#json(line)
    else this.#options.out.write(`${text}\n`)
  }

  /** One of many results, such as a line of a list. */
  item(line: Line, text: string): void {
    if (this.#options.json) this.#json(line)
    else this.#options.out.write(`${text}\n`)
  }

  /** Something a person should know on the way; programs learn it from events. */
  note(text: string): void {
    if (this.#options.json) return
    this.#lastNote = text
    this.#clearBar()
    this.#options.errors.write(`${text}\n`)
  }

  /** The last thing that a failing command says. */
  error(thrown: unknown): void {
    this.#flushProgress()
    this.#clearBar()
    const isExpected = thrown instanceof KeeptabError
    const message = printable(isExpected ? thrown.message : `${errorText[codeOf(thrown)]} (${messageOf(thrown)})`)
    if (this.#options.json) this.#json({ event: 'error', code: codeOf(thrown), message })
    this.#options.errors.write(`keeptab: ${message}\n`)
    // What nobody foresaw can only be reported with the place it came from.
    if (!isExpected && thrown instanceof Error) this.#options.errors.write(`${thrown.stack ?? ''}\n`)
  }

  #progress(event: Progress): void {
    const now = this.#options.clock.now()
    this.#meter.add(doneBytes(event), event.bytesTotal)
    const { json, errors } = this.#options
    const pause = json || errors.isTTY === true ? PROGRESS_EVERY_MS : PLAIN_PROGRESS_EVERY_MS
    // A clock that was set back must not silence progress until it catches up.
    if (Math.abs(now - this.#lastProgressAt) < pause) {
      this.#heldBack = event
      return
    }
    this.#lastProgressAt = now
    this.#heldBack = undefined
    this.#showProgress(event)
  }

  #flushProgress(): void {
    // For people the result itself is the last word.
    if (this.#heldBack !== undefined && this.#options.json) this.#showProgress(this.#heldBack)
    this.#heldBack = undefined
  }

  #showProgress(event: Progress): void {
    const { json, errors } = this.#options
    if (json) {
      this.#json(jsonOf(event))
    } else if (errors.isTTY === true) {
      errors.write(`\r${bar(this.#meter.state(), (errors.columns || 80) - 1)}\u001b[K`)
      this.#barIsShown = true
    } else {
      errors.write(`${bar(this.#meter.state(), 0)}\n`)
    }
  }

  #clearBar(): void {
    if (this.#barIsShown) this.#options.errors.write('\r\u001b[K')
    this.#barIsShown = false
  }

  #json(line: Line): void {
    this.#options.out.write(`${JSON.stringify(line)}\n`)
  }
}

type AnyEvent = BackupEvent | RestoreEvent
type Progress = Extract<AnyEvent, { type: 'progress' }>

/**
 * What counts as done in a backup: files that were read to their end, known content included, or what keepers have by
 * now, which also moves within a large file. Whichever is further; reading waits for sending, so they stay close.
 */
const doneBytes = (event: Progress): number =>
  'bytesKept' in event ? Math.min(event.bytesTotal, Math.max(event.bytesRead, event.bytesKept)) : event.bytesDone

/** An event as a flat object with the name of its kind under `event`. */
function jsonOf(event: AnyEvent): Line {
  if (event.type === 'notice') return { event: event.type, ...event.notice }
  if (event.type === 'keeper-trouble') return { event: event.type, ...event.trouble }
  const { type, ...facts } = event
  return { event: type, ...facts }
}

function textOf(event: Exclude<AnyEvent, { type: 'progress' | 'spread' | 'source' | 'comparing' }>): string {
  switch (event.type) {
    case 'scanned':
      return `${countText(event.files, 'file')}${event.directories > 0 ? ` in ${countText(event.directories, 'folder')}` : ''}, ${sizeText(event.bytes)}.`
    case 'notice':
      return noticeText(event.notice)
    case 'keeper-trouble':
      return `Keeper ${event.trouble.keeper.slice(0, 8)} is ${printable(event.trouble.what)}; going on with others.`
    case 'rolled-back':
      return (
        `The coordinator shows an older backup of device ${event.device.slice(0, 8)} (number ${event.told}) than one ` +
        `that was seen before (number ${event.seen}). The newer one is used; ask the operator what happened.`
      )
    case 'forked':
      return (
        `The history of device ${event.device.slice(0, 8)} is forked: two backups claim its place number ` +
        `${event.sequence}, so the keys of that device are in use in two places. Both are listed as disputed.`
      )
    case 'head-refused':
      return `The coordinator also shows what is no backup of this account (${event.code}). It is left out; ask the operator.`
    case 'device-unread':
      return (
        `The backups of device ${event.device.slice(0, 8)} cannot be listed now: too few of those who keep the list ` +
        `are there, or it is damaged. Those of other devices are listed; try again later.`
      )
    case 'source-away': {
      const effect = event.carried ? 'the snapshot keeps its last version' : 'the snapshot does not have it'
      return `A source cannot be read now; ${effect} (${printable(event.detail)}).`
    }
    case 'waiting':
      return `Waiting for ${waitedFor(event)}. Nothing is lost; Ctrl-C stops.`
  }
}

function waitedFor(event: Extract<AnyEvent, { type: 'waiting' }>): string {
  const entries = 'entries' in event ? event.entries : 0
  return entries === 0
    ? 'more keepers'
    : `more keepers, for ${countText(entries, 'entry', 'entries')}; all else is back`
}

function noticeText({ path, what, detail }: Notice): string {
  const said = {
    'ignored': 'left out',
    'unreadable': 'not readable',
    'last-version': 'could not be read, its last version stays',
    'changed-while-read': 'changed while it was read',
  }
  const text = { ...said, renamed: 'written under another name', refused: 'not written' }[what]
  return printable(`${path}: ${text}${detail === '' ? '' : ` (${detail})`}`)
}

/** `1 file`, `2 files`. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`

/** Text of others with control characters made visible: a file's name must not steer the terminal that shows it. */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
