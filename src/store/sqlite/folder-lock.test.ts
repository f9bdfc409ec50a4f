import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { StoreRefusedError } from '#store/database';

import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyc-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = () => {
  try {
    lockFolder(folder).release();
  } catch (error) {
    return error;
  }
  return expect.unreachable('The folder was locked.');
};

describe('the lock of a data folder', () => {
  it('says that another gateway holds it, and is free when that lets it go', () => {
    const lock = lockFolder(folder);
    expect(refusal()).toMatchObject({ message: expect.stringMatching(/^Another gateway is running/) });
    lock.release();
    lockFolder(folder).release();
  });

  it.each([
    ['no file of ours', (path: string) => writeFileSync(path, 'something else. '.repeat(100))],
    ['no file', (path: string) => mkdirSync(path)],
  ])('that is %s is not taken for another gateway', (_, make) => {
    const path = join(folder, 'gateway.lock');
    make(path);
    const error = refusal();
    expect(error).toBeInstanceOf(StoreRefusedError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^gateway\.lock in DATA_DIR cannot be locked/),
    });
    rmSync(path, { recursive: true });
    lockFolder(folder).release();
  });
});
