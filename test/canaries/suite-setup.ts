/**
 * A setup file of vitest for the run of canaries-in-suite (test/prove): looks through each store before its folder is
 * removed, and through the errors of each answer. The output is looked through by who started the run.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

import type { Needles } from '../harness/needles.ts';
import { type Canary, needlesOf } from './canaries.ts';
import { suiteCanaries } from './suite-canaries.ts';

type Found = { readonly canary: Canary; readonly encoding: string };

const REPORT = process.env['CANARY_REPORT'] ?? '';
/** Files of a store's folder. The simulators' own file, world.json, is no part of the gateway. */
const STORE_FILE = /^(store\.db.*|.*\.lock|dev\.key)$/;
const DONE = Symbol.for('kyc-gateway: canaries are looked for');

if (!Reflect.has(globalThis, DONE)) {
  Reflect.set(globalThis, DONE, true);
  const needles = needlesOf(await suiteCanaries());
  lookBeforeRemoval(needles);
  lookAtErrors(needles);
}

function report(what: 'store' | 'errors', bytes: Uint8Array, needles: Needles<Found>): void {
  const hits = new Set([...needles.in(bytes)].map(({ canary, encoding }) => `${canary.kind} as ${encoding}`));
  fs.appendFileSync(REPORT, `${JSON.stringify({ what, bytes: bytes.length, hits: [...hits] })}\n`);
}

function lookBeforeRemoval(needles: Needles<Found>): void {
  const look = (path: unknown) => {
    if (typeof path !== 'string' || !fs.existsSync(path) || !fs.statSync(path).isDirectory()) return;
    for (const entry of fs.readdirSync(path, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && STORE_FILE.test(entry.name))
        report('store', fs.readFileSync(join(entry.parentPath, entry.name)), needles);
  };
  const { rmSync } = fs;
  const { rm } = promises;
  fs.rmSync = (path, options) => {
    look(path);
    rmSync(path, options);
  };
  promises.rm = async (path, options) => {
    look(path);
    await rm(path, options);
  };
  syncBuiltinESMExports();
}

function lookAtErrors(needles: Needles<Found>): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (...asked) => {
    const response = await fetch(...asked);
    if (response.headers.get('content-type')?.includes('json') !== true) return response;
    const text = await response.text();
    const errors = errorsOf(text);
    if (errors !== undefined) report('errors', Buffer.from(JSON.stringify(errors)), needles);
    const { status, statusText, headers } = response;
    const isEmpty = status === 204 || status === 304;
    const copy = new Response(isEmpty ? null : text, { status, statusText, headers });
    return Object.defineProperty(copy, 'url', { value: response.url });
  };
}

function errorsOf(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'errors') : undefined;
  } catch {
    return undefined;
  }
}
