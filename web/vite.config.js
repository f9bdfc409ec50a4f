import { defineConfig } from 'vite';

// Served by src/server/graphiql.ts under a policy that forbids inline scripts and anything from elsewhere.
export default defineConfig({
  base: '/graphiql/',
  worker: { format: 'es' },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 10_000 },
  logLevel: 'error',
});
