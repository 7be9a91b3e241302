/** What a coordinator shows as the record of a pack, believed only where it is that of this account's pack. */
import { KeeptabError } from '../core/errors.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import { openPackRecord, type PackRecord } from '../protocol/records.ts'
import type { OwnerContext } from './owner-context.ts'

/** @throws KeeptabError `malformed`, `signature-invalid`, `forbidden` when the pack is another account's */
export async function ownRecord(
  { identity }: Pick<OwnerContext, 'identity'>,
  { pack, record: signed }: Pick<LocatedPack, 'pack' | 'record'>,
): Promise<PackRecord> {
  const record = await openPackRecord(signed)
  if (record.id !== pack) throw new KeeptabError('signature-invalid', 'A pack record has another name.')
  if (record.owner !== identity.account) throw new KeeptabError('forbidden', 'A pack is of another account.')
  return record
}
