import type { JSX } from 'preact';
import { CPU_UNIT_MEANINGS, type CpuUnit } from '../units/format-cpu.js';
import { Menu } from './menu.js';
import type { Sessions } from './session/session.js';
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
      <label class="cpu-unit" title={CPU_UNIT_MEANINGS[cpuUnit]}>
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
      <Menu view={view} sessions={sessions} />
    </div>
  );
}
