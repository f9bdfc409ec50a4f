// Runs at the end of `npm install`: builds GraphiQL, or says why the gateway goes without it. Never fails an install.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));

if (!existsSync(vite)) {
  console.error('GraphiQL is not built: its build tools are not installed.');
} else {
  const { status } = spawnSync(process.execPath, [vite, 'build', 'web'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) console.error('GraphiQL is not built: see above. The gateway runs without it.');
}
