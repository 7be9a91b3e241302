import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

const start = async (...args: Parameters<typeof startNetwork>) => (network = await startNetwork(...args))

const folder: Files = {
  'empty': new Uint8Array(0),
  'notes.txt': utf8('what must not be lost\n'.repeat(1000)),
  'deep/er/still/small': utf8('x'),
  'photos/one.jpg': noise('one', 1_500_000),
  'photos/two.jpg': noise('two', 900_000),
  'photos/copy of two.jpg': noise('two', 900_000),
}

/** Hashes, because comparing megabytes element by element takes longer than moving them. */
const hashes = (files: Iterable<[string, Bytes]>) =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]))

const whole = (files: Files) => hashes(Object.entries(files).map(([path, bytes]) => [`home/${path}`, bytes]))

const holders = (keepers: SimulatedNetwork['keepers']) => keepers.filter(({ keeper }) => keeper.state().shards > 0)

describe('the road', () => {
  it('brings a folder back on a device that has only the root, although placed − k keepers are gone', async () => {
    const { owner, keepers } = await start(12)
    const root = noise('root', 32)
    const { result } = await backUp(await owner(root), sourceOf('home', folder))
    expect(result).toMatchObject({ state: 'safe', files: 6 })

    const placed = holders(keepers)
    expect(placed).toHaveLength(6)
    await Promise.all(placed.slice(0, 4).map(({ die }) => die()))
    const back = await bringBack(await owner(root))
    expect(hashes(back.files)).toEqual(whole(folder))
    expect(back.result.missing).toEqual([])

    await placed[4]?.die()
    await expect(bringBack(await owner(root))).rejects.toMatchObject({
      code: 'too-few-shards',
      data: { needed: 2, reachable: 1 },
    })
  })

  it('pauses at once while the coordinator does not answer, and goes on when it does', async () => {
    const { owner } = await start(6)
    const context = await owner()
    for (const method of ['group', 'commitPack', 'condemned'] as const) {
      const stop = new AbortController()
      const noAnswer = () => {
        stop.abort()
        return new Promise<never>(() => undefined)
      }
      const silent = { ...context, coordinator: { ...context.coordinator, [method]: noAnswer } }
      const run = backUp(silent, sourceOf('home', folder), { signal: stop.signal })
      await expect(run).rejects.toMatchObject({ code: 'aborted' })
    }
    const stop = new AbortController()
    const follow = () => (stop.abort(), new Promise<never>(() => undefined))
    const run = backUp({ ...context, follow }, sourceOf('home', folder), { signal: stop.signal })
    await expect(run).rejects.toMatchObject({ code: 'aborted' })
    expect((await backUp(context, sourceOf('home', folder))).result.state).toBe('safe')
    expect(hashes((await bringBack(context)).files)).toEqual(whole(folder))
  })

  it('does not wait for keepers for ever, although its clock stands still', async () => {
    const { owner } = await start(0)
    const context = { ...(await owner()), clock: { now: () => 1_700_000_000_000 } }
    const backedUp = backUp(context, sourceOf('home', folder), { patienceMs: 1 })
    await expect(backedUp).rejects.toMatchObject({ code: 'not-enough-keepers' })
  })

  it('sends next to nothing for a backup in which nothing changed', async () => {
    const { owner } = await start(6)
    const context = await owner()
    const first = await backUp(context, sourceOf('home', folder))
    const second = await backUp(context, sourceOf('home', folder))
    expect(second.result.bytesSent).toBeLessThan(0.01 * first.result.bytesSent)
    expect(hashes((await bringBack(context)).files)).toEqual(whole(folder))
  })

  it('does not send again what a second device of the account finds there', async () => {
    const { owner } = await start(6)
    const root = noise('shared', 32)
    const first = await backUp(await owner(root), sourceOf('home', folder))
    const second = await backUp(await owner(root), sourceOf('home', folder))
    expect(second.result.bytesSent).toBeLessThan(0.01 * first.result.bytesSent)
  })

  it('brings back one chosen file', async () => {
    const { owner } = await start(6)
    const context = await owner()
    await backUp(context, sourceOf('home', folder))
    const { files } = await bringBack(context, ['home/photos/two.jpg'])
    expect([...files.keys()]).toEqual(['home/photos/two.jpg'])
    await expect(bringBack(context, ['home/no/such/file'])).rejects.toMatchObject({ code: 'path-unknown' })
  })

  it('goes on after a stop, without sending what keepers have', async () => {
    const { owner } = await start(6)
    const files: Files = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}`, noise(`f${i}`, 2_000_000)]))
    const context = await owner()
    const stop = new AbortController()
    const sentTwice = 3 * 16_000_000
    const stopped = backUp(context, sourceOf('home', files), { signal: stop.signal })
    await expect
      .poll(() => context.transport.counted.sentBytes, { timeout: 20_000, interval: 1 })
      .toBeGreaterThan(sentTwice / 3)
    stop.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
    const { result } = await backUp(context, sourceOf('home', files))
    expect(result.state).toBe('safe')
    expect(context.transport.counted.sentBytes).toBeLessThan(1.1 * sentTwice)
    expect(hashes((await bringBack(context)).files)).toEqual(whole(files))
  })

  it('survives connections that break all the time', async () => {
    const { owner } = await start(12, { breakChance: 0.002 })
    const root = noise('shaky', 32)
    const { result } = await backUp(await owner(root), sourceOf('home', folder))
    expect(result.state).toBe('safe')
    expect(hashes((await bringBack(await owner(root))).files)).toEqual(whole(folder))
  })

  it('begins again when the coordinator was put back to a copy that knows nothing of where packs were to go', async () => {
    const { owner } = await start(6)
    const root = noise('forgotten', 32)
    const context = await owner(root)
    let lost = 0
    const commitPack: typeof context.coordinator.commitPack = (...args) => {
      lost += 1
      return lost === 1 ? Promise.reject(new KeeptabError('not-found')) : context.coordinator.commitPack(...args)
    }
    const { result } = await backUp(
      { ...context, coordinator: { ...context.coordinator, commitPack } },
      sourceOf('home', folder),
    )
    expect(result.state).toBe('safe')
    expect(hashes((await bringBack(await owner(root))).files)).toEqual(whole(folder))
  })

  it('says that there are too few keepers', async () => {
    const { owner } = await start(5)
    const without = backUp(await owner(), sourceOf('home', folder), { patienceMs: 0 })
    await expect(without).rejects.toMatchObject({ code: 'not-enough-keepers' })
  })
})
