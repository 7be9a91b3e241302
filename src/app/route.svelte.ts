/** Which screen is shown: the part of the address after `#`, so that it can be shared, and back works. */
import { createSubscriber } from 'svelte/reactivity'

export const screens = ['backup', 'restore', 'keep', 'account', 'check'] as const
export type Screen = (typeof screens)[number]

export class Route {
  readonly #subscribe = createSubscriber((update) => {
    addEventListener('hashchange', update)
    return () => removeEventListener('hashchange', update)
  })

  get screen(): Screen {
    this.#subscribe()
    const wanted = location.hash.slice(1)
    return screens.find((screen) => screen === wanted) ?? 'backup'
  }
}
