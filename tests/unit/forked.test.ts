/** A device whose keys are in use in two places has two histories; nobody else of the account is to suffer from that. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Forked, RestoreEvent } from '../../src/backup/events.ts'
import { linkTo } from '../../src/backup/heads.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { restore } from '../../src/backup/restore.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import { idBytes } from '../../src/core/ids.ts'
import { certify } from '../../src/identity/device.ts'
import { accountKey } from '../../src/identity/keys.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { openHead, signHead, type Head } from '../../src/protocol/records.ts'
import {
  backUp,
  bringBack,
  memoryTarget,
  noise,
  sourceOf,
  startNetwork,
  type SimulatedNetwork,
} from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

const root = noise('forked', 32)
const [one, two, other] = [noise('one', 100_000), noise('two', 100_000), noise('other', 100_000)]

/** The same device before a coordinator that tells these heads besides. */
const telling = (owner: OwnerContext, ...rivals: readonly Bytes[]): OwnerContext => ({
  ...owner,
  coordinator: { ...owner.coordinator, heads: async () => [...(await owner.coordinator.heads()), ...rivals] },
})

const headOf = async (owner: OwnerContext): Promise<Head> => {
  const heads = await Promise.all((await owner.coordinator.heads()).map(openHead))
  const head = heads.find(({ device }) => device === owner.identity.device)
  if (head === undefined) throw new Error('the device has no head')
  return head
}

/** Two devices of one account: the second has a backup, the first two, the later of which a rival of the same sequence denies. */
async function forked() {
  network = await startNetwork(6)
  const [laptop, desktop] = [await network.owner(root), await network.owner(root)]
  await backUp(desktop, sourceOf('desk', { other }))
  await backUp(laptop, sourceOf('home', { one }))
  const first = await headOf(laptop)
  await backUp(laptop, sourceOf('home', { one, two }))
  const { manifest } = first
  const rival = await signHead(laptop.identity, { sequence: 2, previous: await linkTo(first), manifest })
  return { network, laptop, desktop, first, rival }
}

async function list(owner: OwnerContext) {
  const events: RestoreEvent[] = []
  const snapshots = await listSnapshots(owner, { onEvent: (event) => void events.push(event) })
  const forks = events.filter((event): event is Forked => event.type === 'forked')
  return { forks, snapshots: snapshots.map(({ sources, files, disputed }) => [...sources, files, disputed]), events }
}

describe('a forked history', () => {
  it('is listed with both its ends beside the other devices, and what is disputed comes back when it is chosen', async () => {
    const { network, laptop, rival } = await forked()
    const person = telling(await network.owner(root), rival)
    const { forks, snapshots } = await list(person)
    expect(forks).toEqual([{ type: 'forked', device: laptop.identity.device, sequence: 2 }])
    expect(snapshots).toEqual([
      ['home', 2, true],
      ['home', 1, false],
      ['desk', 1, false],
    ])
    const [newest] = await listSnapshots(person)
    if (newest === undefined) throw new Error('nothing is listed')
    const { target, files } = memoryTarget()
    expect((await restore(person, newest.id, undefined, target)).missing).toEqual([])
    expect([...files.keys()].sort()).toEqual(['home/one', 'home/two'])
    // Nobody may say later that the one or the other had been seen here.
    expect((await person.state.pinnedHeads()).length).toBe(1)
  })

  it('is none when the coordinator tells heads of another account or damaged ones: those are left out, and said', async () => {
    const { network, laptop, first } = await forked()
    const [thief, person] = [await network.owner(noise('thief', 32)), await network.owner(root)]
    const headKey = thief.identity.daily.head.publicKey
    const device = idBytes(laptop.identity.device)
    const certificate = await certify(await accountKey(noise('thief', 32)), device, 0, headKey, 0)
    const previous = noise('elsewhere', 32)
    const far = { sequence: 1_000_000, previous, manifest: first.manifest }
    const foreign = await signHead({ ...thief.identity, certificate }, far)
    const { forks, snapshots, events } = await list(telling(person, foreign, noise('no head', 100)))
    expect([forks, snapshots.map(([source]) => source)]).toEqual([[], ['home', 'home', 'desk']])
    expect(events.filter(({ type }) => type === 'head-refused')).toHaveLength(1)
    const only = { ...person.coordinator, heads: () => Promise.resolve([foreign]) }
    const empty = { ...(await network.owner(root)), coordinator: only }
    await expect(list(empty)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is seen when the newest head does not follow the one that this device has seen', async () => {
    const { laptop } = await forked()
    const { sequence, manifest, signed } = await headOf(laptop)
    const rival = await signHead(laptop.identity, {
      sequence: sequence + 1,
      previous: noise('elsewhere', 32),
      manifest,
    })
    expect((await list(telling(laptop, rival))).forks).toMatchObject([{ sequence }])
    expect(await laptop.state.pinnedHeads()).toContainEqual(signed)
    const next = await signHead(laptop.identity, {
      ...{ sequence: sequence + 1, manifest },
      previous: await linkTo(await openHead(signed)),
    })
    expect((await list(telling(laptop, next))).forks).toEqual([])
  })

  it('has nothing that is beyond dispute when one of its ends cannot be read', async () => {
    const { network, laptop, first } = await forked()
    const manifest = [...first.manifest, ...first.manifest]
    const rival = await signHead(laptop.identity, { sequence: 2, previous: await linkTo(first), manifest })
    expect((await list(telling(await network.owner(root), rival))).snapshots).toEqual([
      ['home', 2, true],
      ['home', 1, true],
      ['desk', 1, false],
    ])
  })

  it('stops the backups of its own device and of no other', async () => {
    const { laptop, desktop, rival } = await forked()
    const again = backUp(telling(laptop, rival), sourceOf('home', { one }))
    await expect(again).rejects.toMatchObject({ code: 'head-forked', data: { device: laptop.identity.device } })
    expect((await backUp(telling(desktop, rival), sourceOf('desk', { other, one }))).result.state).toBe('safe')
    expect((await bringBack(desktop)).files.size).toBe(2)
  })
})
