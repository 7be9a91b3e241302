/** What rules would let in and leave out, counted by the very walk that a backup makes, over a listing that is made once. */
import type { Preview } from '../backup/scan.ts'
import type { Source, SourceDirectory, SourceEntry, SourceRules } from '../backup/source.ts'
import { IGNORE_FILE } from '../snapshot/ignore.ts'

/** A pause in typing after which is counted again. */
const TYPING_MS = 200
const EXAMPLES = 30

export interface RulesEffect {
  readonly in: { readonly files: number; readonly bytes: number }
  readonly out: { readonly files: number; readonly bytes: number }
  readonly examples: readonly { readonly path: string; readonly rule: string }[]
}

export class RulesPreview {
  readonly #source: Source
  readonly #stop = new AbortController()
  #everything: Preview | undefined
  #turn = 0
  /** Files seen while the folder is listed for the first time. */
  looked = $state(0)
  effect = $state.raw<RulesEffect>()
  /** The ignore files in the folder, which count behind the rules. */
  inFolder = $state.raw<readonly { readonly path: string; readonly text: string }[]>([])
  failed = $state(false)

  constructor(source: Source) {
    this.#source = { ...source, root: listedOnce(source.root) }
  }

  /** Counts with these rules; the newest call decides. */
  async show(rules: SourceRules): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    await new Promise((resolve) => setTimeout(resolve, TYPING_MS))
    if (turn !== this.#turn) return
    try {
      const { preview } = await import('../backup/scan.ts')
      const { signal } = this.#stop
      const all = (this.#everything ??= await this.#lookThrough())
      const found = await preview([{ ...this.#source, rules }], { signal })
      if (turn !== this.#turn) return
      const ignored = found.leftOut.filter(({ what }) => what === 'ignored')
      this.effect = {
        in: { files: found.files, bytes: found.bytes },
        out: { files: all.files - found.files, bytes: all.bytes - found.bytes },
        examples: ignored.slice(0, EXAMPLES).map(({ path, detail }) => ({ path, rule: detail })),
      }
    } catch {
      if (!this.#stop.signal.aborted) this.failed = true
    }
  }

  close(): void {
    this.#stop.abort()
    this.#turn += 1
  }

  async #lookThrough(): Promise<Preview> {
    const { preview } = await import('../backup/scan.ts')
    const { signal } = this.#stop
    const onProgress = (files: number) => (this.looked = files)
    const all = await preview([this.#source], { signal, everything: true, onProgress })
    this.inFolder = await ignoreFilesIn(this.#source.root, '')
    return all
  }
}

/** The same directory, whose entries are asked for once. */
function listedOnce(directory: SourceDirectory): SourceDirectory {
  let listed: Promise<SourceEntry[]> | undefined
  const list = async () =>
    (await directory.list()).map((entry) =>
      entry.kind === 'directory' ? { ...entry, directory: listedOnce(entry.directory) } : entry,
    )
  return { list: async () => [...(await (listed ??= list()))] }
}

async function ignoreFilesIn(directory: SourceDirectory, path: string): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = []
  const nameOf = ({ name }: SourceEntry) => new TextDecoder().decode(name)
  for (const entry of await directory.list().catch(() => [])) {
    if (entry.kind === 'directory') found.push(...(await ignoreFilesIn(entry.directory, `${path}${nameOf(entry)}/`)))
    if (entry.kind !== 'file' || nameOf(entry) !== IGNORE_FILE) continue
    const content = await entry.content().catch(() => undefined)
    if (content instanceof Blob) found.push({ path: path + IGNORE_FILE, text: await content.text() })
  }
  return found
}
