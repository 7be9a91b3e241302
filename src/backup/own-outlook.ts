/**
 * How well the sources of this device are kept: what the coordinator says of their packs, and what that comes to in a
 * year. Which packs a source needs is read from what is at hand, and only when some are in danger.
 */
import { codeOf, type ErrorCode } from '../core/errors.ts'
import type { GroupId, PackId } from '../core/ids.ts'
import { enoughOf } from '../durability/churn.ts'
import { outlookOf, survivedLosses, type MeasuredChurn, type Outlook, type Standing } from '../durability/outlook.ts'
import { redundancyOf } from '../durability/redundancy.ts'
import { ENDANGERED_NAMED, type OwnHealth } from '../protocol/coordinator-messages.ts'
import { parseManifest, type Manifest, type SnapshotSource } from '../snapshot/manifest.ts'
import type { ReadChunk } from '../snapshot/tree.ts'
import type { OwnerContext } from './owner-context.ts'
import { chunksAtHand, chunksOfTree } from './past-tree.ts'

export interface SourceOutlook {
  /** Keepers that may vanish at once before anything of it is lost; below 0 something is, until some come back. */
  readonly survives: number
  /** `undefined` while too little is known of the keepers. */
  readonly keepsYear: Outlook['keepsYear'] | undefined
  /** Some of it has fallen to the alarm threshold of its code, or below. */
  readonly atRisk: boolean
  /** Of what is worst off of it, the share of its parts that count now, in [0, 1]. */
  readonly filled: number
  /** Of each placement group the worst that it needs. */
  readonly groups: readonly Standing[]
}

export interface Shared {
  readonly what: 'network' | 'platform'
  readonly keepers: number
  readonly of: number
}

export interface OwnOutlook {
  /** Of the newest snapshot of this device, by name. */
  readonly sources: ReadonlyMap<string, SourceOutlook>
  /** From how many keepers it is known, and over how many days. */
  readonly keepers: number
  readonly days: number
  /**
   * What keepers of the same group have in common, and so may go for: of so many the most that are in one network, and
   * that are on one platform. Left out where none are.
   */
  readonly shared: readonly Shared[]
  /** What the chances rest on; `undefined` while it is too little. */
  readonly measured: MeasuredChurn | undefined
  /** More of a group lies together than the rule of caps allows: the network is too small for it. */
  readonly dependent: boolean
  /** Some of it is kept in a network too small, or by too many keepers nobody knows yet, to be relied on. */
  readonly trial: boolean
  /** Something is at risk that no source needs: of older snapshots, or of the account's other devices. */
  readonly restAtRisk: boolean
}

/** `undefined` before this device has backed up, and before its packs were looked at. @throws KeeptabError as the coordinator */
export async function ownOutlook(owner: OwnerContext): Promise<OwnOutlook | undefined> {
  const remembered = await owner.state.rememberedManifest()
  if (remembered === undefined) return undefined
  const [health, churn] = await Promise.all([owner.coordinator.health(), owner.coordinator.churn()])
  const manifest = parseManifest(remembered.bytes)
  const measured = enoughOf(churn)
  const sources = new Map<string, SourceOutlook>()
  const ofSources = new Set<PackId>()
  for (const source of manifest.sources) {
    const needed = await endangeredOf(owner, manifest, remembered.packs, source, health)
    for (const { pack } of needed) ofSources.add(pack)
    const groups = standingsOf(health, needed)
    if (groups.length === 0) continue
    sources.set(source.name, {
      ...(measured === undefined
        ? { survives: survivedLosses(groups), keepsYear: undefined }
        : outlookOf(groups, measured)),
      atRisk: needed.some(isAtRisk),
      filled: Math.min(...groups.map(({ code, live }) => live / code.n)),
      groups,
    })
  }
  return sources.size === 0
    ? undefined
    : {
        sources,
        keepers: churn.keepers,
        days: churn.days,
        shared: sharedIn(health),
        measured,
        // That all are at one operator is so everywhere, and is told with what nobody can know.
        dependent: health.groups.some(({ crowding }) => crowding.waived.some((domain) => domain !== 'operator')),
        trial: health.groups.some(({ trial }) => trial),
        restAtRisk: health.endangered.some((one) => isAtRisk(one) && !ofSources.has(one.pack)),
      }
}

type Endangered = OwnHealth['endangered'][number]

const isAtRisk = ({ level }: Endangered): boolean => level === 'alarm' || level === 'lost'

/** Of each group the worst pack that the source needs; one that is not in danger is taken to be needed. */
function standingsOf({ groups }: OwnHealth, endangered: readonly Endangered[]): Standing[] {
  const liveOf = new Map<GroupId, number>()
  const note = (group: GroupId, live: number) => liveOf.set(group, Math.min(live, liveOf.get(group) ?? Infinity))
  for (const { group, packs } of groups) {
    for (const { level, live } of packs) if (level === 'healthy' || level === 'repair') note(group, live)
  }
  for (const { group, live } of endangered) note(group, live)
  return groups.flatMap(({ group, code: { k, n } }) => {
    const [code, live] = [redundancyOf(k, n), liveOf.get(group)]
    return code === undefined || live === undefined ? [] : [{ code, live }]
  })
}

/** What can keep a tree at hand from being read. */
const NOT_AT_HAND: readonly ErrorCode[] = ['not-found', 'malformed']

/** Packs in danger that a source needs: all of them where that cannot be told. */
async function endangeredOf(
  owner: OwnerContext,
  manifest: Manifest,
  ofManifest: readonly PackId[],
  source: SnapshotSource,
  { endangered }: OwnHealth,
): Promise<readonly Endangered[]> {
  if (endangered.length === 0 || endangered.length === ENDANGERED_NAMED) return endangered
  // Without its manifest and its index no source can be brought back.
  const needed = new Set([...ofManifest, ...manifest.indexes.flatMap(({ pieces }) => pieces.map(({ pack }) => pack))])
  try {
    const read: ReadChunk = chunksAtHand(owner)
    for await (const { chunks } of chunksOfTree(source.root, read)) {
      for (const pack of await owner.state.packsOf(chunks)) if (pack !== undefined) needed.add(pack)
    }
  } catch (thrown) {
    if (NOT_AT_HAND.includes(codeOf(thrown))) return endangered
    throw thrown
  }
  return endangered.filter(({ pack }) => needed.has(pack))
}

/** In the group where it is the largest part. */
function sharedIn({ groups }: OwnHealth): Shared[] {
  return (['network', 'platform'] as const).flatMap((what) => {
    const all = groups.map(({ code, crowding }): Shared => ({ what, keepers: crowding[what], of: code.n }))
    const worst = all.toSorted((a, b) => b.keepers / b.of - a.keepers / a.of)[0]
    return worst === undefined || worst.keepers < 2 ? [] : [worst]
  })
}
