import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

import { stringify } from 'csv-stringify';

import { openGatewayStore } from '#gateway';
import { rooms } from '#sources/index';
import { type ImportedPerson, MAX_IMPORTED } from '#store/links/imported-person';
import { type Store } from '#store/store';

import { auditAct } from './audit-act.ts';
import { type Counts, refusedLines, reportOf, summaryOf } from './csv-file.ts';
import { exitCode } from './exit-code.ts';
import { parseHeader, parseLine } from './links-file.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

/** As the links name who made them. */
const BY = 'links import';

export async function importLinks(file: string, dryRun: boolean): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    // Before the store: a wrong name opens nothing.
    const input = file === '-' ? process.stdin : (await open(file)).createReadStream();
    const { store } = await openGatewayStore(settings);
    const counts: Counts = { takenIn: 0, known: 0, refused: 0 };
    try {
      if (!dryRun) await auditAct(store, 'LINKS_IMPORT', null);
      const report = reportOf(refusedLines(input, intakeOf(store, dryRun), counts));
      await pipeline(report, stringify(), process.stdout, { end: false });
    } finally {
      await store.close();
      if (counts.refused > 0) process.exitCode = exitCode.FAILED;
      process.stderr.write(`${dryRun ? 'Dry run, nothing was kept. ' : ''}${summaryOf(counts)}`);
    }
  });
}

function intakeOf(store: Pick<Store, 'importPeople'>, dryRun: boolean) {
  const sources = rooms.map(({ descriptor }) => descriptor.id);
  return {
    readHeader: (cells: readonly string[]) => parseHeader(cells, sources),
    readLine: parseLine,
    take: (people: readonly ImportedPerson[]) => store.importPeople(people, { by: BY, dryRun }),
    atOnce: MAX_IMPORTED,
  };
}
