/** Loaded before a program that `npm start` runs: a parent that is gone, even by SIGKILL, leaves nothing running. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// Listening alone must not keep a finished program alive.
process.channel?.unref()
