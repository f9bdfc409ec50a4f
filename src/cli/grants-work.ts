import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

import { stringify } from 'csv-stringify';

import { openGatewayStore, storePlaceOf } from '#gateway';
import { toDateTime } from '#kyc/instant';
import { rooms } from '#sources/index';
import { type Grant, type Grants, type HeldGrant, MAX_GRANTS } from '#store/grants/grants';
import { readGrants } from '#store/grants/read-grants';

import { auditAct } from './audit-act.ts';
import { type Counts, refusedLines, reportOf, summaryOf } from './csv-file.ts';
import { exitCode } from './exit-code.ts';
import { grantColumns, parseGrantsHeader, parseGrantsLine } from './grants-file.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

/** As the grants name who made them. */
const BY = 'grants import';

export async function importGrants(file: string): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    // Before the store: a wrong name opens nothing.
    const input = file === '-' ? process.stdin : (await open(file)).createReadStream();
    const { store } = await openGatewayStore(settings);
    const counts: Counts = { takenIn: 0, known: 0, refused: 0 };
    try {
      await auditAct(store, 'GRANT', BY);
      const report = reportOf(refusedLines(input, intakeOf(store.grants), counts));
      await pipeline(report, stringify(), process.stdout, { end: false });
    } finally {
      await store.close();
      if (counts.refused > 0) process.exitCode = exitCode.FAILED;
      process.stderr.write(summaryOf(counts));
    }
  });
}

function intakeOf(grants: Grants) {
  const sources = rooms.map(({ descriptor }) => descriptor.id);
  return {
    readHeader: parseGrantsHeader,
    readLine: (cells: readonly string[], columns: ReturnType<typeof parseGrantsHeader>) =>
      parseGrantsLine(cells, columns, sources),
    take: (lines: readonly Grant[]) => grants.grant(lines, BY),
    atOnce: MAX_GRANTS,
  };
}

export async function exportGrants(): Promise<void> {
  await write(grantColumns, ({ partner, kind, value }) => [partner, kind, value], {});
}

export async function listGrants(): Promise<void> {
  await write(
    [...grantColumns, 'granted_at', 'granted_by'],
    ({ partner, kind, value, grantedAt, grantedBy }) => [
      partner,
      kind,
      value,
      toDateTime(grantedAt),
      grantedBy,
    ],
    { escape_formulas: true },
  );
}

async function write(
  columns: readonly string[],
  cellsOf: (grant: HeldGrant) => readonly string[],
  form: { escape_formulas?: boolean },
): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const grants = readGrants(storePlaceOf(settings));
    async function* lines(): AsyncGenerator<readonly string[]> {
      // Before the header: where there is no store, nothing is written.
      const first = await grants.next();
      yield columns;
      if (first.done === true) return;
      yield cellsOf(first.value);
      for await (const grant of grants) yield cellsOf(grant);
    }
    await pipeline(lines(), stringify(form), process.stdout, { end: false });
  });
}
