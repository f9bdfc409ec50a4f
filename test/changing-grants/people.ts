import { NOBODY } from '#kyc/person';
import { SEES_ALL } from '#kyc/sight';
import { type SourceId, sourceId } from '#kyc/source-id';
import type { KycStatus } from '#kyc/status';
import { aRecord, aSource, idOf } from '#store/behaviours/records';
import type { Store } from '#store/store';

import type { Name } from './world-state.ts';

export const SOURCES = ['FINX', 'FINOGATES', 'SUMVIN'] as const;
const STATUSES: readonly KycStatus[] = ['PENDING', 'APPROVED', 'REJECTED', 'IN_REVIEW'];

/** The name of a person at a source; no other word looks like it, wherever it stands. */
export function nameOf(person: number, source: string): Name {
  return `${source} p${person}-${source}`;
}
export const NAMES = /\bp\d+-(FINX|FINOGATES|SUMVIN)\b/g;

/** A change as it was written: of which record, and which one of it. */
export interface Written {
  readonly name: Name;
  readonly verificationId: string;
  readonly sequence: number;
  /** What is taken in together is one batch; later ones have higher numbers. */
  readonly batch: number;
  readonly sentMs: number;
}

/** People with a record at each of three sources, which a writer moves. */
export class People {
  readonly written: Written[] = [];
  readonly #store: Store;
  readonly #sequences = new Map<string, number>();
  #batch = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** One change of each of these, in one transaction. */
  async move(persons: readonly number[], source: string): Promise<void> {
    const id = sourceId(source);
    const moved = persons.map((person) => {
      const name = nameOf(person, source);
      const sequence = (this.#sequences.get(name) ?? 0) + 1;
      this.#sequences.set(name, sequence);
      const record = recordOf(name, id, STATUSES[sequence % STATUSES.length] ?? 'PENDING');
      return { name, sequence, record };
    });
    this.#batch += 1;
    const sentMs = performance.now();
    for (const { name, sequence, record } of moved)
      this.written.push({ name, sequence, verificationId: idOf(record), batch: this.#batch, sentMs });
    await this.#store.ingest({
      source: aSource({ id, versioning: 'read', listed: false }),
      learntBy: 'WEBHOOK',
      reads: [
        {
          readStartedAt: await this.#store.now(),
          records: moved.map(({ record }) => record),
          identitiesRead: [],
        },
      ],
      scan: null,
    });
  }

  /** The id of who has a name now. */
  async ownerOf(name: Name): Promise<string> {
    const [source = '', externalId = ''] = name.split(' ');
    const [user] = await this.#store.readUsersByIdentity(
      [{ source: sourceId(source), externalId }],
      SEES_ALL,
    );
    if (user == null) throw new Error('Everybody who is named is known.');
    return user.id;
  }
}

function recordOf(name: Name, source: SourceId, status: KycStatus) {
  const [, externalUserId = ''] = name.split(' ');
  const person = { ...NOBODY, fullName: `${externalUserId} Doe` };
  const personal = { person, documents: [], declineReason: null, rejectionMessage: null };
  return aRecord({
    source,
    externalId: `of-${externalUserId}`,
    externalUserId,
    status,
    sourceStatus: status,
    updatedAt: null,
    personal,
  });
}
