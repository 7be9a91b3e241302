/** Frozen: the whole road. What was backed up with this version is made in the same way, and read back, for ever. */
import { expect, test } from 'vitest'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { restore } from '../../src/backup/restore.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import type { RestoreTarget } from '../../src/backup/target.ts'
import type { Coordinator } from '../../src/coordinator/coordinator.ts'
import { concat, fromBase64Url, toHex, type Bytes } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { parseDeviceId, parsePackId, type DeviceId } from '../../src/core/ids.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import { newDevice } from '../../src/identity/keys.ts'
import { rootOf } from '../../src/identity/recovery.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { clock, random } from '../contract/coordinator-fixtures.ts'
import { road } from './make-road.ts'
import frozen from './road.json' with { type: 'json' }

test('the same folders on the same devices leave the frozen records and shards again', async () => {
  const made = await road()
  expect(JSON.stringify(made)).toBe(JSON.stringify(frozen))
})

test('words, records and k shards of each pack bring back every snapshot of every device', async () => {
  const owner = await ownerOfFrozen()
  const snapshots = (await listSnapshots(owner)).toSorted((a, b) => a.createdAt - b.createdAt)
  expect(snapshots.map(({ id, device, createdAt }) => ({ snapshot: id, device, createdAt }))).toEqual(
    frozen.expected.snapshots.map(({ snapshot, device, createdAt }) => ({ snapshot, device, createdAt })),
  )
  for (const [i, { id }] of snapshots.entries()) {
    const { target, entries } = describing()
    const { missing } = await restore(owner, id, undefined, target)
    expect(missing).toEqual([])
    const expected = frozen.expected.snapshots[i]?.sources.flatMap(({ name, entries, ...meta }) => {
      const at = toHex(new TextEncoder().encode(name))
      const inside = entries.map((entry) => ({ ...entry, path: undefined, pathBytes: `${at}2f${entry.pathBytes}` }))
      return [{ kind: 'directory', pathBytes: at, ...meta }, ...inside]
    })
    expect(entries).toEqual(expected)
  }
})

/** A new device that knows the words, before a coordinator and keepers that have what the vector has. */
async function ownerOfFrozen(): Promise<OwnerContext> {
  const identity = await newDevice(rootOf(frozen.words), random.bytes(32), clock.now())
  const away = () => Promise.reject(new KeeptabError('coordinator-unreachable'))
  const coordinator: Coordinator = {
    info: away,
    ticket: away,
    group: away,
    groupById: away,
    replaceKeeper: away,
    commitPack: away,
    publishHead: away,
    missingHeads: away,
    keep: away,
    publishDevice: away,
    devices: away,
    revocations: away,
    revoke: away,
    givenUp: away,
    giveUp: away,
    openMailbox: away,
    pastHeads: away,
    ownPacks: away,
    health: away,
    churn: away,
    condemned: away,
    condemn: away,
    reprieve: away,
    condemnedHere: away,
    dropped: away,
    handOver: away,
    handedOver: away,
    unneeded: away,
    takeRepair: away,
    ownRepairs: away,
    takeOwnRepair: away,
    reportRepair: away,
    reportInventory: away,
    putRecord: away,
    record: away,
    standing: away,
    answerAudit: away,
    goOnline: () => () => undefined,
    heads: () => Promise.resolve(frozen.heads.map(bytesOf)),
    locatePacks: (packs) =>
      Promise.resolve(
        frozen.records
          .filter(({ pack }) => packs.includes(parsePackId(pack)))
          .map(({ pack, record }) => {
            const holders = frozen.shards
              .filter((shard) => shard.pack === pack)
              .map(({ index }) => ({ index, keeper: keeperOf(index), online: true }))
            const crowding = { network: 1, platform: 1, operator: 1, waived: [] }
            const happiness = holders.length
            return { pack: parsePackId(pack), record: bytesOf(record), happy: 5, happiness, crowding, holders }
          }),
      ),
  }
  const transport: Transport = {
    counted: { sentBytes: 0, receivedBytes: 0 },
    openLinks: 0,
    visit: (work) => work(identity),
    ready: () => Promise.resolve(),
    serve: () => undefined,
    close: () => Promise.resolve(),
    connect: (device) =>
      Promise.resolve({
        remote: { device, account: identity.account },
        closed: new Promise(() => undefined),
        receivedBytes: 0,
        close: () => undefined,
        call({ head }) {
          if (head.type !== 'read') return Promise.resolve({ head: { type: 'heads', heads: [] } })
          const { index, offset, length } = head
          const shard = frozen.shards.find((one) => one.pack === toHex(head.pack) && one.index === index)
          if (shard === undefined || keeperOf(index) !== device) throw new KeeptabError('shard-unknown')
          return Promise.resolve({ head: { type: 'read' }, body: bytesOf(shard.bytes).slice(offset, offset + length) })
        },
      }),
  }
  return {
    identity,
    coordinator,
    transport,
    codec: reedSolomon,
    state: new MemoryOwnerState(emptyOwnerShelf()),
    sealerOf: createFileSealer,
    clock,
    random,
  }
}

/** Who keeps all shards of one index. */
const keeperOf = (index: number): DeviceId => parseDeviceId(toHex(new Uint8Array(32).fill(index)))

function bytesOf(text: string): Bytes {
  const bytes = fromBase64Url(text)
  if (bytes === undefined) throw new Error('The vector holds something that is no base64url.')
  return bytes
}

/** A target that only says what it was given, in the words of the vector. */
function describing(): { target: RestoreTarget; entries: unknown[] } {
  const entries: unknown[] = []
  const path: string[] = []
  const pathTo = (name: Bytes): string => [...path, toHex(name)].join('2f')
  const add = (kind: string, name: Bytes, meta: object, more: object = {}) => {
    const { modifiedMicros, mode } = meta as { modifiedMicros?: number; mode?: number }
    entries.push({
      kind,
      pathBytes: pathTo(name),
      ...(modifiedMicros !== undefined && { modifiedMicros }),
      ...(mode !== undefined && { mode }),
      ...more,
    })
  }
  const target: RestoreTarget = {
    enterDirectory(name, meta) {
      add('directory', name, meta)
      path.push(toHex(name))
      return Promise.resolve()
    },
    leaveDirectory: () => Promise.resolve(void path.pop()),
    async file(name, size, meta, content) {
      const parts: Bytes[] = []
      for await (const bytes of content) parts.push(bytes)
      add('file', name, meta, { size, sha256: toHex(await sha256(concat(...parts))) })
    },
    symlink(name, link, meta) {
      add('symlink', name, meta, { target: toHex(link) })
      return Promise.resolve()
    },
    again: () => undefined,
    skip: () => undefined,
    finish: () => Promise.resolve(),
  }
  return { target, entries }
}
