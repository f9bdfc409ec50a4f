import { stringify } from 'csv-stringify/sync';

import { expiryAfter, isApiKeyId, type MadeApiKey, makeApiKey } from '#access/api-key';
import { type Scope, scopes } from '#access/scope';
import { openGatewayStore, storePlaceOf } from '#gateway';
import { addMilliseconds, type Instant, now, toDateTime } from '#kyc/instant';
import { SECRET_KEY_WITH_AUTH, SettingsError } from '#settings';
import type { ApiKey } from '#store/api-keys/api-keys';
import { readApiKeys } from '#store/api-keys/read-api-keys';
import type { Store } from '#store/store';

import { auditAct } from './audit-act.ts';
import { exitCode } from './exit-code.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

const HOUR_MS = 3_600_000;

export interface CreateOptions {
  readonly kind: string;
  readonly subject: string;
  readonly scope: readonly Scope[];
  readonly expiresDays: number;
}

export async function createKey({ kind, subject, scope, expiresDays }: CreateOptions): Promise<void> {
  await withStore(async (store) => {
    const made = makeApiKey();
    const { id, secretHash } = made;
    const expiresAt = expiryAfter(expiresDays);
    const asked = scopes.filter((one) => scope.includes(one));
    await auditAct(store, 'KEY_CREATE', `key ${id}`);
    await store.apiKeys.add({ id, secretHash, kind: kind.toUpperCase(), subject, scopes: asked, expiresAt });
    show(made, expiresAt);
  });
}

export async function rotateKey(
  id: string,
  how: { overlapHours: number; expiresDays: number },
): Promise<void> {
  await withStore(async (store) => {
    const made = makeApiKey();
    const expiresAt = expiryAfter(how.expiresDays);
    const endsAt = addMilliseconds(now(), how.overlapHours * HOUR_MS);
    const next = { id: made.id, secretHash: made.secretHash, expiresAt };
    await auditAct(store, 'KEY_ROTATE', `key ${asId(id)}, next ${made.id}`);
    if (await store.apiKeys.rotate(id, next, endsAt)) show(made, expiresAt);
    else fail('There is no such key that still holds. Nothing was made.');
  });
}

export async function revokeKey(id: string): Promise<void> {
  await withStore(async (store) => {
    await auditAct(store, 'KEY_REVOKE', `key ${asId(id)}`);
    if (await store.apiKeys.revoke(id)) process.stderr.write('Revoked.\n');
    else fail('There is no such key, or it is revoked already.');
  });
}

export async function listKeys(): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const at = now();
    const rows = (await readApiKeys(storePlaceOf(settings))).map((key) => ({
      id: key.id,
      state: stateOf(key, at),
      kind: key.kind.toLowerCase(),
      subject: key.subject,
      scopes: key.scopes.join(' '),
      created_at: toDateTime(key.createdAt),
      expires_at: toDateTime(key.expiresAt),
      last_used_at: key.lastUsedAt === null ? '' : toDateTime(key.lastUsedAt),
    }));
    process.stdout.write(stringify(rows, { header: true, columns: COLUMNS, escape_formulas: true }));
  });
}

const COLUMNS = 'id state kind subject scopes created_at expires_at last_used_at'.split(' ');

function stateOf({ revokedAt, expiresAt }: ApiKey, at: Instant): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= at ? 'expired' : 'holds';
}

/** On the store itself, as its owner. A dev key would do here, and then the gateway would not start any more. */
async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    if (settings.secretKey === null) throw new SettingsError([SECRET_KEY_WITH_AUTH]);
    const { store } = await openGatewayStore(settings);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  });
}

/** What was typed may be anything, a secret by mistake; an id of a key is not. */
function asId(typed: string): string {
  return isApiKeyId(typed) ? typed : 'unknown';
}

function show({ id, text }: MadeApiKey, expiresAt: Instant): void {
  process.stdout.write(`${text}\n`);
  process.stderr.write(
    `The key ${id} is shown this once: keep it now. It ends at ${toDateTime(expiresAt)}.\n`,
  );
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = exitCode.FAILED;
}
