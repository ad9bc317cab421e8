import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './', // also works behind a proxy with a path prefix
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: { 'docker-stats-client': fileURLToPath(new URL('../client/src/index.ts', import.meta.url)) },
  },
  build: {
    outDir: '../dist/public',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no inline content
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
