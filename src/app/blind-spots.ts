/** What each way of choosing files in a browser cannot see. Tried in Chromium 156 on Linux; one test asserts each list. */
import type { Source } from '../backup/source.ts'

export interface BlindSpot {
  readonly what: string
  /** What becomes of it in the backup. */
  readonly effect: string
}

const linksUnseen: BlindSpot = {
  what: 'Symbolic links',
  effect: 'The browser does not show them; they are not backed up.',
}
const rightsUnseen: BlindSpot = {
  what: 'Permissions, and the dates of folders',
  effect: 'The browser does not tell them; restored files get the usual ones.',
}
const namesUnseen: BlindSpot = {
  what: 'Names with : * ? " < > | or \\, names ending in a dot or a space, con, nul and the like, desktop.ini, and .lnk, .url, .scf files',
  effect: 'The browser leaves them out without saying which. “Choose files instead” shows them.',
}

const handles = [namesUnseen, linksUnseen, rightsUnseen]

export const blindSpots: Readonly<Record<Source['way'], readonly BlindSpot[]>> = {
  folder: handles,
  drop: handles,
  files: [
    { what: 'Empty folders', effect: 'The browser does not list them; they are not backed up.' },
    {
      what: 'Symbolic links',
      effect: 'They are shown as what they point to, and a folder that a link in it points to may be missing.',
    },
    { what: 'Pipes and devices', effect: 'They look like empty files and are backed up as such.' },
    rightsUnseen,
  ],
  path: [],
}
