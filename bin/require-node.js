// Stands before commands that npm runs on the Node of node_modules/.bin: says in one line when that is too old.
import { isNewEnough, missingNodeLine } from './bundled-node.js';

if (!isNewEnough(process.versions.node)) {
  process.stderr.write(missingNodeLine(process.versions.node, process.platform, process.arch) + '\n');
  process.exit(1);
}
