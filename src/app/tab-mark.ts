/** The ring in the tab: as its icon, and as a glyph before its title. Rules without a screen. */
import type { Safety } from './sentences.ts'

/** Full is safe, gaps are on their way, hollow is not there yet; half is too little to be left alone. */
const marks: Readonly<Record<Safety, { readonly icon: string; readonly glyph: string }>> = {
  'here-only': { icon: '/icon-here.svg', glyph: '○' },
  'spreading': { icon: '/icon-spreading.svg', glyph: '◔' },
  'words-needed': { icon: '/icon-spreading.svg', glyph: '◕' },
  'at-risk': { icon: '/icon-risk.svg', glyph: '◑' },
  'safe': { icon: '/icon-safe.svg', glyph: '●' },
}

/** @param safety absent while there is nothing to back up: then the tab bears the plain mark of Keeptab */
export const tabMark = (safety: Safety | undefined): { readonly icon: string; readonly glyph: string } =>
  safety === undefined ? { icon: '/icon.svg', glyph: '' } : marks[safety]
