/** Each stage of the CPU path alone, against the bare primitive it cannot be faster than. */
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import { LEAF_BYTES, merkleRoot } from '../../src/core/merkle.ts'
import { aesKey } from '../../src/core/crypto.ts'
import { MiB } from '../../src/core/units.ts'
import { dailyKeys } from '../../src/identity/keys.ts'
import { chunksOf } from '../../src/snapshot/chunker.ts'
import { compress } from '../../src/snapshot/compression.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import { sealSegments } from '../../src/snapshot/segments.ts'
import { noise } from '../sim/network.ts'
import { print, rate } from './figure.ts'

const ROUNDS = 5

/** Runs each pair in turn, a first round to warm up uncounted, and prints its figure. */
export async function benchStages(): Promise<void> {
  const keys = await dailyKeys(noise('keys', 32), 0)
  const data = noise('data', 32 * MiB)
  const text = new TextEncoder()
    .encode('the quick brown fox jumps over the lazy dog; '.repeat(200_000))
    .slice(0, 8 * MiB)
  const copy = new Uint8Array(data.length)
  const aes = await aesKey(noise('aes', 32))
  const pieces = (bytes: typeof data, length: number) =>
    Array.from({ length: bytes.length / length }, (_, i) => bytes.subarray(i * length, (i + 1) * length))

  const copyAll = () => {
    copy.set(data)
  }
  const hashWhole = () => crypto.subtle.digest('SHA-256', data)
  const encryptPieces = () =>
    Promise.all(
      pieces(data, 256 * 1024).map((piece, i) =>
        crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12).fill(i) }, aes, piece),
      ),
    )
  const discard = {
    known: (ids: readonly unknown[]) => Promise.resolve(ids.map(() => false)),
    emit: () => Promise.resolve(),
  }

  const stages: readonly Stage[] = [
    {
      name: 'chunk',
      bytes: data.length,
      ours: () => [...chunksOf(keys.gear, data)],
      peer: copyAll,
      peerName: 'memory copy',
    },
    {
      name: 'compress text',
      bytes: text.length,
      ours: () => Promise.all(pieces(text, 256 * 1024).map(compress)),
      peer: () => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer(),
      peerName: 'CompressionStream deflate',
    },
    {
      name: 'encrypt',
      bytes: data.length,
      ours: () => Promise.all(pieces(data, 512 * 1024).map((piece) => sealSegments(aes, copy.slice(0, 32), piece))),
      peer: encryptPieces,
      peerName: 'WebCrypto AES-256-GCM, 256 KiB calls',
    },
    {
      name: 'chunk, name, compress and seal',
      bytes: data.length,
      ours: () => createFileSealer(keys).seal(new Blob([data]), 'file', discard),
      peer: encryptPieces,
      peerName: 'WebCrypto AES-256-GCM, 256 KiB calls',
    },
    {
      name: `Merkle root, ${LEAF_BYTES / 1024} KiB leaves`,
      bytes: data.length,
      ours: () => merkleRoot(data),
      peer: hashWhole,
      peerName: 'WebCrypto SHA-256 of the whole',
    },
    ...[
      { k: 2, n: 6 },
      { k: 16, n: 48 },
    ].map((code) => ({
      name: `encode with roots ${code.k} of ${code.n}, 1 MiB shards`,
      bytes: 16 * MiB,
      ours: async () => {
        for (const pack of pieces(data.subarray(0, 16 * MiB), code.k * MiB)) await reedSolomon.encode(code, pack)
      },
      peer: hashWhole,
      peerName: 'WebCrypto SHA-256 of the whole',
      peerBytes: data.length,
    })),
  ]
  for (const stage of stages) {
    const rounds = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      const ours = await rate(stage.bytes, stage.ours)
      const peer = await rate(stage.peerBytes ?? stage.bytes, stage.peer)
      if (round > 0) rounds.push({ ours, peer })
    }
    print({ target: 'stage', case: stage.name, peerName: stage.peerName, unit: 'MB/s', rounds })
  }
}

interface Stage {
  readonly name: string
  readonly bytes: number
  readonly ours: () => unknown
  readonly peer: () => unknown
  readonly peerName: string
  readonly peerBytes?: number
}
