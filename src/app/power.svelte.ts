/**
 * Rules for a battery and for a connection that costs: what the person allows, what the browser tells, and whether that
 * holds the work. Where a browser does not tell, the rule cannot work, and the screen says so.
 */
import type { Message } from './language.svelte.ts'

/** Why work waits. */
export type Hold = 'battery' | 'metered'

const MAINS = 'keeptab/only-on-mains'
const METERED = 'keeptab/pause-when-metered'

/** What browsers have of the Battery Status API (Chromium alone). */
interface Battery extends EventTarget {
  readonly charging: boolean
}
/** Of the Network Information API: `type` on phones and ChromeOS, `saveData` in Chromium. */
interface Connection extends EventTarget {
  readonly type?: string
  readonly saveData?: boolean
}
declare global {
  interface Navigator {
    getBattery?(): Promise<Battery>
    readonly connection?: Connection
  }
}

export class PowerState {
  /** `undefined`: this browser does not tell. */
  onMains = $state<boolean>()
  metered = $state<boolean>()
  /** It tells more than whether saving data is turned on. */
  knowsType = $state(false)
  onlyOnMains = $state(false)
  pauseWhenMetered = $state(false)

  readonly hold = $derived(holdOf(this))

  /** Reads the rules and listens to the browser. Once for a page. */
  async start(): Promise<void> {
    this.onlyOnMains = stored(MAINS)
    this.pauseWhenMetered = stored(METERED)
    const { connection } = navigator
    if (connection !== undefined) {
      const look = () => (this.metered = isMetered(connection))
      look()
      this.knowsType = connection.type !== undefined
      connection.addEventListener('change', look)
    }
    // Refused in a frame or by a policy; then it is as unknown as where there is none.
    const battery = await navigator.getBattery?.().catch(() => undefined)
    if (battery === undefined) return
    const look = () => (this.onMains = battery.charging)
    look()
    battery.addEventListener('chargingchange', look)
  }

  setOnlyOnMains(wanted: boolean): void {
    this.onlyOnMains = wanted
    store(MAINS, wanted)
  }

  setPauseWhenMetered(wanted: boolean): void {
    this.pauseWhenMetered = wanted
    store(METERED, wanted)
  }
}

export type PowerFacts = Pick<PowerState, 'onMains' | 'metered' | 'onlyOnMains' | 'pauseWhenMetered'>

/** What is not known holds nothing: a rule that cannot be checked must not stop a backup for ever. */
export function holdOf({ onMains, metered, onlyOnMains, pauseWhenMetered }: PowerFacts): Hold | undefined {
  if (onlyOnMains && onMains === false) return 'battery'
  return pauseWhenMetered && metered === true ? 'metered' : undefined
}

/** The sentence of what waits. */
export const holdSentence = (hold: Hold): Message => ({ id: `power.held.${hold}` })

/** `undefined` where neither is told. */
function isMetered({ type, saveData }: Connection): boolean | undefined {
  if (saveData === true || type === 'cellular') return true
  return saveData === undefined && type === undefined ? undefined : false
}

function stored(key: string): boolean {
  try {
    return localStorage.getItem(key) === 'yes'
  } catch {
    return false
  }
}

function store(key: string, wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(key, 'yes')
    else localStorage.removeItem(key)
  } catch {
    // It lasts for this visit.
  }
}
