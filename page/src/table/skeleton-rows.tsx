import type { JSX } from 'preact';
import type { Layout } from './columns.js';

/** So much of the window has rows: fewer than the page can show, so that no scroll bar appears. */
const SHARE_OF_WINDOW = 0.6;

/** Rows without figures, as high and wide as those that will be here. */
export function SkeletonRows({ layout: { columns, rowHeight } }: { readonly layout: Layout }): JSX.Element {
  const count = Math.floor((globalThis.innerHeight * SHARE_OF_WINDOW) / rowHeight);
  return (
    <>
      {Array.from({ length: count }, (_, n) => (
        <tr key={`skeleton ${n}`} class="skeleton" aria-hidden="true">
          {columns.map(({ field, isFigure }) => (
            <td key={field} class={isFigure ? `${field} number` : field}>
              <span>{'\u00a0'}</span>
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}
