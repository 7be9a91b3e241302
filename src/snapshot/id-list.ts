/** Lists of 32-byte ids as one byte string: a third of the memory of their texts, and how they stand on the wire. */
import { z } from 'zod'
import { toHex, type Bytes } from '../core/bytes.ts'
import { idBytes, parseChunkId, parsePackId, type ChunkId, type PackId } from '../core/ids.ts'

const ID_BYTES = 32

/** The ids, one behind the other. */
export function joinIds(ids: readonly (ChunkId | PackId)[]): Bytes {
  const list = new Uint8Array(ID_BYTES * ids.length)
  ids.forEach((id, i) => {
    list.set(idBytes(id), ID_BYTES * i)
  })
  return list
}

/** The chunk ids of a list that was checked on its way in. */
export const chunkIdsIn = (list: Uint8Array): ChunkId[] => split(list, parseChunkId)

/** The pack ids of a list that was checked on its way in. */
export const packIdsIn = (list: Uint8Array): PackId[] => split(list, parsePackId)

function split<T>(list: Uint8Array, parse: (text: string) => T): T[] {
  return Array.from({ length: list.length / ID_BYTES }, (_, i) =>
    parse(toHex(list.subarray(ID_BYTES * i, ID_BYTES * (i + 1)))),
  )
}

/** A list on the wire of at most `max` groups of `width` ids. */
export const idList = (max: number, width = 1): z.ZodType<Bytes> =>
  z.custom<Bytes>(
    (value) =>
      value instanceof Uint8Array && value.length % (ID_BYTES * width) === 0 && value.length <= max * ID_BYTES * width,
    'must be a list of ids',
  )
