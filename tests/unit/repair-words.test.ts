/** What a repairer says of a holder that gave it no shard, whether it was to repair or to look. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MiB } from '../../src/core/units.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import type { Allowance } from '../../src/keeping/work.ts'
import type { RepairJob, RepairReport } from '../../src/protocol/coordinator-messages.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { repairing, type RepairContext } from '../../src/repair/repair.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { bulkOver } from '../../src/transport/bulk.ts'
import { bodyFrame, controlFrame } from '../../src/transport/framing.ts'
import { openLink } from '../../src/transport/link.ts'
import { Wire } from '../../src/transport/memory.ts'
import { newIdentity, random } from '../contract/identity.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The report of a repairer whose only holder opens a link, and then sends this part of the first slice, and no more. */
async function reportOf(job: 'repair' | 'look', partBytes: number): Promise<RepairReport> {
  const [owner, holder] = [await newIdentity(), await newIdentity()]
  const roots = Array.from({ length: 6 }, () => random.bytes(32))
  const record = await signPackRecord(owner, { k: 2, n: 6, shardBytes: MiB, roots })
  const pack = await packIdOf(record)
  const remote = { device: holder.device, account: holder.account }
  const wire = new Wire({ random })
  const [control, bulk] = [wire.pipe('control', 1), wire.pipe('bulk', 1)]
  let isAsked = false
  control.listen(() => {
    if (isAsked || partBytes === 0) return
    isAsked = true
    const payload = new Uint8Array(partBytes)
    bulk.send(bodyFrame({ direction: 'response', stream: 1, offset: 0, totalBytes: SLICE_BYTES, payload }))
  })
  bulk.listen(() => undefined)
  const connect = () =>
    Promise.resolve(
      openLink({
        remote,
        control: wire.pipe('control', 0),
        bulk: bulkOver(wire.pipe('bulk', 0)),
        lost: wire.broken,
        handler: () => undefined,
        count: () => undefined,
      }),
    )
  const ticket = new Uint8Array(1)
  const successor = { index: 5, keeper: owner.device, group: 'none', ticket } as unknown as RepairJob['successors'][0]
  let given: RepairJob | undefined = {
    pack,
    record,
    expiresAt: Infinity,
    holders: [{ index: 0, keeper: holder.device, ticket }],
    successors: job === 'repair' ? [successor] : [],
  }
  const reported: RepairReport[] = []
  const context = {
    coordinator: {
      takeRepair: () => Promise.resolve(given),
      reportRepair: (report: RepairReport) => {
        given = undefined
        reported.push(report)
        return Promise.resolve([])
      },
    },
    transport: { connect, visit: (work: (visit: object) => unknown) => work({ device: owner.device }) },
    store: new MemoryShardStore(emptyShelf()),
    codec: reedSolomon,
  } as unknown as RepairContext
  const allowance: Allowance = {
    mayWork: () => true,
    limited: (link) => link,
    prepaid: () => Promise.resolve((link) => link),
  }
  const work = repairing(context)(allowance)
  work.wake()
  for (let seconds = 0; seconds < 600 && reported.length === 0; seconds += 1) {
    await vi.advanceTimersByTimeAsync(1000)
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    // It shows that it is there.
    control.send(controlFrame({ kind: 'pong', stream: 0 }))
  }
  await work.stop()
  const [report] = reported
  if (report === undefined) throw new Error('It has said nothing.')
  return report
}

test.each(['repair', 'look'] as const)(
  'a %s names as slow whoever gives nothing over an open link, and nobody who gives a part',
  async (job) => {
    expect((await reportOf(job, 0)).failed).toMatchObject([{ index: 0, what: 'slow' }])
    expect((await reportOf(job, 100)).failed).toMatchObject([{ index: 0, what: 'unreachable' }])
  },
)
