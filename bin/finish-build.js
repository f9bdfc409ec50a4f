// After tsc: dist gets a package.json of its own, so that `#kyc/user` means dist/kyc/user.js there.
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const { imports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const built = Object.fromEntries(
  Object.entries(imports).map(([name, path]) => [name, path.replace('./src/', './').replace(/\.ts$/, '.js')]),
);
writeFileSync(
  new URL('dist/package.json', root),
  `${JSON.stringify({ type: 'module', imports: built }, null, 2)}\n`,
);
