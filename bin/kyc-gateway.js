#!/usr/bin/env node
// Plain JavaScript that any Node since 12 reads; the program itself needs the Node that comes with it.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { findBundledNode, isNewEnough, missingNodeLine, rerun } from './bundled-node.js';

var bundled = findBundledNode(process.platform, process.arch);

if (isNewEnough(process.versions.node)) {
  // Half of a command's time is reading the source: what was compiled once is kept between runs.
  module.enableCompileCache();
  // A clone runs its source, so that what was edited is what runs; a published package has the built files alone.
  var source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  var built = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  void import(pathToFileURL(existsSync(source) ? source : built).href);
} else if (bundled !== null) {
  rerun(bundled, fileURLToPath(import.meta.url), process.argv.slice(2));
} else {
  process.stderr.write(missingNodeLine(process.versions.node, process.platform, process.arch) + '\n');
  process.exit(1);
}
