import { t } from '../../app/language.svelte.ts'
import type { RestoreState } from '../../app/restore.svelte.ts'
import type { DeviceId } from '../../core/ids.ts'

/** What a device calls itself; where that is not known, the beginning of its id. */
export const deviceName = ({ deviceNames }: Pick<RestoreState, 'deviceNames'>, id: DeviceId): string =>
  deviceNames?.get(id) ?? t('restore.device.unnamed', { id: id.slice(0, 8) })
