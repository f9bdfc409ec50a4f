import { storeFolderOf, storePlaceOf } from '#gateway';
import { readDevKey, type Settings, SettingsError } from '#settings';
import type { AuditFaultKind } from '#store/audit/chain-check';
import { type AuditReport, verifyAudit } from '#store/audit/verify-audit';
import { readBeside } from '#store/read-beside';
import { createSealer } from '#store/sealing';

import { exitCode } from './exit-code.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

const NO_STORE = 'There is no store of this version there: start the gateway once.';
const NO_KEY = 'KYC_SECRET_KEY is required: only with the key can be proved what was written with it.';

const MEANINGS: Readonly<Record<AuditFaultKind, string>> = {
  ALTERED: 'is not what was written, or does not follow the row before it',
  MISSING: 'is missing',
  CUT_OFF: 'and what followed was taken away: other rows tell of it',
  UNKNOWN_KEY: 'cannot be proved: its key is neither KYC_SECRET_KEY nor one of KYC_SECRET_KEYS',
};

export async function verify(): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const secretKey = keyOf(settings);
    if (secretKey === null) throw new SettingsError([NO_KEY]);
    const sealer = createSealer(secretKey, 'audit', settings.oldKeys);
    show(await readBeside(storePlaceOf(settings), NO_STORE, (database) => verifyAudit(database, sealer)));
  });
}

function keyOf(settings: Settings): Uint8Array | null {
  return settings.secretKey ?? readDevKey(storeFolderOf(settings));
}

function show({ rows, chains, faults, ends }: AuditReport): void {
  for (const { kind, chain, sequence } of faults)
    process.stdout.write(`${kind} ${chain} ${sequence}: row ${sequence} ${MEANINGS[kind]}.\n`);
  for (const [chain, sequence, hash] of ends) process.stdout.write(`END ${chain} ${sequence} ${hash}\n`);
  process.stderr.write(`${rows} rows in ${chains} chains. ${outcomeOf(faults.length)}\n`);
  if (faults.length > 0) process.exitCode = exitCode.FAILED;
}

function outcomeOf(faults: number): string {
  return faults === 0 ? 'All are as they were written.' : `Faults: ${faults}.`;
}
