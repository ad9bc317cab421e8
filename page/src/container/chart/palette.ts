import { getContainerColor } from '../../units/container-color.js';

/** The colours of a chart, as a canvas needs them: without variables. */
export interface Palette {
  readonly line: string;
  readonly fill: string;
  readonly label: string;
  readonly grid: string;
  readonly font: string;
}

/** Reads the colours in the scheme that the page has now. */
export function readPalette(containerName: string): Palette {
  const line = getContainerColor(containerName, isDark() ? 'dark' : 'light');
  return {
    line,
    fill: line.replace(')', ' / 0.14)'),
    label: readColor('--text-quiet'),
    grid: readColor('--border'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}

/** Calls `onChange` when the system or the user changes the scheme. Returns a function that ends this. */
export function watchScheme(onChange: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', onChange);
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    query.removeEventListener('change', onChange);
    observer.disconnect();
  };
}

function isDark(): boolean {
  const choice = document.documentElement.dataset['theme'];
  return choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

/** Reads a variable of the style sheet. `light-dark()` is computed only for colours of elements. */
function readColor(variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
