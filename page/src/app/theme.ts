import { signal } from '@preact/signals';
import { DEVICE_STORAGE } from './browser-storage.js';

export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'docker-stats-theme';

/** The colours that the user chose. */
export const theme = signal(readTheme());

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  DEVICE_STORAGE.write(STORAGE_KEY, chosen);
  applyTheme();
}

/** Sets the theme for the stylesheets. Without the attribute, they follow the system. */
export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

function readTheme(): Theme {
  const stored = DEVICE_STORAGE.read(STORAGE_KEY);
  return THEMES.find((known) => known === stored) ?? 'system';
}
