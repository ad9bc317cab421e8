import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** Loads the style sheets of a chunk together with it. Vite's own function, which also loads ahead, has 600 bytes more. */
const LOAD_WITH_STYLES = `
const loads = {};
const load = (href) => loads[href] ??= new Promise((onload, onerror) =>
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href, onload, onerror })));
export const __vitePreload = (start, files = [], base) => {
  const styles = files.filter((file) => file.endsWith('css')).map((file) => load(new URL(file, base)));
  return Promise.all([start(), ...styles]).then(([chunk]) => chunk);
};`;

const smallLoader: Plugin = {
  name: 'small-loader',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? LOAD_WITH_STYLES : undefined),
};

/** Removes the functions that uPlot offers besides its charts, such as other shapes of lines: the page uses none of them. */
const smallCharts: Plugin = {
  name: 'small-charts',
  transform: (code, id) =>
    id.endsWith('uPlot.esm.js')
      ? code.slice(0, code.indexOf('uPlot.assign =')) + 'export { uPlot as default };'
      : undefined,
};

export default defineConfig({
  base: './', // also works behind a proxy with a path prefix
  plugins: [smallLoader, smallCharts],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: { 'docker-stats-client': fileURLToPath(new URL('../client/src/index.ts', import.meta.url)) },
  },
  server: {
    // `npm run dev` shows the data of a running service.
    proxy: {
      '^/(?:stats|containers|hosts|projects|docs|docs-json)(?:[/?]|$)':
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
