import { describe, expect, test } from 'vitest'
import { idBytes, idOf, parseChunkId, parsePackId, parseSnapshotId } from '../../../src/core/ids.ts'
import { decode, encode, type WireValue } from '../../../src/core/wire.ts'
import {
  encodeManifest,
  keepsEverything,
  MAX_HISTORY,
  parseManifest,
  type Manifest,
  type Retention,
} from '../../../src/snapshot/manifest.ts'
import { z } from 'zod'
import { noise } from './account.ts'

const pack = (seed: number) => idOf(parsePackId, noise(32, seed))
const chunk = (seed: number) => idOf(parseChunkId, noise(32, seed))
const snapshot = (seed: number) => idOf(parseSnapshotId, noise(16, seed))

const manifest: Manifest = {
  snapshot: snapshot(1),
  createdAt: 1_790_000_000_000,
  epoch: 0,
  sources: [
    { name: 'Photos', way: 'folder', root: noise(64), files: 3, directories: 1, symlinks: 0, leftOut: 1, bytes: 1e12 },
  ],
  packs: [pack(1), pack(2), pack(3)].sort(),
  indexes: [{ chunks: 7, pieces: [{ chunk: chunk(9), pack: pack(2) }] }],
  history: [
    { snapshot: snapshot(2), createdAt: 1, manifest: [pack(7), pack(4)], sources: ['Photos'], files: 2, bytes: 5 },
  ],
}

test('a manifest comes back as it was', () => {
  expect(parseManifest(encodeManifest(manifest))).toEqual(manifest)
})

test('packs are listed once and in order, however they were noted', () => {
  const noted = { ...manifest, packs: [pack(3), pack(1), pack(2), pack(3)] }
  expect(encodeManifest(noted)).toEqual(encodeManifest(manifest))
})

const [past] = manifest.history
if (past === undefined) throw new Error('no history')
const retention: Retention = {
  rule: { all: 1, hourly: 7, daily: 31, weekly: 92, monthly: 731, yearly: 36_525 },
  protected: [snapshot(1), snapshot(2)].sort(),
  removed: [{ ...past, snapshot: snapshot(3), removedAt: 1_790_000_000_000 }],
}

test.each([
  ['a rule', { ...retention, protected: [], removed: [] }],
  ['what is protected', { ...retention, rule: undefined, removed: [] }],
  ['what was removed', { ...retention, rule: undefined, protected: [] }],
  ['all of it', retention],
])('a manifest with %s comes back as it was', (_, said) => {
  expect(parseManifest(encodeManifest({ ...manifest, retention: said }))).toEqual({ ...manifest, retention: said })
})

test('a manifest that keeps everything is of version 1, which older programs read', () => {
  expect(encodeManifest({ ...manifest, retention: keepsEverything })).toEqual(encodeManifest(manifest))
})

test('the oldest history is forgotten first', () => {
  const history = Array.from({ length: MAX_HISTORY + 10 }, (_, i) => ({ ...past, createdAt: MAX_HISTORY + 10 - i }))
  const kept = parseManifest(encodeManifest({ ...manifest, history })).history
  expect(kept).toEqual(history.slice(0, MAX_HISTORY))
})

describe('a manifest is refused', () => {
  const wire = decode(z.record(z.string(), z.unknown()), encodeManifest(manifest)) as Record<string, WireValue>
  const [source] = wire['sources'] as unknown as Record<string, WireValue>[]
  const cases: readonly (readonly [string, Record<string, WireValue>])[] = [
    ['of another version', { v: 2 }],
    ['of version 1 that says how long', { rule: null, protected: new Uint8Array(0), removed: [] }],
    ['of version 2 with half a protected id', { v: 2, rule: null, protected: noise(15), removed: [] }],
    [
      'of version 2 with a rule beyond for ever',
      { v: 2, rule: { ...retention.rule, all: 40_000 }, protected: new Uint8Array(0), removed: [] },
    ],
    ['without sources', { sources: [] }],
    ['with packs out of order', { packs: Buffer.concat(manifest.packs.toReversed().map((id) => idBytes(id))) }],
    ['with half a pack id', { packs: noise(33) }],
    ['with a source without a root', { sources: [{ ...source, root: new Uint8Array(0) }] }],
    ['with a way that does not exist', { sources: [{ ...source, way: 'magic' }] }],
    ['with an index piece without a pack', { indexes: [{ n: 1, p: noise(32) }] }],
    ['with a short snapshot id', { snapshot: noise(15) }],
    ['with an unknown field', { extra: 1 }],
  ]
  test.each(cases)('%s', (_, change) => {
    expect(() => parseManifest(encode({ ...wire, ...change }))).toThrow(
      expect.objectContaining({ code: 'malformed' }) as Error,
    )
  })
})
