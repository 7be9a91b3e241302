import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rate } from '../../src/keeping/rate.ts'
import { VirtualTime } from './virtual-time.ts'

/** Takes pieces one after the other, for ever. @returns how many bytes it has got */
function greedy(rate: Rate, bytes: number, who = 'one'): () => number {
  let got = 0
  const take = async (): Promise<void> => {
    await rate.take(bytes, who)
    got += bytes
    return take()
  }
  void take()
  return () => got
}

const anyRate = fc.integer({ min: 100_000, max: 50_000_000 })
const anyPiece = fc.integer({ min: 1, max: 256 * 1024 })

describe('a rate', () => {
  it('lets a minute have its share within five in a hundred, and no span of it more than that', async () => {
    const check = fc.asyncProperty(anyRate, anyPiece, fc.constantFrom(0, 1000), async (perSecond, piece, stepMs) => {
      const time = new VirtualTime()
      const got = greedy(new Rate(time, perSecond), Math.max(piece, perSecond / 500))
      const seen: number[] = []
      for (let second = 0; second < 60; second += 1) {
        await time.pass(1000, stepMs)
        seen.push(got())
      }
      expect(got() / (60 * perSecond)).toBeGreaterThan(0.95)
      expect(got() / (60 * perSecond)).toBeLessThan(1.05)
      seen.forEach((bytes, second) => expect(bytes).toBeLessThanOrEqual((second + 2) * perSecond + 1))
    })
    await fc.assert(check, { numRuns: 20 })
  })

  it('saves up no more than a second while nobody wants anything', async () => {
    const time = new VirtualTime()
    const rate = new Rate(time, 1000)
    await time.pass(3_600_000)
    const got = greedy(rate, 100)
    await time.pass(1000)
    expect(got()).toBe(2000)
  })

  it('gives those who wait equal parts, however much one of them asks for', async () => {
    const time = new VirtualTime()
    const rate = new Rate(time, 1000)
    const crowd = Array.from({ length: 9 }, () => greedy(rate, 100, 'crowd'))
    const single = greedy(rate, 100, 'single')
    await time.pass(60_000)
    const all = crowd.reduce((sum, got) => sum + got(), 0)
    expect(Math.abs(all - single())).toBeLessThanOrEqual(100)
    expect(all + single()).toBe(60_000)
  })

  it('takes nothing from others for one who gives up', async () => {
    const time = new VirtualTime()
    const rate = new Rate(time, 1000)
    const stop = new AbortController()
    const late = rate.take(100_000, 'one', stop.signal)
    const next = rate.take(1000, 'two')
    expect(rate.waitMs(1000)).toBe(102_000)
    stop.abort()
    await expect(late).rejects.toMatchObject({ code: 'aborted' })
    await time.pass(1000)
    await next
    await expect(rate.take(1, 'one', stop.signal)).rejects.toMatchObject({ code: 'aborted' })
  })

  it('changes for those who wait already, and ends', async () => {
    const time = new VirtualTime()
    const rate = new Rate(time, 1)
    const waiting = rate.take(10_000, 'one')
    rate.set(10_000)
    await time.pass(1000)
    await waiting
    const again = rate.take(1e9, 'one')
    rate.set(undefined)
    await again
    await rate.take(1e9, 'one')
  })
})
