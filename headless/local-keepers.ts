/**
 * Several keepers with accounts of their own in one process, for `npm start` and for tests.
 * Arguments: --coordinator URL --data DIR --count N --space SIZE. Says {"event":"ready",…} when all of them are online.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../src/core/errors.ts'
import type { DeviceId } from '../src/core/ids.ts'
import { openDataDir } from './data-dir.ts'
import { exitCodeOf } from './exit-code.ts'
import { keep } from './keep.ts'
import { parseSize } from './options.ts'

const { values } = parseArgs({
  options: {
    coordinator: { type: 'string', default: 'http://localhost:8787' },
    data: { type: 'string', default: '.keeptab/keepers' },
    count: { type: 'string', default: '12' },
    space: { type: 'string', default: '2GB' },
  },
})
const count = Number(values.count)
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

try {
  const spaceBytes = parseSize(values.space)
  const ready = new Map<string, DeviceId>()
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const data = join(values.data, `keeper-${String(i + 1).padStart(2, '0')}`)
      const directory = await openDataDir(data)
      const onState = ({ device }: { device: DeviceId }) => {
        if (ready.has(data)) return
        ready.set(data, device)
        if (ready.size === count) console.log(JSON.stringify({ event: 'ready', devices: [...ready.values()] }))
      }
      try {
        await keep(directory, { data, coordinator: values.coordinator, spaceBytes, signal: stop.signal, onState })
      } finally {
        await directory.close()
      }
    }),
  )
  process.exit(0)
} catch (thrown) {
  console.error(messageOf(thrown))
  process.exit(exitCodeOf(thrown))
}
