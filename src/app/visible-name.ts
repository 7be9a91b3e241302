/**
 * Names that others chose, made fit to be shown (threats.md, T29). Nothing in a name is markup; what is left to fear are
 * characters that are not seen: ones that turn the direction of what follows and so disguise an extension, ones without
 * a width that make two names look alike, controls that a terminal or a clipboard obeys. They are shown as their code.
 */

/** A stretch of a name: text as it is, or the code of something that would not be seen. */
export interface NamePart {
  readonly text: string
  readonly unseen: boolean
}

/** More marks than any script stacks on one letter: they would grow into the lines above and below. */
const STACKED = 4

/**
 * Controls, formats, separators, lone surrogates, noncharacters, private use, blanks that are no space, spaces at the
 * ends. Joiners and variation selectors stay where they do something: in emoji, and in scripts other than Latin, Greek
 * and Cyrillic.
 */
const JOINERS = String.raw`[\p{Join_Control}\p{Variation_Selector}]`
const PLAIN = String.raw`[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{P}\p{Z}\p{C}]`
const UNSEEN = [
  String.raw`(?!${JOINERS})[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]`,
  String.raw`(?<=^|${PLAIN}|${JOINERS})${JOINERS}`,
  String.raw`^\s|\s$`,
].join('|')
const UNFIT = new RegExp(
  String.raw`(?<unseen>(?:${UNSEEN})+)|(?<=\p{M}{${STACKED}})(?<stacked>(?!${JOINERS})\p{M}+)`,
  'gu',
)

/** The stretches of a name, in order. Their texts tell any two names apart that differ in what is not seen. */
export function visibleName(name: string): NamePart[] {
  const parts: NamePart[] = []
  let end = 0
  for (const match of name.matchAll(UNFIT)) {
    if (match.index > end) parts.push({ text: name.slice(end, match.index), unseen: false })
    parts.push({ text: codes(match[0]), unseen: true })
    end = match.index + match[0].length
  }
  if (end < name.length) parts.push({ text: name.slice(end), unseen: false })
  return parts
}

/**
 * A name as one text, for a sentence or a label: isolated, so that its direction does not reach what stands around it.
 * Where a name stands by itself, `ui/parts/Name.svelte` shows it.
 */
export function nameInText(name: string): string {
  const text = visibleName(name).map((part) => (part.unseen ? `[${part.text}]` : part.text))
  return `${FIRST_STRONG_ISOLATE}${text.join('')}${POP_ISOLATE}`
}

const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'

/** `U+202E`, `U+200B ×3 U+FEFF`. */
function codes(unseen: string): string {
  const runs: { char: string; times: number }[] = []
  for (const char of unseen) {
    const last = runs.at(-1)
    if (last?.char === char) last.times += 1
    else runs.push({ char, times: 1 })
  }
  return runs.map(({ char, times }) => codeOf(char) + (times > 1 ? ` ×${times}` : '')).join(' ')
}

const codeOf = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
