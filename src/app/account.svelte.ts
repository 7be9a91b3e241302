/** Who this browser is, and whether the 24 words are on paper. */
import { KeeptabError, type OutOfAccount } from '../core/errors.ts'
import type { Bytes } from '../core/bytes.ts'
import type { CoordinatorInfo } from '../protocol/coordinator-messages.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import type { IdentityStore } from '../store/identity-store.ts'
import type { TreeCache } from '../store/tree-cache.ts'
import { newDeviceOf, random } from './compose.ts'
import { PaperState } from './paper.svelte.ts'
import { troubleOf, type Trouble } from './trouble.ts'

const loadRecovery = () => import('../identity/recovery.ts')
const loadDownload = () => import('./download.ts')
/** What the file is called that is saved, unless its person calls it something else. */
const KIT_NAME = 'keeptab-recovery-kit.html'

const loadKeys = () => import('../identity/keys.ts')

export class AccountState {
  readonly #store: IdentityStore
  readonly #trees: TreeCache
  readonly #memory: PageMemory
  /** Asks for the paper again from time to time. */
  readonly reminder: PaperState
  identity = $state.raw<DeviceIdentity>()
  /** The words are on paper and no longer on this device. */
  confirmed = $state(false)
  /** Why this device cannot go on: it was removed from the account, or needs the words to follow it. */
  out = $state<OutOfAccount>()
  /** Where the words stand on the screen. */
  paper = $state<'hidden' | 'shown' | 'asked'>('hidden')
  words = $state.raw<readonly string[]>([])
  /** The browser was handed the kit, and calls it so: whether it is where it belongs only the person can see. */
  kitSaved = $state<string>()
  /** The places in the phrase that are asked for, from 1. */
  questions = $state.raw<readonly number[]>([])
  /** What is remembered to check the paper by is made slowly. */
  confirming = $state(false)
  trouble = $state.raw<Trouble>()
  /** What the coordinator says of itself; absent until it has been reached. */
  coordinator = $state.raw<CoordinatorInfo>()
  readonly coordinatorAddress = location.origin
  /** A new account that is being made: whoever asks meanwhile is given that one. */
  #making: Promise<DeviceIdentity> | undefined

  constructor(store: IdentityStore, trees: TreeCache, memory: PageMemory) {
    this.#store = store
    this.#trees = trees
    this.#memory = memory
    this.reminder = new PaperState(memory)
  }

  async load(): Promise<void> {
    const stored = await this.#store.load()
    this.identity = stored?.identity
    this.confirmed = stored?.rootConfirmed ?? false
    if (stored !== undefined) await this.reminder.load(stored.identity.account)
    // A search that went on while an account was forgotten may have laid some down after the rest was cleared.
    else void this.#trees.clear()
  }

  /** The account of this browser; a new one when it has none yet. No form, no name: the words are the account. */
  ensure(): Promise<DeviceIdentity> {
    if (this.identity !== undefined) return Promise.resolve(this.identity)
    return (this.#making ??= this.#make().finally(() => (this.#making = undefined)))
  }

  async #make(): Promise<DeviceIdentity> {
    const root = random.bytes(32)
    const identity = await identityOf(root)
    await this.#store.create(identity, root)
    root.fill(0)
    this.identity = identity
    return identity
  }

  /** Goes on under the keys of a later epoch. */
  async advance(identity: DeviceIdentity): Promise<void> {
    await this.#store.advance(identity)
    this.identity = identity
  }

  /** Makes this browser a device that another one has let in. The words are on paper there, or it could not have. */
  async join(identity: DeviceIdentity): Promise<void> {
    await this.#store.create(identity, undefined)
    this.identity = identity
    this.confirmed = true
  }

  /** Forgets who this browser is: the account has removed it, or its owner leaves it. What it had backed up stays where it is kept. */
  async forget(): Promise<void> {
    await this.#attempt(async () => {
      // First, or a kill in between would leave names of files to whoever uses this browser next.
      await this.#trees.clear()
      await this.#memory.forgetAccount()
      await this.#store.forget()
      location.reload()
    })
  }

  /**
   * Makes this browser a device of an account whose words were just typed, which proves that they are on paper.
   * @param text the words; `identity` is theirs
   */
  async adopt(identity: DeviceIdentity, text: string): Promise<void> {
    await this.#proved(identity, text)
    await this.#store.create(identity, undefined)
    this.identity = identity
    this.confirmed = true
  }

  /** The words of this browser's account were typed to restore: they are on paper, and not needed here any more. */
  async typedAgain(identity: DeviceIdentity, text: string): Promise<void> {
    await this.#proved(identity, text)
    await this.#store.confirmWords()
    this.confirmed = true
    this.hideWords()
  }

  /** @throws KeeptabError of `rootOf`, naming what is wrong with the phrase */
  async identityOfWords(text: string): Promise<DeviceIdentity> {
    const { rootOf } = await loadRecovery()
    const root = rootOf(text)
    try {
      return await newDeviceOf(root)
    } finally {
      root.fill(0)
    }
  }

  async showWords(): Promise<void> {
    await this.#attempt(async () => {
      const root = await this.#store.readRoot()
      if (root === undefined) throw new KeeptabError('words-gone')
      const { wordsOf } = await loadRecovery()
      this.words = wordsOf(root)
      root.fill(0)
      this.kitSaved = undefined
      this.paper = 'shown'
      loadDownload().catch(() => undefined) // a click opens the browser's dialog only while it is fresh
    })
  }

  hideWords(): void {
    this.words = []
    this.paper = 'hidden'
    this.trouble = undefined
  }

  /** Asks for three of the words, out of sight of the others. */
  async askForWords(): Promise<void> {
    const { confirmQuestions } = await loadRecovery()
    this.questions = confirmQuestions(random)
    this.paper = 'asked'
  }

  /** @param kit the file as it is now: the words are in it. Only in answer to a click. */
  async saveKit(kit: Blob): Promise<void> {
    await this.#attempt(async () => {
      const { saveFile } = await loadDownload()
      this.kitSaved = await saveFile(kit, KIT_NAME)
    })
  }

  /** @param answers in the order of `questions` */
  async confirm(answers: readonly string[]): Promise<void> {
    this.confirming = true
    await this.#attempt(async () => {
      const { checkConfirmation } = await loadRecovery()
      checkConfirmation(
        this.words,
        this.questions.map((position, i) => ({ position, word: answers[i] ?? '' })),
      )
      if (this.identity !== undefined) await this.#proved(this.identity, this.words.join(' '))
      await this.#store.confirmWords()
      this.confirmed = true
      this.hideWords()
    })
    this.confirming = false
  }

  /** Before the root is forgotten: a kill in between asks for three words once more, and nothing is lost. */
  async #proved({ account }: DeviceIdentity, text: string): Promise<void> {
    const { rootOf, wordsOf } = await loadRecovery()
    await this.reminder.proved(account, wordsOf(rootOf(text)))
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.trouble = undefined
    try {
      await work()
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    }
  }
}

async function identityOf(root: Bytes): Promise<DeviceIdentity> {
  const { newDevice } = await loadKeys()
  return newDevice(root, random.bytes(32), Date.now())
}
