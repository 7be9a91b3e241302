/**
 * The steps of a restore as entries of this tab's history, so that the browser's own Back and Forward lead through them.
 * An entry holds numbers alone: no word and no name gets into what a browser writes down of its tabs.
 */
import { untrack } from 'svelte'
import type { SnapshotSummary } from '../backup/events.ts'
import type { KeptFileState } from './kept-file.svelte.ts'
import type { RestoreState } from './restore.svelte.ts'
import type { Screen } from './route.svelte.ts'

type Step =
  | { readonly to: 'list' }
  | { readonly to: 'snapshot'; readonly snapshot: SnapshotSummary }
  | { readonly to: 'result' }
  | { readonly to: 'file'; readonly file: KeptFileState }

/** The steps from where a restore begins to what is shown. */
type Way = readonly Step[]

/** What an entry of the history holds. */
interface Entry {
  /** Of this load of the page: after another one nobody knows what the numbers stand for. */
  readonly visit: string
  /** The places of the entries behind it, one after the other, and last its own. */
  readonly trail: readonly number[]
}

const screen: Screen = 'restore'
const all = new WeakMap<RestoreState, RestoreSteps>()

export class RestoreSteps {
  readonly #restore: RestoreState
  readonly #visit = crypto.randomUUID()
  /** What the numbers stand for. */
  readonly #places: Way[] = []
  /** Where the screen was when it was last looked at. */
  #last: number | undefined
  /** The place that the history is on its way to. */
  #going: number | undefined
  /** Counts what is shown because the history came there; `undefined` while nothing is on its way. */
  #showing: symbol | undefined

  private constructor(restore: RestoreState) {
    this.#restore = restore
  }

  /** The same one for each time that the screen is opened. */
  static of(restore: RestoreState): RestoreSteps {
    const steps = all.get(restore) ?? new RestoreSteps(restore)
    all.set(restore, steps)
    return steps
  }

  /** Goes where the history goes. @returns ends it */
  begin(): () => void {
    const arrive = () => untrack(() => this.#arrive())
    const again = (event: MouseEvent) => {
      if (leadsHere(event)) this.#beginAgain(event)
    }
    addEventListener('popstate', arrive)
    addEventListener('click', again)
    arrive()
    return () => {
      removeEventListener('popstate', arrive)
      removeEventListener('click', again)
    }
  }

  /** Lets the history go where the screen is; for an effect. */
  follow(): void {
    const way = this.#wayNow()
    if (way === undefined || this.#showing !== undefined || !isHere()) return
    const place = (this.#last = this.#numberOf(way))
    const trail = this.#trail()
    if (place === trail?.at(-1) || place === this.#going) return
    const before = trail?.lastIndexOf(place) ?? -1
    const isOn = isWithin(this.#places[trail?.at(-1) ?? -1] ?? way, way)
    if (trail === undefined) history.replaceState(this.#entry([place]), '')
    else if (before < 0 || isOn) this.#push(way, trail)
    else this.#goBack(trail.length - 1 - before, place)
  }

  /** One step after the other, where several were taken at once: Back was pressed while a restore ran. */
  #push(way: Way, trail: readonly number[]): void {
    const steps = way.map((_, i) => this.#numberOf(way.slice(0, i + 1)))
    const places = [this.#numberOf([]), ...steps]
    const on = places.indexOf(trail.at(-1) ?? -1)
    for (const place of places.slice(on < 0 ? -1 : on + 1)) {
      trail = [...trail, place]
      history.pushState(this.#entry(trail), '')
    }
  }

  /**
   * The link to this screen was followed from within it: to where it begins, and Back leads to where one was. Left to the
   * browser it would put an empty entry in the place of this one, and all that lies behind would lead nowhere.
   */
  #beginAgain(event: MouseEvent): void {
    event.preventDefault()
    const [trail, now] = [this.#trail(), this.#wayNow()]
    const start: Way = this.#restore.asGuest ? [{ to: 'list' }] : []
    if (trail === undefined || now === undefined || !isWithin(start, now)) return
    const place = this.#numberOf(start)
    if (place === trail.at(-1)) return
    history.pushState(this.#entry([...trail, place]), '')
    void this.#show(start)
  }

  #arrive(): void {
    this.#going = undefined
    if (!isHere()) return
    const place = this.#trail()?.at(-1)
    const way = place === undefined ? undefined : this.#places[place]
    const now = this.#wayNow()
    const { length } = entryNow()?.trail ?? []
    if (way === undefined && length > 1) {
      // Of the steps of before a reload only the first one is still what it was.
      this.#goBack(length - 1, now && this.#numberOf(now))
    } else if (way === undefined || (now !== undefined && this.#numberOf(now) !== this.#last)) {
      this.follow() // new, or something came to its end while nobody looked
    } else void this.#show(way)
  }

  #goBack(entries: number, to: number | undefined): void {
    this.#going = to
    history.go(-entries)
  }

  /** Back to where both ways part, and on from there as far as it goes. */
  async #show(way: Way): Promise<void> {
    const restore = this.#restore
    if (restore.phase === 'running' || restore.phase === 'looking') return // held until it ends, or is stopped
    const showing = (this.#showing = Symbol())
    if (restore.phase === 'opening') restore.back()
    let at = this.#wayNow() ?? []
    while (!isWithin(at, way)) {
      restore.back()
      at = this.#wayNow() ?? []
    }
    for (const step of way.slice(at.length)) {
      if (!(await this.#take(step)) || this.#showing !== showing) break
    }
    if (this.#showing !== showing) return
    this.#showing = undefined
    this.follow()
  }

  /** @returns whether it leads on */
  async #take(step: Step): Promise<boolean> {
    const restore = this.#restore
    switch (step.to) {
      case 'list':
        return restore.showList()
      case 'snapshot':
        await restore.open(step.snapshot)
        return restore.phase === 'tree'
      case 'result':
        return restore.showResult()
      case 'file':
        if (step.file.shown) await restore.look(step.file.path, step.file.shown)
        return true
    }
  }

  /** Absent while something is on its way, which is no place to come back to. */
  #wayNow(): Way | undefined {
    const { phase, browse, file } = this.#restore
    const look: Way = file ? [{ to: 'file', file }] : []
    const tree: Way = browse ? [{ to: 'list' }, { to: 'snapshot', snapshot: browse.snapshot }] : []
    switch (phase) {
      case 'start':
        return []
      case 'snapshots':
        return [{ to: 'list' }, ...look]
      case 'tree':
        return [...tree, ...look]
      case 'done':
        return [...tree, { to: 'result' }]
      case 'looking':
      case 'opening':
      case 'running':
        return undefined
    }
  }

  #numberOf(way: Way): number {
    const known = this.#places.findIndex((one) => one.length === way.length && isWithin(one, way))
    if (known < 0) return this.#places.push(way) - 1
    this.#places[known] = way // of a file the version that is looked at now
    return known
  }

  /** Of the entry that the tab is at, if it is one of this visit. */
  #trail(): readonly number[] | undefined {
    const entry = entryNow()
    return entry?.visit === this.#visit ? entry.trail : undefined
  }

  #entry(trail: readonly number[]): Entry {
    return { visit: this.#visit, trail }
  }
}

const isHere = (): boolean => location.hash === `#${screen}`

/** A click that opens a link to this screen in this tab. */
const leadsHere = ({ target, button, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean =>
  isHere() &&
  button === 0 &&
  !(ctrlKey || metaKey || shiftKey || altKey) &&
  target instanceof Element &&
  target.closest(`a[href="#${screen}"]`) !== null

/** Nobody else writes into the history of this page. */
const entryNow = () => history.state as Entry | null

/** Whether one way begins with all of the other. */
const isWithin = (outer: Way, way: Way): boolean =>
  outer.length <= way.length && outer.every((step, i) => nameOf(step) === nameOf(way[i]))

function nameOf(step: Step | undefined): string | undefined {
  if (step?.to === 'snapshot') return `snapshot ${step.snapshot.id}`
  if (step?.to === 'file') return `file ${step.file.path}`
  return step?.to
}
