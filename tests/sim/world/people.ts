/** People with files, who back them up now and then, and what a backup may say to them. */
import { codeOf, KeeptabError, messageOf, type ErrorCode } from '../../../src/core/errors.ts'
import type { Bytes } from '../../../src/core/bytes.ts'
import { HOUR, MINUTE, type Millis } from '../../../src/core/units.ts'
import { sourceOf } from '../network.ts'
import type { Fate } from './fate.ts'
import type { Laws } from './laws.ts'
import type { OwnerMachine, World } from './world.ts'

/** What a backup may say while things fail. */
const excused: readonly ErrorCode[] = ['not-enough-keepers', 'coordinator-unreachable', 'too-few-shards', 'timeout']

export class People {
  backups = 0
  readonly #world: World
  readonly #laws: Laws
  readonly #files = new Map<OwnerMachine, Record<string, Bytes>>()

  constructor(world: World, laws: Laws) {
    this.#world = world
    this.#laws = laws
  }

  /** Backs up again and again. */
  async live(owner: OwnerMachine, length: Millis): Promise<void> {
    const { time } = this.#world
    const fate = owner.fate.of('person')
    const until = time.now() + length
    await time.sleep(fate.between(0, length / 6))
    while (time.now() < until) {
      await this.backUp(owner, fate)
      await time.sleep(fate.between(length / 20, length / 2))
    }
  }

  /** Everything is well, so a backup has to come to its end. */
  async settles(owner: OwnerMachine): Promise<void> {
    const { time } = this.#world
    const until = time.now() + HOUR
    this.#laws.test('a backup ends when all is well')
    while (time.now() < until) {
      if (await this.backUp(owner, owner.fate.of(`settling ${this.backups}`))) return
      await time.sleep(MINUTE)
    }
    this.#laws.broken(`${owner.name} cannot back up although everything is well.`)
  }

  /** Nothing fails and nothing has changed since it settled, so nothing is sent. */
  async repeats(owner: OwnerMachine): Promise<void> {
    const before = this.#world.arrived
    this.#laws.test('what is kept is not sent again')
    const isSafe = await this.#attempt(owner, { ...this.#files.get(owner) })
    const sent = this.#world.arrived - before
    if (!isSafe || sent > 0) this.#laws.broken(`${owner.name} sends ${sent} shards although nothing has changed.`)
  }

  /** @returns whether it came to its end, and is safe */
  backUp(owner: OwnerMachine, fate: Fate): Promise<boolean> {
    return this.#attempt(owner, this.#change(owner, fate))
  }

  async #attempt(owner: OwnerMachine, files: Readonly<Record<string, Bytes>>): Promise<boolean> {
    const { diary } = this.#world
    this.#laws.attempts.push({ owner, files })
    this.backups += 1
    try {
      const result = await this.#world.backUp(owner, sourceOf('home', files))
      if (result === 'killed') return false
      diary.note(`${owner.name} is ${result.state} ${result.snapshot.slice(0, 6)}`)
      if (result.state === 'safe') this.#laws.promise(owner, result.snapshot, files)
      return result.state === 'safe'
    } catch (thrown) {
      owner.kill()
      diary.note(`${owner.name} does not come to the end of a backup: ${codeOf(thrown)}`)
      if (!excused.includes(codeOf(thrown))) this.#laws.broken(`A backup ends with ${codeOf(thrown)}: ${said(thrown)}`)
      return false
    }
  }

  #change(owner: OwnerMachine, fate: Fate): Record<string, Bytes> {
    const files = { ...this.#files.get(owner) }
    for (let changes = fate.below(3) + (Object.keys(files).length === 0 ? 1 : 0); changes > 0; changes -= 1) {
      files[fate.oneOf(['a', 'b', 'photos/c', 'photos/d', 'photos/old/e'])] = fate.bytes(1 + fate.below(2000))
    }
    const names = Object.keys(files)
    if (names.length > 1 && fate.happens(0.2)) Reflect.deleteProperty(files, fate.oneOf(names))
    this.#files.set(owner, files)
    return files
  }
}

const said = (thrown: unknown): string =>
  thrown instanceof KeeptabError ? `${messageOf(thrown)} ${thrown.stack ?? ''}` : messageOf(thrown)
