/** A browser that was opened by a join link: shows the digits, waits to be let in, and is a device of the account then. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { AccountState } from './account.svelte.ts'
import { joinParts } from './compose.ts'
import { onJoinSecret } from './arrivals.ts'
import { troubleOf, type Trouble } from './trouble.ts'

export class JoinState {
  /** `no`: the page was not opened by a link. */
  phase = $state<'no' | 'meeting' | 'comparing' | 'joined' | 'taken' | 'failed'>('no')
  /** Six digits, to be compared with those on the other device. */
  code = $state('')
  trouble = $state.raw<Trouble>()
  #secret: Bytes | 'broken' | undefined
  #account: AccountState | undefined
  #stop = new AbortController()

  constructor() {
    onJoinSecret((secret) => {
      this.#secret = secret
      this.phase = 'meeting'
      void this.#meet()
    })
  }

  /** Who this browser is, once that is known. */
  set account(account: AccountState) {
    this.#account = account
    void this.#meet()
  }

  /** Goes back to the app. */
  leave(): void {
    this.#stop.abort()
    this.phase = 'no'
  }

  async #meet(): Promise<void> {
    const [secret, account] = [this.#secret, this.#account]
    if (secret === undefined || account === undefined) return
    this.#secret = undefined
    if (account.identity !== undefined) {
      this.phase = 'taken'
      return
    }
    this.#stop = new AbortController()
    const { signal } = this.#stop
    try {
      if (secret === 'broken') throw new KeeptabError('pairing-failed')
      const { join } = await import('../backup/pairing.ts')
      const joining = await join(secret, await joinParts(signal))
      this.code = joining.code
      this.phase = 'comparing'
      await account.join(await joining.admitted)
      this.phase = 'joined'
    } catch (thrown) {
      if (signal.aborted) return
      this.trouble = troubleOf(thrown)
      this.phase = 'failed'
    }
  }
}
