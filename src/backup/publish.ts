/**
 * The last step of everything that changes a device's history: the manifest on its way, then the head that points to it.
 * A head is taken only from who knows of all packs that are condemned, so what it needs is taken back before.
 */
import { HEAD_NOT_WANTED } from '../coordinator/coordinator.ts'
import { absentOn, codeOf, throwIfAborted } from '../core/errors.ts'
import type { PackId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import { openHead, signHead, type Head } from '../protocol/records.ts'
import { encodeManifest, type Manifest } from '../snapshot/manifest.ts'
import type { RememberedManifest } from '../store/owner-state.ts'
import { keepHead } from '../transport/keeper-client.ts'
import { linkTo } from './heads.ts'
import type { OwnerContext } from './owner-context.ts'
import type { PackWriter } from './pack-writer.ts'
import { writeManifest } from './write-lists.ts'

/** Keepers of each pack of the manifest that are given the new head to remember. */
const HEAD_WITNESSES = 12

/** What is needed and known to stay, as long as no more packs are condemned. */
export interface Held {
  /** For `publishHead`. */
  readonly rounds: number
  /** Needed packs that were condemned for too long and are gone. */
  readonly gone: readonly PackId[]
}

/**
 * Takes condemnations of packs back that are needed. Those that are gone for long are only noticed among `anew`: what this
 * device has named all the time does not go.
 */
export async function holdPacks(
  { coordinator }: OwnerContext,
  needed: readonly PackId[],
  anew: readonly PackId[] = [],
): Promise<Held> {
  const { rounds, packs } = await coordinator.condemned()
  const wanted = new Set(needed)
  const condemned = packs.map(({ pack }) => pack).filter((pack) => wanted.has(pack))
  const asked = [...new Set([...condemned, ...anew])]
  if (asked.length === 0) return { rounds, gone: [] }
  const stay = new Set(await coordinator.reprieve(asked))
  return { rounds, gone: asked.filter((pack) => !stay.has(pack)) }
}

/** The same, of packs that were there a while ago: the device may have slept for a month since. */
async function holdAgain({ coordinator }: OwnerContext, needed: readonly PackId[]): Promise<Held> {
  const { rounds } = await coordinator.condemned()
  const stay = new Set(await coordinator.reprieve(needed))
  return { rounds, gone: needed.filter((pack) => !stay.has(pack)) }
}

export interface Publication {
  readonly manifest: Manifest
  /** Every pack that the manifest's snapshot, and what it lists anew, needs. */
  readonly needed: readonly PackId[]
  /** Of `needed`. */
  readonly held: Held
  /** The head this one follows. */
  readonly previous: Head | undefined
  /** Where the packs of the manifest go. */
  readonly writer: PackWriter
  /** When the scan began whose result it is. */
  readonly scannedAt: Millis | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes this manifest the newest of the device. Killed before its end, nothing has happened but that some packs lie there
 * that nothing needs.
 * @returns the head; or the needed packs that are gone, and nothing was published
 * @throws KeeptabError `conflict` when this device has another newest head by now; as spreading and the coordinator
 */
export async function publishManifest(
  owner: OwnerContext,
  { manifest, needed, held, previous, writer, scannedAt, signal }: Publication,
): Promise<Head | readonly PackId[]> {
  const { identity, state, coordinator } = owner
  const bytes = encodeManifest(manifest)
  const packs = await writeManifest(identity.daily, writer, bytes)
  // The same list as one of before has the same packs, which may be condemned by now.
  const { gone } = await holdPacks(owner, packs)
  if (gone.length > 0) return gone
  throwIfAborted(signal)
  const signed = await signHead(identity, {
    sequence: (previous?.sequence ?? 0) + 1,
    previous: previous === undefined ? null : await linkTo(previous),
    manifest: packs,
  })
  const head = await openHead(signed)
  await state.rememberManifest({ packs, bytes, scannedAt }, 'sent')
  for (let { rounds } = held; ;) {
    try {
      await coordinator.publishHead(signed, rounds)
      break
    } catch (thrown) {
      if (codeOf(thrown) !== 'conflict') throw thrown
      const again = await holdAgain(owner, [...needed, ...packs])
      if (again.rounds === rounds) throw thrown
      if (again.gone.length > 0) return again.gone
      rounds = again.rounds
    }
  }
  await state.rememberManifest({ packs, bytes, scannedAt })
  await state.pinHead(head.device, signed)
  await witness(owner, head, signal)
  return head
}

/** The manifest that the newest head of this device points to, if it is remembered; and from now on as the newest one. */
export async function rememberedOf(
  { state }: OwnerContext,
  { manifest }: Head,
): Promise<RememberedManifest | undefined> {
  const isIts = (one: RememberedManifest | undefined) => one?.packs.join() === manifest.join()
  const newest = await state.rememberedManifest()
  if (isIts(newest)) return newest
  const sent = await state.rememberedManifest('sent')
  if (sent === undefined || !isIts(sent)) return undefined
  // The next one that is sent takes its place before it is known whether that one's head is taken.
  await state.rememberManifest(sent)
  return sent
}

/**
 * Heads once more, to a coordinator that has forgotten them and to keepers: without a head nothing leads from the words to
 * what it names. One whose manifest is not there yet, that somebody else has brought meanwhile, or that a removal of devices
 * has ended, is left to the next time, which knows more.
 * @param held what this device needs itself; what only others need is held by their own backups and by collection
 * @throws KeeptabError as the coordinator
 */
export async function publishAgain(
  owner: OwnerContext,
  heads: readonly Head[],
  { rounds }: Held,
  signal?: AbortSignal,
): Promise<void> {
  for (const head of heads) {
    await absentOn(HEAD_NOT_WANTED, async () => {
      await owner.coordinator.publishHead(head.signed, rounds)
      await witness(owner, head, signal)
    })
  }
}

/** Keepers remember the head too: the only defence against rollback for someone who lost everything. */
async function witness({ coordinator, transport }: OwnerContext, head: Head, signal?: AbortSignal): Promise<void> {
  // Of every pack of the manifest: to a coordinator that lost all of it, whoever brings the last of them brings the head.
  const located = await coordinator.locatePacks(head.manifest)
  const keepers = new Set(
    located.flatMap(({ holders }) => holders.slice(0, HEAD_WITNESSES).map(({ keeper }) => keeper)),
  )
  await Promise.allSettled(
    [...keepers].map(async (keeper) => {
      await keepHead(await transport.connect(keeper, signal && { signal }), head.signed)
    }),
  )
}
