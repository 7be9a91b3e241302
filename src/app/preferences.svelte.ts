/** How the page looks and speaks, as the person chose it. Known before the first paint, so it lies in `localStorage`. */
import { language, languageTags, type LanguageTag } from './language.svelte.ts'

export const appearances = ['system', 'light', 'dark'] as const
export type Appearance = (typeof appearances)[number]

const LANGUAGE = 'keeptab/language'
const APPEARANCE = 'keeptab/appearance'

class Preferences {
  /** `undefined`: as the browser. */
  language = $state<LanguageTag>()
  appearance = $state<Appearance>('system')

  /** Before the page is mounted. */
  async load(): Promise<void> {
    addEventListener('storage', () => void this.#read()) // chosen in another tab
    await this.#read()
  }

  async speak(tag: LanguageTag | undefined): Promise<void> {
    this.language = tag
    store(LANGUAGE, tag)
    await this.#apply()
  }

  async show(appearance: Appearance): Promise<void> {
    this.appearance = appearance
    store(APPEARANCE, appearance === 'system' ? undefined : appearance)
    await this.#apply()
  }

  async #read(): Promise<void> {
    const [tag, appearance] = [stored(LANGUAGE), stored(APPEARANCE)]
    this.language = languageTags.find((known) => known === tag)
    this.appearance = appearances.find((known) => known === appearance) ?? 'system'
    await this.#apply()
  }

  async #apply(): Promise<void> {
    await language.speak(this.language)
    const { documentElement: root } = document
    root.lang = language.tag
    root.dir = language.direction
    root.style.colorScheme = this.appearance === 'system' ? '' : this.appearance
  }
}

export const preferences = new Preferences()

/** A browser that blocks site data throws here; the page then looks and speaks as the system does. */
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function store(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // It lasts for this visit.
  }
}
