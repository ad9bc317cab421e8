import type { JSX } from 'preact';
import { CPU_UNIT_MEANINGS, type CpuUnit } from '../units/format-cpu.js';
import type { Sessions } from './session.js';
import { chooseTheme, theme, THEMES } from './theme.js';
import type { View } from './view-state.js';

const CPU_UNITS: Readonly<Record<CpuUnit, string>> = { percent: '% of a core', cores: 'cores' };

/** What the user can choose for the whole page. */
export function Controls({
  view,
  sessions,
}: {
  readonly view: View;
  readonly sessions: Sessions;
}): JSX.Element {
  const { cpuUnit } = view.state.value;
  return (
    <div class="controls">
      <label title={CPU_UNIT_MEANINGS[cpuUnit]}>
        <span>CPU in</span>
        <select
          value={cpuUnit}
          onChange={(event) => view.change({ cpuUnit: event.currentTarget.value as CpuUnit })}
        >
          {Object.entries(CPU_UNITS).map(([unit, name]) => (
            <option key={unit} value={unit}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Colours</span>
        <select
          value={theme.value}
          onChange={(event) => chooseTheme(THEMES[event.currentTarget.selectedIndex] ?? 'system')}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="wall-switch" onClick={() => view.change({ isWall: true })}>
        Wall screen
      </button>
      <button type="button" onClick={() => sessions.close()}>
        Forget key
      </button>
    </div>
  );
}
