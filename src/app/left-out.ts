/** What a backup left out and why, gathered while it runs: counted in full, listed as far as a person reads. */
import type { Notice } from '../backup/events.ts'
import type { LeftOut } from '../store/indexeddb-page-memory.ts'
import { byPath } from './name-order.ts'

type Group = LeftOut['groups'][number]

const MAX_GROUPS = 100
const MAX_PATHS = 200

/** Notices of a backup; the others are of restores. */
const REASONS: readonly Notice['what'][] = ['unreadable', 'last-version', 'changed-while-read', 'ignored']

export class LeftOutGatherer {
  readonly #groups = new Map<string, { what: Group['what']; detail: string; count: number; paths: string[] }>()

  add({ path, what, detail, error }: Notice): void {
    if (what !== 'ignored' && what !== 'unreadable' && what !== 'last-version' && what !== 'changed-while-read') return
    // Each of those that changed has sizes of its own; they are one thing to know.
    const reason = what === 'changed-while-read' ? '' : String(error?.data['reason'] ?? detail)
    const key = `${what} ${reason}`
    const full = this.#groups.size >= MAX_GROUPS && !this.#groups.has(key)
    const [name, shown] = full ? [what, ''] : [key, reason]
    const group = this.#groups.get(name) ?? { what, detail: shown, count: 0, paths: [] }
    this.#groups.set(name, group)
    group.count += 1
    if (group.paths.length < MAX_PATHS) group.paths.push(path)
  }

  /** What cannot be read comes first, and of each kind the largest group; paths as people look for them. */
  gathered(): LeftOut {
    const groups = [...this.#groups.values()].sort(
      (a, b) => REASONS.indexOf(a.what) - REASONS.indexOf(b.what) || b.count - a.count,
    )
    return { groups: groups.map((group) => ({ ...group, paths: byPath(group.paths, (path) => path) })) }
  }
}

/** How many things, of one kind or of all. */
export const leftOutCount = ({ groups }: LeftOut, what?: Group['what']): number =>
  groups.reduce((sum, group) => sum + (what === undefined || group.what === what ? group.count : 0), 0)

/** As a text to keep: a line for each path, grouped. @param title what stands over a group @param more says how many are not listed */
export function leftOutText(
  { groups }: LeftOut,
  title: (group: Group) => string,
  more: (count: number) => string,
): string {
  return groups
    .flatMap((group) => {
      const { count, paths } = group
      const rest = count > paths.length ? [more(count - paths.length)] : []
      return [title(group), ...[...paths, ...rest].map((line) => `  ${line.replaceAll(/[\r\n]/g, '␊')}`), '']
    })
    .join('\n')
}
