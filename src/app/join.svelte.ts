/**
 * A browser that was opened by a join link: asks, shows the digits, waits to be let in, and is a device of the account then.
 * It asks because anybody can make a link to an account of his own, and would read whatever is backed up here from then on.
 */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError, throwIfAborted } from '../core/errors.ts'
import type { AccountState } from './account.svelte.ts'
import { joinParts } from './compose.ts'
import { onJoinSecret } from './arrivals.ts'
import { troubleOf, type Trouble } from './trouble.ts'

export class JoinState {
  /** `no`: the page was not opened by a link, or nothing can be said of it before it is known who this browser is. */
  phase = $state<'no' | 'asking' | 'meeting' | 'comparing' | 'joined' | 'taken' | 'failed'>('no')
  /** Six digits, to be compared with those on the other device. */
  code = $state('')
  trouble = $state.raw<Trouble>()
  #secret: Bytes | 'broken' | undefined
  #account: AccountState | undefined
  #stop = new AbortController()

  constructor() {
    onJoinSecret((secret) => {
      this.#stop.abort() // the answer to one link is none to another
      this.#secret = secret
      this.#ask()
    })
  }

  /** Who this browser is, once that is known. */
  set account(account: AccountState) {
    this.#account = account
    this.#ask()
  }

  /** Goes back to the app. */
  leave(): void {
    this.#stop.abort()
    this.#secret = undefined
    this.phase = 'no'
  }

  #ask(): void {
    if (this.#secret === undefined || this.#account === undefined) return
    if (this.#account.identity !== undefined) this.phase = 'taken'
    else if (this.#secret === 'broken') this.#fail(new KeeptabError('pairing-failed'))
    else this.phase = 'asking'
  }

  /** The link is one's own. */
  async goOn(): Promise<void> {
    const [secret, account] = [this.#secret, this.#account]
    if (secret === undefined || secret === 'broken' || account === undefined) return
    this.#secret = undefined
    this.phase = 'meeting'
    this.#stop = new AbortController()
    const { signal } = this.#stop
    try {
      const { join } = await import('../backup/pairing.ts')
      const joining = await join(secret, await joinParts(signal))
      throwIfAborted(signal)
      this.code = joining.code
      this.phase = 'comparing'
      const identity = await joining.admitted
      throwIfAborted(signal)
      await account.join(identity)
      this.phase = 'joined'
    } catch (thrown) {
      if (!signal.aborted) this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): void {
    this.trouble = troubleOf(thrown)
    this.phase = 'failed'
  }
}
