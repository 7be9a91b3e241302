import { describe, expect, test } from 'vitest'
import { Output } from '../../headless/output.ts'
import { bar, ProgressMeter, rangeText, sizeText } from '../../headless/progress.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { parseDeviceId } from '../../src/core/ids.ts'

class Recorder {
  text = ''
  readonly isTTY: boolean
  readonly columns: number
  constructor(isTTY: boolean, columns: number) {
    this.isTTY = isTTY
    this.columns = columns
  }
  write(text: string): void {
    this.text += text
  }
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }
}

function setUp({ json = false, isTTY = false, columns = 100 } = {}) {
  const clock = { at: 1_000_000, now: () => clock.at }
  const out = new Recorder(isTTY, columns)
  const errors = new Recorder(isTTY, columns)
  return { clock, out, errors, output: new Output({ json, out, errors, clock }) }
}

const progress = (bytesKept: number, bytesTotal = 1000) =>
  ({
    type: 'progress',
    bytesRead: 0,
    bytesTotal,
    filesDone: 1,
    filesTotal: 2,
    bytesSent: 5,
    bytesKept,
    bytesSpread: bytesKept,
  }) as const

test('a line of progress is whole on a terminal that does not know its width', () => {
  const { output, errors } = setUp({ isTTY: true, columns: 0 })
  output.event(progress(0))
  expect(errors.text).toContain('0 B of 1.0 kB\u001b')
})

describe('for programs', () => {
  const objects = (out: Recorder) => out.lines.map((line) => JSON.parse(line) as Record<string, unknown>)

  test('every event is one flat object on a line of standard output, and nothing else is there', () => {
    const { output, out, errors } = setUp({ json: true })
    const keeper = parseDeviceId('ab'.repeat(32))
    output.event({ type: 'scanned', files: 2, directories: 1, bytes: 10 })
    output.event({
      type: 'notice',
      notice: { path: 'a\nb', what: 'unreadable', detail: 'permission denied' },
      source: 0,
    })
    output.event({ type: 'keeper-trouble', trouble: { keeper, what: 'slow', detail: '' } })
    output.event({ type: 'waiting', for: 'keepers' })
    output.event({ type: 'rolled-back', device: keeper, told: 1, seen: 2 })
    output.note('for people')
    output.result({ event: 'done', files: 2, bytes: 10 }, 'done')
    expect(objects(out)).toEqual([
      { event: 'scanned', files: 2, directories: 1, bytes: 10 },
      { event: 'notice', path: 'a\nb', what: 'unreadable', detail: 'permission denied' },
      { event: 'keeper-trouble', keeper, what: 'slow', detail: '' },
      { event: 'waiting', for: 'keepers' },
      { event: 'rolled-back', device: keeper, told: 1, seen: 2 },
      { event: 'done', files: 2, bytes: 10 },
    ])
    expect(errors.text).toBe('')
  })

  test('progress comes at most four times a second, and its last state always', () => {
    const { output, out, clock } = setUp({ json: true })
    for (let i = 0; i <= 100; i += 1) {
      output.event(progress(10 * i))
      clock.at += 10
    }
    output.result({ event: 'done' }, '')
    const lines = objects(out)
    expect(lines.length).toBeLessThanOrEqual(7)
    expect(lines.slice(-2)).toMatchObject([{ event: 'progress', bytesKept: 1000 }, { event: 'done' }])
  })

  test('an error is the last line, with its code', () => {
    const { output, out } = setUp({ json: true })
    output.event(progress(1))
    output.event(progress(2))
    output.error(new KeeptabError('not-enough-keepers'))
    expect(objects(out).map(({ event, code }) => [event, code])).toEqual([
      ['progress', undefined],
      ['progress', undefined],
      ['error', 'not-enough-keepers'],
    ])
  })
})

describe('for people', () => {
  test('on a terminal one line is drawn again and again and gone before the next text', () => {
    const { output, out, errors } = setUp({ isTTY: true })
    output.event(progress(500))
    expect(errors.text).toMatch(/^\r█+░+ {2}50 % {2}500 B of 1.0 kB/)
    output.note('hello')
    expect(errors.text.endsWith('\r\u001b[Khello\n')).toBe(true)
    output.result({ event: 'done' }, 'All is safe.')
    expect(out.text).toBe('All is safe.\n')
  })

  test('without a terminal there are plain lines, few of them', () => {
    const { output, errors, clock } = setUp()
    for (let i = 0; i < 100; i += 1) {
      output.event(progress(10 * i))
      clock.at += 200
    }
    expect(errors.lines.length).toBe(2)
    for (const drawn of ['\r', '\u001b', '█']) expect(errors.text).not.toContain(drawn)
  })

  test('a name cannot steer the terminal', () => {
    const { output, errors } = setUp({ isTTY: true })
    output.event({ type: 'notice', notice: { path: 'a\u001b]0;x\u0007\n\u202e', what: 'refused', detail: '' } })
    expect(errors.text).toBe('a\\u001b]0;x\\u0007\\u000a\\u202e: not written\n')
  })

  test('an error is one line on standard error', () => {
    const { output, out, errors } = setUp()
    output.error(new KeeptabError('too-few-shards'))
    expect(errors.lines).toEqual([expect.stringMatching(/^keeptab: Too few pieces .* online\.$/)])
    expect(out.text).toBe('')
  })
})

describe('progress', () => {
  test('says a rate and a span of time once it has seen enough', () => {
    const clock = { at: 0, now: () => clock.at }
    const meter = new ProgressMeter(clock)
    for (; clock.at <= 20_000; clock.at += 500) {
      meter.add(clock.at * 1000, 120_000_000)
      if (clock.at === 2000) expect(meter.state()).toMatchObject({ rate: undefined, left: undefined })
    }
    const { rate, left } = meter.state()
    expect(rate).toBeCloseTo(1_000_000)
    expect(left?.fromMs).toBeCloseTo(80_000)
    expect(left?.toMs).toBeCloseTo(120_000)
  })

  test('a standstill has no end in sight', () => {
    const clock = { at: 0, now: () => clock.at }
    const meter = new ProgressMeter(clock)
    for (; clock.at <= 60_000; clock.at += 1000) meter.add(5, 10)
    expect(bar(meter.state(), 0)).toBe('50 %  5 B of 10 B  0 B/s')
  })

  test('100 % is not said before all is there, and nothing at all is all', () => {
    const state = { rate: undefined, left: undefined }
    expect(bar({ ...state, doneBytes: 9999, totalBytes: 10_000 }, 0)).toMatch(/^99 %/)
    expect(bar({ ...state, doneBytes: 0, totalBytes: 0 }, 0)).toMatch(/^100 %/)
  })

  test('a line never wraps', () => {
    const state = { rate: undefined, left: undefined, doneBytes: 1, totalBytes: 3 }
    for (const columns of [10, 20, 40, 80]) expect(bar(state, columns).length).toBeLessThanOrEqual(columns)
  })

  test.each([
    [0, 0, 'a few seconds'],
    [2000, 9000, 'a few seconds'],
    [21_000, 39_000, '20–40 s'],
    [200_000, 290_000, '3–5 min'],
    [40 * 60_000, 150 * 60_000, 'up to 3 h'],
  ])('%i to %i ms are "%s"', (from, to, words) => {
    expect(rangeText(from, to)).toBe(words)
  })

  test('sizes are written as people type them', () => {
    expect([0, 999, 1000, 123_456, 1_500_000, 2_000_000_000].map(sizeText)).toEqual(
      ['0 B', '999 B', '1.0 kB', '123 kB', '1.5 MB', '2.0 GB'], // prettier-ignore
    )
  })
})
