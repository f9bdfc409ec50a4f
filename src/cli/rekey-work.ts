import { openGatewayStore } from '#gateway';
import { SettingsError } from '#settings';
import type { RekeyProgress, RekeyReport } from '#store/rekey/rekey';

import { auditAct } from './audit-act.ts';
import { exitCode } from './exit-code.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

/** How many rows are moved between two lines about it. */
const TOLD_EVERY = 10_000;

export async function rekey(): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    if (settings.secretKey === null)
      throw new SettingsError(['KYC_SECRET_KEY is required: it says which key is the new one.']);
    const { store } = await openGatewayStore(settings);
    try {
      await auditAct(store, 'REKEY', null);
      conclude(await store.upkeep.rekey(tellNowAndThen()));
    } finally {
      await store.close();
    }
  });
}

function tellNowAndThen(): (progress: RekeyProgress) => void {
  let told = 0;
  return ({ moved, left }) => {
    if (moved - told < TOLD_EVERY && left > 0) return;
    told = moved;
    say(`Sealed anew: ${moved} rows. Left: ${left}.`);
  };
}

function conclude({ isDone, moved, broken, unknownKey, releasedPins }: RekeyReport): void {
  if (releasedPins > 0)
    say(`${releasedPins} credentials are no longer pinned to their owners, who were not kept.`);
  if (broken > 0)
    say(`${broken} rows hold a value that was altered: no key opens it, and it stays as it is.`);
  if (isDone) return say(`All is sealed with KYC_SECRET_KEY (${moved} rows anew): KYC_SECRET_KEYS may go.`);
  process.exitCode = exitCode.FAILED;
  if (unknownKey > 0)
    return say(
      `${unknownKey} rows are sealed with a key that KYC_SECRET_KEYS does not list: list it and run again.`,
    );
  say(
    'Not all is sealed anew: a gateway still seals with an old key. Restart it with the new one and run again.',
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
