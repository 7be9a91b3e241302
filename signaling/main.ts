/** `npm run coordinator`: reads the settings, starts, says where, and stops when asked to. */
import { codeOf, KeeptabError, messageOf } from '../src/core/errors.ts'
import { readConfig, usage } from './config.ts'
import { startCoordinator } from './coordinator.ts'

if (process.argv.includes('--help')) {
  console.log(usage)
  process.exit(0)
}
try {
  const coordinator = await startCoordinator(readConfig(process.argv.slice(2), process.env))
  console.log(`coordinator ready at ${coordinator.url}`)
  const stop = (): void => {
    // A second signal while this one is being obeyed ends the process the usual way.
    process.off('SIGTERM', stop).off('SIGINT', stop)
    void coordinator.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
} catch (thrown) {
  // One plain sentence: which setting, and what is wrong with it.
  console.error(thrown instanceof KeeptabError ? (thrown.detail ?? thrown.message) : messageOf(thrown))
  if (codeOf(thrown) === 'usage') console.error(usage)
  process.exit(codeOf(thrown) === 'usage' ? 2 : 1)
}
