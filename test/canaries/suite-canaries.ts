import { rooms } from '#sources/index';
import { createSandboxPeople } from '#sources/sandbox-people';

import type { Canary } from './canaries.ts';

/** As many as any world of the suite has. */
const PEOPLE = 300;

/** What the invented people have that no text has by chance, and the simulators' credentials. */
export async function suiteCanaries(): Promise<readonly Canary[]> {
  const people = createSandboxPeople(
    PEOPLE,
    rooms.map(({ descriptor }) => descriptor.id),
  );
  const personal = people.flatMap(({ number: person, email, documentNumber, givenName, familyName }) => [
    { kind: 'e-mail address', value: email, person },
    { kind: 'document number', value: documentNumber, person },
    { kind: 'full name', value: `${givenName} ${familyName}`, person },
  ]);
  const secrets: Canary[] = [];
  for (const room of rooms) {
    const sandbox = room.createSandbox(people);
    const settings = await sandbox.start();
    await sandbox.close();
    for (const [name, value] of Object.entries(settings))
      if (/_(TOKEN|CLIENT_SECRET)$/.test(name))
        secrets.push({ kind: `secret: ${name}`, value, person: null });
    for (const person of people) {
      const owner = sandbox.credentialOf(person);
      if (owner !== null)
        secrets.push({ kind: 'secret: a personal access token', value: owner.credential, person: null });
    }
  }
  return [...personal, ...secrets].filter(({ value }) => Buffer.byteLength(value) >= 8);
}
