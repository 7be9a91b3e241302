/** What is kept of a manifest to look through its snapshot again: the sources and their key epoch. */
import type { Bytes } from '../core/bytes.ts'
import { codeOf } from '../core/errors.ts'
import type { SnapshotId } from '../core/ids.ts'
import { encodeManifest, parseManifest, type Manifest } from '../snapshot/manifest.ts'

/** The sources of one snapshot, and the key epoch of everything in it. */
export type Moment = Pick<Manifest, 'sources' | 'epoch'>

/** A manifest without what is only for fetching or for lists: those are long, and hundreds of snapshots are kept. */
export const encodeMoment = (manifest: Manifest): Bytes =>
  encodeManifest({ ...manifest, packs: [], indexes: [], history: [], retention: undefined })

/** `undefined` when it is not that of this snapshot. */
export const parseMoment = (id: SnapshotId, bytes: Bytes): Moment | undefined =>
  readable(() => {
    const manifest = parseManifest(bytes)
    return manifest.snapshot === id ? manifest : undefined
  })

/** What was kept, unless it is damaged or of another version. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    if (codeOf(thrown) === 'internal') throw thrown
    return undefined
  }
}
