// Who may import whom: the diagram of src/README.md as rules, and one door for every library that does I/O.

/** Lower imports nothing higher; folders of one rank do not import one another. */
const ranks = [
  ['core'],
  ['identity', 'snapshot', 'erasure', 'durability', 'market'],
  ['protocol'],
  ['store', 'transport', 'coordinator'],
  ['backup', 'keeping'],
  ['repair'],
  ['app'],
  ['ui'],
]
const pureFolders = ranks.slice(0, 3).flat()
const folders = (names) => `^src/(${names.join('|')})/`

const rankRules = ranks.flatMap((rank, height) =>
  rank.map((folder) => ({
    name: `rank-of-${folder}`,
    comment: `src/${folder} imports from lower ranks and from itself, never up and never sideways.`,
    severity: 'error',
    from: { path: folders([folder]) },
    to: {
      path: '^src/',
      pathNot: folders([folder, ...ranks.slice(0, height).flat()]),
    },
  })),
)

/** A library and the only files that may import it. */
const doors = [
  ['idb', '^src/store/indexeddb[^/]*\\.ts$'],
  ['peerjs', '^src/transport/peerjs[^/]*\\.ts$'],
  ['comlink', '^(src/app/worker-bridge\\.ts$|workers/)'],
  ['libsql', '^signaling/db/'],
  ['kysely', '^signaling/db/'],
  ['pg', '^signaling/db/'],
  ['node-datachannel', '^headless/node-webrtc\\.ts$'],
  ['@bokuweb/zstd-wasm', '^src/snapshot/compression\\.ts$'],
]
const doorRules = doors.map(([library, door]) => ({
  name: `one-door-for-${library.replace(/^@.*\//, '')}`,
  comment: `${library} is imported in one place, so that it can be replaced there.`,
  severity: 'error',
  from: { path: '^(src|workers|signaling|headless)/', pathNot: door },
  to: { path: `(^|/)node_modules/${library}(/|$)|^${library}(/|$)` },
}))

const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|workers|signaling|headless|tests)/', pathNot: allowed },
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    ...rankRules,
    {
      name: 'pure-without-node',
      comment: 'Ranks 0 to 2 run everywhere and do no I/O.',
      severity: 'error',
      from: { path: folders(pureFolders) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-libraries',
      comment: 'Ranks 0 to 2 stand on libraries that only compute.',
      severity: 'error',
      from: { path: folders(pureFolders) },
      to: {
        path: '(^|/)node_modules/',
        pathNot: '(^|/)node_modules/(@noble|@scure|@bokuweb/zstd-wasm|cborg|ignore|zod)/',
      },
    },
    {
      name: 'services-see-interfaces',
      comment: 'backup, keeping and repair take their store, transport and coordinator from whoever composes them.',
      severity: 'error',
      from: { path: folders(['backup', 'keeping', 'repair']) },
      to: {
        path: folders(['store', 'transport', 'coordinator']),
        pathNot: '/(shard-store|owner-state|tree-cache|remembered-drill|transport|keeper-client|coordinator)\\.ts$',
      },
    },
    only(
      'views-see-app',
      folders(['ui']),
      folders(['ui', 'app', 'core']),
      'A view shows state and calls named methods.',
    ),
    only('src-stands-alone', '^src/', '^src/', 'Programs import src; src imports no program.'),
    only(
      'workers-see',
      '^workers/',
      '^(workers/|src/(core|snapshot|erasure|protocol|store|transport)/)',
      'Workers do the heavy part of bytes and know nothing of accounts or screens.',
    ),
    only(
      'signaling-sees',
      '^signaling/',
      `^(signaling/|src/(${pureFolders.join('|')})/)`,
      'The coordinator shares the pure modules, so that every rule exists once.',
    ),
    only(
      'headless-sees',
      '^headless/',
      '^(headless/|src/(?!app/|ui/))',
      'The peer without a browser is everything but the page.',
    ),
    ...doorRules,
    {
      name: 'programs-without-dev-dependencies',
      comment: 'What runs at a user needs only what is listed under dependencies.',
      severity: 'error',
      from: { path: '^(src|workers|signaling|headless)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test-results|\\.scratch)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'svelte', 'browser', 'default', 'types'],
    },
  },
}
