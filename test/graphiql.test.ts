import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startTinyServer, type TinyServer } from '../src/server/testing/tiny-server.ts';

const BUILT = join(import.meta.dirname, '../web/dist');
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer({ defaultQuery: '{ hello }\n' });
});
afterAll(async () => await server.close());

describe('the built page', () => {
  test('loads nothing from elsewhere', () => {
    const page = readFileSync(join(BUILT, 'index.html'), 'utf8');
    const loads = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target);
    expect(loads.length).toBeGreaterThan(2);
    expect(loads.filter((target) => !target?.startsWith('/graphiql/'))).toEqual([]);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
  });

  test.each([
    ['.css', /url\(\s*["']?(?:https?:)?\/\/|@import/],
    ['.js', /(?:import|importScripts|fetch)\(\s*["'`]https?:/],
  ])('holds no %s that names another address to load from', (extension, load) => {
    const files = readdirSync(join(BUILT, 'assets')).filter((name) => name.endsWith(extension));
    expect(files.length).toBeGreaterThan(0);
    const guilty = files.filter((name) => load.test(readFileSync(join(BUILT, 'assets', name), 'utf8')));
    expect(guilty).toEqual([]);
  });

  test('is given to a browser under a policy without holes, its files below /graphiql/', async () => {
    const answer = await fetch(server.url, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*|https?:/);
    const [script] = /\/graphiql\/assets\/[^"]+\.js/.exec(await answer.text()) ?? [];
    const asset = await fetch(`${server.origin}${script}`);
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });
});

describe.skipIf(!existsSync(CHROMIUM))(`in Chromium (skipped when ${CHROMIUM} is not installed)`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => await browser.close());

  test('shows the default query, runs it and shows the answer, asking nobody else and breaking no policy', async () => {
    const page = await browser.newPage();
    const seen = watch(page);
    await page.goto(server.url);
    await page.locator('.graphiql-query-editor').getByText('hello').waitFor();
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.locator('.graphiql-response').getByText('"world"').waitFor();
    expect(seen.requests.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await page.close();
  });

  test('shows the events of a subscription as they come', async () => {
    const page = await browser.newPage();
    const seen = watch(page);
    await page.goto(server.url);
    await page.locator('.graphiql-query-editor').getByText('hello').waitFor();
    await page.locator('.graphiql-query-editor').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('subscription { count(to: 3) }');
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.locator('.graphiql-response').getByText('"count": 3').waitFor();
    expect(seen.complaints).toEqual([]);
    await page.close();
  });
});

/** Every address that a page asked, and what the browser complained of: errors, and breaches of the policy. */
function watch(page: Page) {
  const requests: string[] = [];
  const complaints: string[] = [];
  page.context().on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url())) requests.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { requests, complaints };
}
