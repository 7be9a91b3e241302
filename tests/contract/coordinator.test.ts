/** The HTTP client against a real server, on both databases. */
import { coordinatorContract } from './coordinator.ts'
import { connect, runCoordinator, startPostgres } from './coordinator-fixtures.ts'

coordinatorContract('HTTP and SQLite', async () => {
  const { url, close } = await runCoordinator()
  return { connect: (identity) => connect(url, identity), stop: close }
})

coordinatorContract('HTTP and PostgreSQL', async () => {
  const postgres = await startPostgres()
  const { url, close } = await runCoordinator({ databaseUrl: postgres.url })
  return {
    connect: (identity) => connect(url, identity),
    stop: async () => {
      await close()
      await postgres.stop()
    },
  }
})
