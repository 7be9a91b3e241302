/**
 * A coordinator whose time is told to it: with each message that it gets so many minutes have gone by, and it does what it
 * does each minute. The arguments are the coordinator's own. How far ahead it is stays in its data folder, because time
 * goes on while it is away.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../signaling/config.ts'
import { startCoordinator } from '../../signaling/coordinator.ts'
import { MINUTE } from '../../src/core/units.ts'

const config = readConfig(process.argv.slice(2), process.env)
const file = join(config.dataDir, 'ahead')
let aheadMs = 0
try {
  aheadMs = Number(readFileSync(file, 'utf8'))
} catch {
  // Its first start.
}
const coordinator = await startCoordinator(config, { clock: { now: () => Date.now() + aheadMs } })
console.log(`coordinator ready at ${coordinator.url}`)
process.on('message', (minutes: number) => {
  aheadMs += minutes * MINUTE
  writeFileSync(file, String(aheadMs))
  void coordinator.catchUp().then(() => console.log(JSON.stringify({ event: 'passed', online: coordinator.online() })))
})
