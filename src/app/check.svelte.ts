/** The state of the Check screen: what the doctor finds on the way to a keeper, and what this browser takes from a tab. */
import type { Millis } from '../core/units.ts'
import type { AppState } from './app.svelte.ts'
import { limitsOf, type Limit } from './browser-limits.ts'
import { collectFacts } from './browser-facts.ts'
import { chiefOf, examine, stages, type Finding } from './doctor.ts'
import { createProbes } from './doctor-probes.ts'
import { reportOf } from './doctor-report.ts'
import { eventLog, type LogEntry } from './event-log.ts'
import { measuredOf, type Measured } from './hidden-work.ts'
import type { Message } from './language.svelte.ts'
import { saveBlob } from './save-blob.ts'

/** A browser that opens its storage no sooner has trouble with it. */
const OPENING_MS: Millis = 5000

export class CheckState {
  readonly #app: AppState
  running = $state(false)
  /** In the order of the stages, as far as the walk has come. */
  findings = $state.raw<readonly Finding[]>([])
  limits = $state.raw<readonly Limit[]>([])
  hidden = $state.raw<Measured>()
  log = $state.raw<readonly LogEntry[]>([])

  readonly chief = $derived(chiefOf(this.findings))
  readonly done = $derived(this.findings.length === stages.length)
  readonly next = $derived(this.running ? stages[this.findings.length] : undefined)
  readonly sentence: Message = $derived.by(() => {
    if (this.running) return { id: 'check.sentence.running' }
    if (!this.done) return { id: 'check.sentence.start' }
    if (this.chief === undefined) return { id: 'check.sentence.well' }
    return { id: this.chief.verdict === 'broken' ? 'check.sentence.broken' : 'check.sentence.advice' }
  })

  constructor(app: AppState) {
    this.#app = app
  }

  async run(): Promise<void> {
    if (this.running) return
    this.running = true
    this.findings = []
    try {
      const app = this.#app
      // A page that was opened a moment ago does not know yet whether it is the one that works.
      await this.#until(() => app.desk !== undefined || app.elsewhere || app.trouble !== undefined, OPENING_MS)
      const online = (ms: Millis) => this.#until(() => app.desk?.keep.kept.online === true, ms)
      const probes = await createProbes(app.desk, app.elsewhere ? 'elsewhere' : 'no-profile', online)
      await examine(probes, (finding) => (this.findings = [...this.findings, finding]))
    } finally {
      this.running = false
      await this.look()
    }
  }

  /** Looks at the browser again. Cheap, and asks nobody. */
  async look(): Promise<void> {
    const { desk, hidden } = this.#app
    this.hidden = hidden && measuredOf(hidden.record)
    this.log = eventLog.entries
    this.limits = limitsOf(await collectFacts(this.#app, desk))
  }

  /** Forgets what was measured while hidden, to see whether a cure has helped. */
  async measureAgain(): Promise<void> {
    await this.#app.hidden?.again()
    await this.look()
  }

  report(): string {
    const { findings, limits, hidden } = this
    return reportOf({
      at: Date.now(),
      browser: navigator.userAgent,
      device: this.#app.desk?.account.identity?.device,
      findings,
      limits,
      hidden,
      log: eventLog.entries,
    })
  }

  save(): void {
    saveBlob(new Blob([this.report()]), 'keeptab-report.json')
  }

  copy(): Promise<void> {
    return navigator.clipboard.writeText(this.report())
  }

  /** Whether it comes to that in time. */
  #until(isSo: () => boolean, ms: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const end = $effect.root(() => {
        $effect(() => {
          if (isSo()) finish(true)
        })
      })
      const timer = setTimeout(() => finish(false), ms)
      function finish(found: boolean): void {
        clearTimeout(timer)
        // An effect cannot end itself while it runs.
        queueMicrotask(end)
        resolve(found)
      }
    })
  }
}
