/** docs/format.md holds: a reader in another language that follows it, and shares no code, brings the same files back. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { afterAll, expect, test } from 'vitest'
import { toBase64Url, utf8 } from '../../src/core/bytes.ts'
import { parsePackId } from '../../src/core/ids.ts'
import { newDevice } from '../../src/identity/keys.ts'
import { rootOf } from '../../src/identity/recovery.ts'
import { signHead } from '../../src/protocol/records.ts'
import { road } from './make-road.ts'
import epochs from './epochs.json' with { type: 'json' }
import frozen from './road.json' with { type: 'json' }
import { noise } from './tiny-snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'keeptab-stranger-'))
afterAll(() => rmSync(folder, { recursive: true }))

const english = join(folder, 'english.txt')
writeFileSync(english, `${wordlist.join('\n')}\n`)

/** What the stranger finds, who is not told what is expected. */
function found(told: Omit<typeof frozen, 'about' | 'expected'> & { revocations?: string[] }): unknown {
  const { words, heads, records, shards, revocations } = told
  const { error, status, stdout, stderr } = spawnSync(
    'python3',
    ['-B', join(import.meta.dirname, 'stranger.py'), english],
    { input: JSON.stringify({ words, heads, records, shards, revocations }), encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  if (error !== undefined) throw new Error('This test needs Python 3: apt-get install python3', { cause: error })
  if (status !== 0) throw new Error(`The stranger failed: ${stderr}`)
  return JSON.parse(stdout)
}

test('a stranger finds every key, pack and file of the frozen road', () => {
  expect(found(frozen)).toEqual(frozen.expected)
})

test('a stranger brings back both key epochs of an account that has removed a device', () => {
  expect(found(epochs)).toEqual(epochs.expected)
  expect(new Set(epochs.expected.packs.map(({ epoch }) => epoch))).toEqual(new Set([0, 1]))
})

test('a stranger leaves out what a removed device has signed since', async () => {
  const removed = await newDevice(rootOf(epochs.words), noise(32, 2), 1_767_139_200_000)
  const [own] = epochs.expected.heads.filter(({ device }) => device === removed.device)
  const manifest = (own?.manifest ?? []).map(parsePackId)
  const later = await signHead(removed, { sequence: 2, previous: noise(32, 1), manifest })
  expect(found({ ...epochs, heads: [...epochs.heads, toBase64Url(later)] })).toEqual(epochs.expected)
})

test('a stranger reads chunks of many segments and frames of many blocks', async () => {
  const lines = Array.from(noise(40_000, 5), (byte, i) => `${i % 1000} ${byte % 16} of what must not be lost\n`)
  const other = await road({
    'long.bin': { content: noise(500_000, 12) },
    'long.txt': { content: utf8(lines.join('')) },
  })
  const chunks = other.expected.packs.flatMap((pack) => pack.chunks)
  expect(chunks.some(({ storedLength }) => storedLength > 262_144)).toBe(true)
  expect(chunks.some(({ method, plainLength }) => method === 1 && plainLength > 131_072)).toBe(true)
  expect(found(other)).toEqual(other.expected)
})

test('a stranger refuses a flipped bit, wherever it is', () => {
  const flipped = (text: string): string => `${text.slice(0, 200)}${text[200] === 'A' ? 'B' : 'A'}${text.slice(201)}`
  const [head = '', ...heads] = frozen.heads
  expect(() => found({ ...frozen, heads: [flipped(head), ...heads] })).toThrow(/Refused/)
  const records = frozen.records.map(({ pack, record }, i) => ({ pack, record: i === 3 ? flipped(record) : record }))
  expect(() => found({ ...frozen, records })).toThrow(/Refused: a record that is not the one of its name/)
  const shards = frozen.shards.map((shard, i) => (i === 5 ? { ...shard, bytes: flipped(shard.bytes) } : shard))
  expect(() => found({ ...frozen, shards })).toThrow(/Refused: too few shards/)
})
