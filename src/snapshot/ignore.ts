/**
 * What a backup leaves out: `.keeptabignore` files in the grammar of gitignore(5), one in any directory, over a short
 * list of defaults. As in git the last rule that matches decides, deeper files come later, and nothing inside an ignored
 * directory is looked at, so nothing in it can be brought back.
 */
import ignore, { type Ignore } from 'ignore'

export const IGNORE_FILE = '.keeptabignore'

/**
 * Left out unless a `.keeptabignore` says `!name`: only what the system makes again by itself and what was thrown away.
 * Caches, `node_modules`, temporary and log files are kept, because somebody misses them one day and a rule costs a line.
 */
export const DEFAULT_RULES: readonly { readonly pattern: string; readonly why: string }[] = [
  { pattern: '.DS_Store', why: 'how the macOS Finder shows a folder' },
  { pattern: '[Tt]humbs.db', why: 'thumbnails of Windows' },
  { pattern: 'ehthumbs.db', why: 'thumbnails of Windows Media Center' },
  { pattern: '.Spotlight-V100/', why: 'search index of macOS' },
  { pattern: '.fseventsd/', why: 'journal of changes of macOS' },
  { pattern: '.TemporaryItems/', why: 'half-saved documents of macOS' },
  { pattern: '.Trash/', why: 'thrown away (macOS)' },
  { pattern: '.Trashes/', why: 'thrown away (macOS, other volumes)' },
  { pattern: '.Trash-[0-9]*/', why: 'thrown away (Linux)' },
  { pattern: '$RECYCLE.BIN/', why: 'thrown away (Windows)' },
  { pattern: 'System Volume Information/', why: 'restore points of Windows, readable by it alone' },
  { pattern: 'pagefile.sys', why: 'memory of Windows' },
  { pattern: 'swapfile.sys', why: 'memory of Windows' },
  { pattern: 'hiberfil.sys', why: 'memory of Windows' },
  { pattern: '.nfs[0-9a-f]*', why: 'deleted but still open (NFS)' },
  { pattern: '.fuse_hidden*', why: 'deleted but still open (FUSE)' },
]

export interface Verdict {
  readonly ignored: boolean
  /** What ignored it: the pattern, with the path of its file before it unless it is a default. */
  readonly rule?: string
}

/** The rules that hold in a directory and below it until a deeper `.keeptabignore`. Immutable to its users. */
export class IgnoreRules {
  #matcher: Ignore
  #asked = 0

  private constructor(matcher: Ignore) {
    this.#matcher = matcher
  }

  /** The rules at the root of a source, before its own `.keeptabignore`: defaults as a text of rules. */
  static root(defaults: string = DEFAULT_RULES.map(({ pattern }) => pattern).join('\n')): IgnoreRules {
    return new IgnoreRules(emptyMatcher().add(rulesOf(defaults, '', (pattern) => pattern)))
  }

  /** These rules and, behind them, a person's own for the whole source, in the same grammar. */
  and(text: string): IgnoreRules {
    return new IgnoreRules(
      emptyMatcher()
        .add(this.#matcher)
        .add(rulesOf(text, '', (pattern) => pattern)),
    )
  }

  /**
   * These rules and, behind them, those of the `.keeptabignore` of a directory.
   * @param directory its path relative to the root of the source, '/' between components, '' for the root
   * @param text what is in the file; a line that is no rule is passed over, as git does
   */
  within(directory: string, text: string): IgnoreRules {
    const file = directory === '' ? IGNORE_FILE : `${directory}/${IGNORE_FILE}`
    const rules = rulesOf(text, directory, (pattern) => `${file}: ${pattern}`)
    return new IgnoreRules(emptyMatcher().add(this.#matcher).add(rules))
  }

  /** Whether an entry is left out. @param path relative to the root of the source; '/' between components, not behind a directory */
  ignores(path: string, isDirectory: boolean): Verdict {
    // The library remembers every path it was asked about; a fresh matcher shares the rules and forgets the paths.
    if (++this.#asked % 4096 === 0) this.#matcher = emptyMatcher().add(this.#matcher)
    const { ignored, rule } = this.#matcher.test(isDirectory ? `${path}/` : path)
    return ignored ? { ignored, rule: rule?.mark ?? '' } : { ignored }
  }
}

/** Names that differ in case are different names, as on the systems where both can exist. */
const emptyMatcher = (): Ignore => ignore({ ignorecase: false })

/** The rules of a file, rewritten so that they say the same at the root: gitignore(5), "relative to the location of the file". */
function rulesOf(text: string, directory: string, mark: (pattern: string) => string) {
  const prefix = directory === '' ? '' : `/${directory.replaceAll(/[\\*?[\]]/g, '\\$&')}`
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ pattern: prefix === '' ? line : moved(line, prefix), mark: mark(line) }))
}

function moved(line: string, prefix: string): string {
  const negation = line.startsWith('!') ? '!' : ''
  const pattern = line.slice(negation.length)
  const anchored = pattern.replace(/ +$/, '').slice(0, -1).includes('/')
  return `${negation}${prefix}${anchored ? '/' : '/**/'}${pattern.replace(/^\//, '')}`
}
