/** What a backup leaves out without being told to, for a screen to show. */
export { DEFAULT_RULES } from '../snapshot/ignore.ts'
