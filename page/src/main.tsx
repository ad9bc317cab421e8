import { render } from 'preact';
import { App } from './app/app.js';
import { DEVICE_STORAGE, TAB_STORAGE } from './app/browser-storage.js';
import { Sessions } from './app/session/session.js';
import { applyTheme } from './app/theme.js';
import { View } from './app/view-state.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/header.css';
import './styles/shell.css';
import './styles/key-form.css';

// First, so that the key leaves the address bar before anything else runs.
const sessions = new Sessions({ tab: TAB_STORAGE, device: DEVICE_STORAGE });
sessions.start();
applyTheme();
const root = document.querySelector('#app');
if (root !== null) render(<App sessions={sessions} view={new View()} />, root);
