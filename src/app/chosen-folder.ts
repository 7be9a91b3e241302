/** The folder that a person chose for a restore, and what becomes of what differs there: they are asked once. */
import type { Different, OnNotice, RestoreTarget } from '../backup/target.ts'
import { utf8 } from '../core/bytes.ts'
import { unusedName } from '../core/unused-name.ts'
import type { Millis } from '../core/units.ts'
import { safeName } from '../snapshot/hostile-names.ts'
import { folderTarget } from './folder-target.ts'
import { t } from './language.svelte.ts'
import { refuse } from './refusal.ts'

/** `beside`: what is there stays, and the copy goes into a new folder. */
export type Answer = 'replace' | 'beside'

export interface Question extends Different {
  /** The name of the folder that was chosen. */
  readonly folder: string
  /** The name of the new folder that could be made in it. */
  readonly beside: string
}

export interface Asked {
  ask(question: Question): Promise<Answer>
  /** The copy goes into this folder in the chosen one. */
  onBeside(name: string): void
}

interface ChosenFolder {
  readonly target: RestoreTarget
  readonly onDifferent: (different: Different) => Promise<RestoreTarget>
}

/** @param backedUpAt of what is brought back: a copy that was broken off goes on under the same name days later, too */
export function chosenFolder(
  folder: FileSystemDirectoryHandle,
  onNotice: OnNotice,
  person: Asked,
  backedUpAt: Millis,
): ChosenFolder {
  const target = folderTarget(folder, onNotice)
  const tried: string[] = []
  return {
    target,
    async onDifferent(different) {
      const beside = unusedName(besideName(folder.name, backedUpAt), tried)
      if (tried.length === 0 && (await person.ask({ ...different, folder: folder.name, beside })) === 'replace') {
        target.mayReplace()
        return target
      }
      // One of that name in which nothing differs is of this restore, which was broken off.
      tried.push(beside)
      person.onBeside(beside)
      const made = await folder.getDirectoryHandle(beside, { create: true }).catch(refuse(beside))
      return folderTarget(made, onNotice)
    },
  }
}

function besideName(folder: string, backedUpAt: Millis): string {
  // Swedish writes a date as ISO 8601 does.
  const date = new Intl.DateTimeFormat('sv', { dateStyle: 'short' }).format(backedUpAt)
  const name = t('restore.beside.name', { folder, date }).trim()
  return safeName(utf8(name), { kind: 'folder-api' }, new Set()).text
}
