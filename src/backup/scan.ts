/** Walking sources: what is in, what is left out and why, in the one order that trees and packs use. */
import { equal, type Bytes } from '../core/bytes.ts'
import { codeOf, detailOf, throwIfAborted } from '../core/errors.ts'
import type { ByteCount } from '../core/units.ts'
import { readStream } from '../snapshot/file-sealer.ts'
import { IGNORE_FILE, IgnoreRules } from '../snapshot/ignore.ts'
import { compareNames, displayName } from '../snapshot/tree-entry.ts'
import type { Notice } from './events.ts'
import type { Source, SourceDirectory, SourceEntry } from './source.ts'

/** One step of a walk, depth first, siblings in the order of their raw names. */
export type Step =
  | { readonly at: 'directory'; readonly path: string; readonly entry: Extract<SourceEntry, { kind: 'directory' }> }
  /** The directory entered last, and not left yet, is done. */
  | { readonly at: 'leave' }
  | { readonly at: 'file'; readonly path: string; readonly entry: Extract<SourceEntry, { kind: 'file' }> }
  | { readonly at: 'symlink'; readonly path: string; readonly entry: Extract<SourceEntry, { kind: 'symlink' }> }
  /** An entry by its name; without one, what is in the directory entered last, or in the source, cannot be listed. */
  | { readonly at: 'unreadable'; readonly path: string; readonly name?: Bytes; readonly reason: string }

export interface WalkOptions {
  readonly onNotice: (notice: Notice) => void
  readonly signal?: AbortSignal | undefined
  /** Obeys no rule at all. */
  readonly everything?: boolean
}

/** Largest ignore file that is read; a longer one is reported and not obeyed, like one that cannot be read. */
const MAX_IGNORE_FILE_BYTES = 1 << 20

/** Everything of a source that is backed up, and what of it cannot be read. What rules leave out goes to `onNotice`. */
export async function* walk(source: Source, options: WalkOptions): AsyncGenerator<Step> {
  yield* walkDirectory(source.root, '', rulesOf(source, options), source.name, options)
}

function rulesOf({ rules }: Source, { everything = false }: WalkOptions): IgnoreRules {
  if (everything) return IgnoreRules.root('')
  const defaults = rules?.defaults === false ? IgnoreRules.root('') : IgnoreRules.root()
  return rules === undefined ? defaults : defaults.and(rules.text)
}

async function* walkDirectory(
  directory: SourceDirectory,
  relative: string,
  outer: IgnoreRules,
  shown: string,
  options: WalkOptions,
): AsyncGenerator<Step> {
  throwIfAborted(options.signal)
  const entries = await listOrReason(directory)
  if (typeof entries === 'string') {
    yield { at: 'unreadable', path: shown, reason: entries }
    return
  }
  const rules = options.everything ? outer : await rulesWithin(entries, outer, relative, shown, options)
  for (const [i, entry] of entries.entries()) {
    // Loose files that were chosen in different folders may have one name: the first stays what it is.
    const before = entries[i - 1]
    const isAgain = before !== undefined && equal(before.name, entry.name)
    const name = displayName(entry.name)
    const path = `${shown}/${name}`
    const inside = relative === '' ? name : `${relative}/${name}`
    const verdict = rules.ignores(inside, entry.kind === 'directory')
    if (verdict.ignored) options.onNotice({ path, what: 'ignored', detail: verdict.rule ?? '' })
    else if (entry.kind === 'special') options.onNotice({ path, what: 'ignored', detail: entry.what })
    else if (isAgain) {
      // Not as one that cannot be read: what the last snapshot has under the name is the first one's.
      options.onNotice({ path, what: 'unreadable', detail: 'same-name' })
    } else if (entry.kind === 'unreadable') yield { at: 'unreadable', path, name: entry.name, reason: entry.reason }
    else if (entry.kind === 'file') yield { at: 'file', path, entry }
    else if (entry.kind === 'symlink') yield { at: 'symlink', path, entry }
    else {
      yield { at: 'directory', path, entry }
      yield* walkDirectory(entry.directory, inside, rules, path, options)
      yield { at: 'leave' }
    }
  }
}

async function listOrReason(directory: SourceDirectory): Promise<SourceEntry[] | string> {
  try {
    return (await directory.list()).sort((a, b) => compareNames(a.name, b.name))
  } catch (thrown) {
    if (codeOf(thrown) !== 'source-unreadable') throw thrown
    return detailOf(thrown)
  }
}

async function rulesWithin(
  entries: readonly SourceEntry[],
  outer: IgnoreRules,
  relative: string,
  shown: string,
  options: WalkOptions,
): Promise<IgnoreRules> {
  const file = entries.find((entry) => entry.kind === 'file' && displayName(entry.name) === IGNORE_FILE)
  if (file?.kind !== 'file') return outer
  if (file.sizeBytes > MAX_IGNORE_FILE_BYTES) {
    const error = { code: 'limit-exceeded', data: { reason: 'rules-too-long' } } as const
    options.onNotice({
      path: `${shown}/${IGNORE_FILE}`,
      what: 'unreadable',
      detail: 'it is too long to be obeyed',
      error,
    })
    return outer
  }
  try {
    const chunks: Bytes[] = []
    for await (const bytes of readStream(await file.content())) chunks.push(bytes)
    return outer.within(relative, await new Blob(chunks).text())
  } catch (thrown) {
    if (codeOf(thrown) !== 'source-unreadable') throw thrown
    options.onNotice({ path: `${shown}/${IGNORE_FILE}`, what: 'unreadable', detail: detailOf(thrown) })
    return outer
  }
}

/** What a preview says before anything is read. */
export interface Preview {
  readonly files: number
  readonly directories: number
  readonly bytes: ByteCount
  readonly leftOut: readonly Notice[]
  readonly sources: readonly { readonly name: string; readonly files: number; readonly bytes: ByteCount }[]
}

/** Counts what a backup of these sources would hold. Reads no file but ignore files. @throws KeeptabError `aborted` */
export async function preview(
  sources: readonly Source[],
  options: Pick<WalkOptions, 'signal' | 'everything'> & {
    readonly onProgress?: (files: number, bytes: ByteCount) => void
  } = {},
): Promise<Preview> {
  const leftOut: Notice[] = []
  const counted = []
  let [files, directories, bytes] = [0, 0, 0]
  for (const source of sources) {
    const before = { files, bytes }
    for await (const step of walk(source, { ...options, onNotice: (notice) => leftOut.push(notice) })) {
      if (step.at === 'unreadable') leftOut.push({ path: step.path, what: 'unreadable', detail: step.reason })
      if (step.at === 'directory') directories += 1
      if (step.at !== 'file') continue
      files += 1
      bytes += step.entry.sizeBytes
      if (files % 256 === 0) options.onProgress?.(files, bytes)
    }
    counted.push({ name: source.name, files: files - before.files, bytes: bytes - before.bytes })
  }
  return { files, directories, bytes, leftOut, sources: counted }
}
