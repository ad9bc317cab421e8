import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './', // also works behind a proxy with a path prefix
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: { 'docker-stats-client': fileURLToPath(new URL('../client/src/index.ts', import.meta.url)) },
  },
  server: {
    // `npm run dev` shows the data of a running service.
    proxy: {
      '^/(?:stats|containers|projects|docs|docs-json)(?:[/?]|$)':
        process.env['SERVICE_URL'] ?? 'http://127.0.0.1:5005',
    },
  },
  build: {
    outDir: '../dist/public',
    emptyOutDir: true,
    license: { fileName: 'LICENSES.md' }, // the bundle contains packages, and their licences require their texts
    assetsInlineLimit: 0, // the Content-Security-Policy allows no inline content
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
