#!/usr/bin/env node
// `npx keeptab`: the peer without a browser, straight from its TypeScript, from whatever folder it is called.
import { register } from 'tsx/esm/api'

// Without `false` the tsconfig.json of that folder would be read.
register({ tsconfig: false })
await import('./main.ts')
