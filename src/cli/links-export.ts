import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { PassThrough, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { stringify } from 'csv-stringify';

import { storeFolderOf } from '#gateway';
import type { Settings } from '#settings';
import { rooms } from '#sources/index';
import { openPeopleOfDatabase, openPeopleOfFolder, type PeopleReader } from '#store/links/export-people';

import { headerOf, lineOf } from './links-file.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

export async function exportLinks(file: string): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const people = await openPeople(settings);
    try {
      if (file === '-') await writePeople(people, process.stdout, { end: false });
      else await writeWhole(file, (draft) => writePeople(people, draft, { end: true }));
    } finally {
      await people.close();
    }
  });
}

async function openPeople(settings: Settings): Promise<PeopleReader> {
  if (settings.databaseUrl !== null) return await openPeopleOfDatabase(settings.databaseUrl);
  return await openPeopleOfFolder(storeFolderOf(settings));
}

/** Under another name first: what stands under its own name is whole. Only its owner may read it. */
async function writeWhole(file: string, write: (draft: Writable) => Promise<void>): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  try {
    await write(createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export async function writePeople(
  people: Pick<PeopleReader, 'readSources' | 'readAll'>,
  output: Writable,
  { end }: { end: boolean },
): Promise<void> {
  const registry = rooms.map(({ descriptor }) => descriptor.id);
  const columns = headerOf([...new Set([...registry, ...(await people.readSources())])]);
  // The store is read no faster than the output takes it.
  const lines = new PassThrough({ objectMode: true });
  const written = pipeline(lines, stringify(), output, { end });
  const send = async (line: readonly string[]) => {
    if (!lines.write(line)) await Promise.race([once(lines, 'drain'), written]);
  };
  const read = async () => {
    await send(columns);
    await people.readAll(async (part) => {
      for (const person of part) await send(lineOf(person, columns));
    });
    lines.end();
  };
  await Promise.all([read(), written]);
}
