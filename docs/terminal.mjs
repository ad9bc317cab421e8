// Writes docs/terminal.svg: a session with the service and the Docker of this machine. Linux only.
// Usage: npm run build && node docs/terminal.mjs
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const COLUMNS = 104;
const FONT_SIZE = 14;
const LINE_HEIGHT = 20;
const CHARACTER_WIDTH = FONT_SIZE * 0.602; // of the common monospace fonts
const MARGIN = 20;
const STARTUP_TIMEOUT_MS = 10_000;

/** Colours of the SGR codes that the log uses (ECMA-48, section 8.3.117). @type {Readonly<Record<string, string>>} */
const COLORS = { 2: '#8b949e', 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 35: '#d2a8ff' };

/** @param {string} command */
const prompt = (command) => `\u001b[32m$\u001b[0m ${command}`;

/** @param {string} text */
const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Returns the lines that a terminal shows. @param {string} text */
function wrap(text) {
  const lines = text.trimEnd().replaceAll('\r', '').split('\n');
  return lines.flatMap((line) =>
    line.includes('\u001b') ? [line] : (line.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? ['']),
  );
}

/** Runs a command; returns its prompt and its output. @param {string} command */
function run(command) {
  const output = execFileSync('sh', ['-c', command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [prompt(command), ...wrap(output)];
}

/** Converts SGR codes to SVG. @param {string} line */
function paint(line) {
  return line
    .split('\u001b[')
    .map((part, index) => {
      if (index === 0) return escapeXml(part);
      const [code = '', ...text] = part.split('m');
      const span = escapeXml(text.join('m'));
      return COLORS[code] === undefined ? span : `<tspan fill="${COLORS[code]}">${span}</tspan>`;
    })
    .join('');
}

/** Draws a terminal. @param {readonly string[]} lines */
function draw(lines) {
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH + 2 * MARGIN);
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const texts = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${paint(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" fill="#e6edf3">
<title>A terminal: npm start prints a curl command and a link to the page; curl prints CPU and memory of each container</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join('\n')}
</svg>
`;
}

// `script` gives the service a terminal: it logs in colour, and prints the startup hint.
const service = spawn('script', ['-qefc', 'node dist/main.js', '/dev/null'], {
  env: { ...process.env, TERM: 'xterm-256color' },
});
let output = '';
const hint = new Promise((resolve) => {
  service.stdout.on('data', (chunk) => {
    output += String(chunk);
    if (output.includes('/docs\r\n')) resolve(undefined);
  });
});
try {
  await Promise.race([hint, setTimeout(STARTUP_TIMEOUT_MS, undefined, { ref: false })]);
  const [curl] = /curl .*stats/.exec(output) ?? [];
  if (curl === undefined) throw new Error(`The service did not start:\n${output}`);
  const curlText = curl.replace(/(http\S+)$/, "'$1?format=text'");
  writeFileSync(
    new URL('terminal.svg', import.meta.url),
    draw([prompt('npm start'), ...wrap(output), '', ...run(curl), '', ...run(curlText)]),
  );
} finally {
  service.kill();
}
