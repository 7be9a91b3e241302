/** The content of a snapshot as a tree to look through, made from the flat listing of the restore. */
import type { ListedEntry } from '../backup/restore.ts'
import type { ByteCount } from '../core/units.ts'

export interface TreeNode {
  readonly path: string
  readonly name: string
  readonly kind: ListedEntry['kind']
  /** In a directory: of all files in it. */
  bytes: ByteCount
  files: number
  readonly children: TreeNode[]
}

/** Takes entries depth first, as they come; the top has one child for each source. */
export class SnapshotTree {
  readonly top: TreeNode = { path: '', name: '', kind: 'directory', bytes: 0, files: 0, children: [] }
  /** From the top down to where the listing is. */
  readonly #open: TreeNode[] = [this.top]

  add({ path, kind, sizeBytes }: ListedEntry): void {
    while (this.#open.length > 1 && !path.startsWith(`${this.#open.at(-1)?.path ?? ''}/`)) this.#open.pop()
    const directory = this.#open.at(-1) ?? this.top
    const name = directory === this.top ? path : path.slice(directory.path.length + 1)
    const files = kind === 'directory' ? 0 : 1
    const node: TreeNode = { path, name, kind, bytes: sizeBytes, files, children: [] }
    directory.children.push(node)
    for (const outer of this.#open) {
      outer.bytes += sizeBytes
      outer.files += files
    }
    if (kind === 'directory') this.#open.push(node)
  }
}

/** Whether the path or a directory it lies in was chosen. */
export const isWithin = (path: string, chosen: ReadonlySet<string>): boolean =>
  chosen.has(path) || [...chosen].some((outer) => path.startsWith(`${outer}/`))
