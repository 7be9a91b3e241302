/**
 * What a data folder keeps of its restore drills: the file `drill` beside what it remembers of its backups. With it go the
 * date of the last proof and what is to be tried again first: one that is damaged is none, and the next drill writes it anew.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, errorText, type ErrorCode } from '../src/core/errors.ts'
import { parseAccountId, parseDeviceId, parsePackId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import { decode, encode, type WireValue } from '../src/core/wire.ts'
import type { RememberedDrill } from '../src/store/remembered-drill.ts'
import { readIfThere, writeDurably } from './durable-files.ts'

export interface DrillMemory {
  /** Since when there is a backup to prove. */
  readonly seenAt: Millis
  readonly last?: RememberedDrill | undefined
}

const time = z.int().min(0)

const schema = z.strictObject({
  v: z.literal(1),
  seenAt: time,
  last: z
    .strictObject({
      account: z.string().transform(parseAccountId),
      provenAt: time.optional(),
      sources: z.array(z.tuple([z.string(), time])).transform((sources) => new Map(sources)),
      bytesRead: z.int().min(0),
      failed: z
        .strictObject({
          at: time,
          since: time,
          away: z.boolean(),
          failures: z.array(
            z.strictObject({
              stage: z.enum(['head', 'manifest', 'record', 'placement', 'index', 'tree', 'content']),
              code: z.enum(Object.keys(errorText) as ErrorCode[]),
              device: z.string().transform(parseDeviceId).optional(),
              source: z.string().optional(),
              path: z.string().optional(),
              pack: z.string().transform(parsePackId).optional(),
            }),
          ),
        })
        .optional(),
    })
    .optional(),
})

/** @throws KeeptabError `store-failed` */
export async function loadDrills(ownerDirectory: string): Promise<DrillMemory | undefined> {
  const bytes = await readIfThere(fileIn(ownerDirectory))
  if (bytes === undefined) return undefined
  try {
    const { seenAt, last } = decode(schema, bytes)
    return { seenAt, last }
  } catch (thrown) {
    if (codeOf(thrown) === 'internal') throw thrown
    return undefined
  }
}

/** @throws KeeptabError `store-failed`, `store-full` */
export async function saveDrills(ownerDirectory: string, { seenAt, last }: DrillMemory): Promise<void> {
  const kept = last && { ...last, sources: [...last.sources] }
  await writeDurably(fileIn(ownerDirectory), encode(withoutGaps({ v: 1, seenAt, last: kept })))
}

const fileIn = (ownerDirectory: string): string => join(ownerDirectory, 'drill')

/** What is `undefined` is not there. */
const withoutGaps = (value: unknown): WireValue => JSON.parse(JSON.stringify(value)) as WireValue
