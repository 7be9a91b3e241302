/** What the operator of the coordinator sees of the whole, once the token of the settings is given. */
import type { Millis } from '../core/units.ts'
import type { OperatorFigures } from '../protocol/coordinator-messages.ts'
import { operatorFigures } from './compose.ts'
import type { Message } from './language.svelte.ts'
import { troubleOf, type Trouble } from './trouble.ts'

const LOOK_MS: Millis = 60_000
/** Where the token lies until the tab is closed. */
const TOKEN = 'keeptab/operator'

export class OperatorState {
  figures = $state.raw<OperatorFigures>()
  trouble = $state.raw<Trouble>()
  /** The coordinator has refused the token, or has none. */
  refused = $state<'wrong' | 'none'>()
  #token = sessionStorage.getItem(TOKEN) ?? undefined

  readonly sentence: Message = $derived.by(() => {
    if (this.figures === undefined) return { id: 'operator.sentence.ask' }
    const { lost, alarm, waiting, underWay } = this.figures.repairs
    if (lost > 0) return { id: 'operator.sentence.lost', values: { packs: lost } }
    if (alarm > 0) return { id: 'operator.sentence.alarm', values: { packs: alarm } }
    if (waiting + underWay > 0) return { id: 'operator.sentence.waiting', values: { packs: waiting + underWay } }
    return { id: 'operator.sentence.well' }
  })

  /** Looks every minute. @returns ends that */
  start(): () => void {
    void this.look()
    const timer = setInterval(() => void this.look(), LOOK_MS)
    return () => clearInterval(timer)
  }

  async show(token: string): Promise<void> {
    this.#token = token.trim()
    // Nothing else can be sent in a header, and no token has anything else.
    if (/[^\x21-\x7E]/.test(this.#token)) this.#refuse('wrong')
    else await this.look()
  }

  async look(): Promise<void> {
    const token = this.#token
    if (token === undefined || token === '') return
    this.trouble = undefined
    this.refused = undefined
    try {
      this.figures = await operatorFigures(token)
      sessionStorage.setItem(TOKEN, token)
    } catch (thrown) {
      const trouble = troubleOf(thrown)
      if (trouble?.code === 'not-signed-in') this.#refuse('wrong')
      else if (trouble?.code === 'not-found') this.#refuse('none')
      else this.trouble = trouble
    }
  }

  #refuse(why: 'wrong' | 'none'): void {
    this.refused = why
    this.figures = undefined
    this.#token = undefined
    sessionStorage.removeItem(TOKEN)
  }
}
