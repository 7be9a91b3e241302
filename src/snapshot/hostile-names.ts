/**
 * Names come out of a backup as raw bytes and are hostile until proven otherwise (threats.md, T27). Here each is turned
 * into one path component that a target can hold, and that can never lead out of its directory.
 *
 * A name that the target takes is written byte for byte. Any other is written under an escaped name, `%=` and then the
 * name, in which each byte that cannot stay is written as `%` and two upper-case hexadecimal digits, `%` itself always.
 * A name that begins with `%=` or `%#` by itself is escaped too; so `originalName` gives every escaped name back and no
 * two names meet. Where the escaped name of one meets another when case or composition do not count, every byte
 * is written in hexadecimal. What would be longer than 255 bytes is cut: `%#`, the first 32 hexadecimal digits of
 * SHA-256 of the name, and nothing else. That one cannot be turned back, so the restore reports what it stood for.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { equal, toHex, utf8, type Bytes } from '../core/bytes.ts'

/**
 * - `posix`: everything but '/' and NUL. `foldsCase` where the file system takes names for one that differ in case or
 *   composition only (macOS).
 * - `folder-api`: what the File System Access API of Chromium accepts and Windows can hold; case never counts,
 *   because a page cannot know where it writes.
 * - `zip`: keeps every name that no program that unpacks can take for a path.
 */
export type NamePolicy =
  { readonly kind: 'posix'; readonly foldsCase: boolean } | { readonly kind: 'folder-api' } | { readonly kind: 'zip' }

export interface SafeName {
  /** What to write: one component, 1 to 255 bytes, and valid UTF-8 under `folder-api`. */
  readonly bytes: Bytes
  /** The same as text; bytes that are no UTF-8 show as U+FFFD, which happens only under `posix` and `zip`. */
  readonly text: string
  /** Whether it differs from the name in the backup: to be reported. */
  readonly escaped: boolean
}

const MAX_BYTES = 255
const ESCAPED = '%='
const CUT = '%#'

/**
 * The name to write for a name of a backup.
 * @param taken names given out in the same directory before, in the form this function keeps them in: start with an empty
 *   set for each directory. It is added to.
 */
export function safeName(name: Bytes, policy: NamePolicy, taken: Set<string>): SafeName {
  const folds = policy.kind === 'folder-api' || (policy.kind === 'posix' && policy.foldsCase)
  const key = (bytes: Bytes): string => (folds ? folded(textOf(bytes)) : toHex(bytes))
  const isFree = (bytes: Bytes): boolean => !taken.has(key(bytes))
  const candidates = [() => name, () => escape(name, policy), () => escapeAll(name)]
  const found = candidates.map((make) => make()).find((bytes) => canStay(bytes, name, policy) && isFree(bytes))
  const bytes = found ?? cut(name)
  taken.add(key(bytes))
  return { bytes, text: textOf(bytes), escaped: !equal(bytes, name) }
}

/**
 * The escaped name that every target takes, for one that was refused after all.
 * @param taken as in `safeName`
 */
export function refusedName(name: Bytes, taken: Set<string>): SafeName {
  const all = escapeAll(name)
  const bytes = all.length <= MAX_BYTES ? all : cut(name)
  taken.add(folded(textOf(bytes)))
  return { bytes, text: textOf(bytes), escaped: true }
}

/** The name in the backup behind a written one; `undefined` when it was cut and only the report of the restore knows. */
export function originalName(written: Bytes): Bytes | undefined {
  const text = latin1(written)
  if (text.startsWith(CUT)) return undefined
  if (!text.startsWith(ESCAPED)) return written
  const raw = text
    .slice(ESCAPED.length)
    .replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Uint8Array.from(raw, (char) => char.charCodeAt(0))
}

/** @param bytes a candidate. @param name what it stands for: marks of escaping in the name itself do not count as such */
function canStay(bytes: Bytes, name: Bytes, policy: NamePolicy): boolean {
  if (bytes.length === 0 || bytes.length > MAX_BYTES) return false
  if (bytes === name && isMarked(bytes)) return false
  return policy.kind === 'folder-api'
    ? isPortable(bytes)
    : isComponent(bytes) && (policy.kind === 'posix' || isNoPath(bytes))
}

const isMarked = (bytes: Bytes): boolean => bytes[0] === 0x25 && (bytes[1] === 0x3d || bytes[1] === 0x23)

function isComponent(bytes: Bytes): boolean {
  const text = latin1(bytes)
  return text !== '.' && text !== '..' && !/[/\0]/.test(text)
}

/** What no unpacking program on Windows, where '\' separates, can take for a way out. */
function isNoPath(bytes: Bytes): boolean {
  const text = latin1(bytes)
  return !/^[A-Za-z]:\\|^\\/.test(text) && !text.split('\\').includes('..')
}

const DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(\.|$)/i
/** Files that a shell treats specially, by name or by extension, a class id as extension included. */
const SPECIAL = /^(desktop\.ini|thumbs\.db)$|\.(lnk|url|scf|\{[^}]*\})$/i
/** Controls, invisible formatting but the joiners of scripts and emoji, noncharacters, separators, wildcards. */
const FORBIDDEN = /["*/:<>?\\|\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]|(?![\u200C\u200D])\p{Cf}/u
const AT_THE_ENDS = /^[\s~]|[\s.~]$/u

function isPortable(bytes: Bytes): boolean {
  const text = strictTextOf(bytes)
  if (text === undefined || !isComponent(bytes)) return false
  return !DEVICE.test(text) && !SPECIAL.test(text) && !FORBIDDEN.test(text) && !AT_THE_ENDS.test(text)
}

/** `%=` and the name, in which no more is changed than the policy asks for. */
function escape(name: Bytes, policy: NamePolicy): Bytes {
  const text = policy.kind === 'folder-api' ? strictTextOf(name) : undefined
  const body = text === undefined ? escapedBytes(name, policy) : escapedText(text)
  return utf8Of(ESCAPED, body)
}

function escapedText(text: string): Bytes {
  const extension = SPECIAL.test(text) ? text.lastIndexOf('.') : -1
  const parts = Array.from(text.matchAll(/[\s\S]/gu), ({ 0: char, index }) => {
    const isLast = index + char.length === text.length
    const stays = char !== '%' && index !== extension && !FORBIDDEN.test(char) && !(isLast && /[\s.~]/u.test(char))
    return stays ? char : hexOf(utf8(char))
  })
  return utf8(parts.join(''))
}

/** Raw bytes: under `folder-api` only ASCII can stay in a name that is no UTF-8. */
function escapedBytes(name: Bytes, policy: NamePolicy): Bytes {
  const dots = !isComponent(name) && !/[/\0]/.test(latin1(name))
  const stays = (byte: number): boolean => {
    if (byte === 0x25 || byte === 0x2f || byte === 0 || (dots && byte === 0x2e)) return false
    if (policy.kind === 'posix') return true
    return policy.kind === 'zip' ? byte !== 0x5c : /[A-Za-z0-9_-]/.test(String.fromCharCode(byte))
  }
  const parts = Array.from(name, (byte) => (stays(byte) ? [byte] : [...utf8(hexOf(Uint8Array.of(byte)))]))
  return Uint8Array.from(parts.flat())
}

/** `%=` and every byte in hexadecimal: equal without regard to case only for equal names. */
const escapeAll = (name: Bytes): Bytes => utf8(ESCAPED + hexOf(name))

const cut = (name: Bytes): Bytes => utf8(CUT + toHex(sha256(name)).slice(0, 32))

const hexOf = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => `%${toHex(Uint8Array.of(byte)).toUpperCase()}`).join('')

function utf8Of(prefix: string, body: Bytes): Bytes {
  const bytes = new Uint8Array(prefix.length + body.length)
  bytes.set(utf8(prefix))
  bytes.set(body, prefix.length)
  return bytes
}

/** Equal for names that some file system takes for one. Upper case first: it makes SS of ß. */
const folded = (text: string): string => text.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC')

const lossy = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
const textOf = (bytes: Bytes): string => lossy.decode(bytes)

function strictTextOf(bytes: Bytes): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** One character for each byte. */
const latin1 = (bytes: Bytes): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
