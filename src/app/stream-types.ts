/** Which files a browser can show by itself, and as what. */

export type StreamKind = 'image' | 'video' | 'audio' | 'pdf'

/** The closed set: nothing that a browser would take for a page or a script. SVG is, so it is served in a sandbox. */
const kinds = {
  'image/png': 'image',
  'image/apng': 'image',
  'image/jpeg': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'image/avif': 'image',
  'image/bmp': 'image',
  'image/svg+xml': 'image',
  'image/x-icon': 'image',
  'video/mp4': 'video',
  'video/webm': 'video',
  'video/ogg': 'video',
  'video/quicktime': 'video',
  'video/x-matroska': 'video',
  'audio/mpeg': 'audio',
  'audio/mp4': 'audio',
  'audio/aac': 'audio',
  'audio/ogg': 'audio',
  'audio/wav': 'audio',
  'audio/flac': 'audio',
  'audio/webm': 'audio',
  'application/pdf': 'pdf',
} as const satisfies Readonly<Record<string, StreamKind>>

export type StreamType = keyof typeof kinds

const types: ReadonlyMap<string, StreamType> = new Map<string, StreamType>([
  ['png', 'image/png'],
  ['apng', 'image/apng'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['jpe', 'image/jpeg'],
  ['jfif', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['bmp', 'image/bmp'],
  ['svg', 'image/svg+xml'],
  ['ico', 'image/x-icon'],
  ['mp4', 'video/mp4'],
  ['m4v', 'video/mp4'],
  ['webm', 'video/webm'],
  ['ogv', 'video/ogg'],
  ['mov', 'video/quicktime'],
  ['mkv', 'video/x-matroska'],
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['aac', 'audio/aac'],
  ['ogg', 'audio/ogg'],
  ['oga', 'audio/ogg'],
  ['opus', 'audio/ogg'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['weba', 'audio/webm'],
  ['pdf', 'application/pdf'],
])

/** What a file is by the end of its name. `undefined` when a browser would not show it. */
export function streamTypeOf(name: string): StreamType | undefined {
  const [, extension] = /[^/]\.([^./]+)$/.exec(name) ?? []
  return extension === undefined ? undefined : types.get(extension.toLowerCase())
}

export const streamKind = (type: StreamType): StreamKind => kinds[type]
