/** The language of the page: its text, its direction, and how it writes numbers and dates. */
import { IntlMessageFormat } from 'intl-messageformat'
import type { MessageId, Messages } from './messages/en.ts'

export type Values = Readonly<Record<string, string | number>>

/** Text that is not put into words yet: what rules without a screen answer with. */
export interface Message {
  readonly id: MessageId
  readonly values?: Values
}

/** Each in its own words, and loaded only when it is spoken. */
const languages = {
  en: { name: 'English', direction: 'ltr', load: async () => (await import('./messages/en.ts')).en },
  de: { name: 'Deutsch', direction: 'ltr', load: async () => (await import('./messages/de.ts')).de },
  es: { name: 'Español', direction: 'ltr', load: async () => (await import('./messages/es.ts')).es },
  fr: { name: 'Français', direction: 'ltr', load: async () => (await import('./messages/fr.ts')).fr },
  ar: { name: 'العربية', direction: 'rtl', load: async () => (await import('./messages/ar.ts')).ar },
} as const satisfies Record<string, { name: string; direction: 'ltr' | 'rtl'; load: () => Promise<Messages> }>

export type LanguageTag = keyof typeof languages
export const languageTags = Object.keys(languages) as readonly LanguageTag[]
export const languageName = (tag: LanguageTag): string => languages[tag].name

class Language {
  tag = $state<LanguageTag>('en')
  #messages = $state.raw<Messages>()
  #wanted: LanguageTag = 'en'
  readonly #formats = new Map<string, IntlMessageFormat>()

  /** For numbers and dates: the person's own region where the browser names one of this language. */
  readonly locale = $derived(preferred().find((tag) => languageOf(tag) === this.tag) ?? this.tag)
  readonly direction = $derived(languages[this.tag].direction)

  /** Speaks the language, or without one the first of the browser's languages that there is. */
  async speak(wanted?: LanguageTag): Promise<void> {
    const tag = (this.#wanted = wanted ?? this.ofBrowser())
    const messages = await languages[tag].load()
    if (this.#wanted !== tag) return // another was asked for meanwhile, and may be there already
    this.#formats.clear()
    this.tag = tag
    this.#messages = messages
  }

  ofBrowser(): LanguageTag {
    for (const tag of preferred()) {
      const found = languageTags.find((known) => known === languageOf(tag))
      if (found !== undefined) return found
    }
    return 'en'
  }

  /** @throws Error when a value is missing, or before `speak` */
  text(id: MessageId, values: Values | undefined): string {
    const messages = this.#messages
    if (messages === undefined) throw new Error('No language is loaded yet.')
    let format = this.#formats.get(id)
    if (format === undefined) this.#formats.set(id, (format = new IntlMessageFormat(messages[id], this.locale)))
    return format.format<string>(values) as string
  }

  /** Whether there is a message of this id: for ids that are put together. */
  has(id: string): id is MessageId {
    return this.#messages !== undefined && Object.hasOwn(this.#messages, id)
  }
}

export const language = new Language()

/** The text of a message in the language of the page; changes with it. */
export function t(message: Message): string
export function t(id: MessageId, values?: Values): string
export function t(message: Message | MessageId, values?: Values): string {
  return typeof message === 'string' ? language.text(message, values) : language.text(message.id, message.values)
}

/** Rules are tested in Node, which knows no navigator. */
const preferred = (): readonly string[] => (globalThis as { navigator?: Navigator }).navigator?.languages ?? []

const languageOf = (tag: string): string => tag.toLowerCase().split('-')[0] ?? ''
