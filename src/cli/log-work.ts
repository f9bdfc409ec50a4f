import { openGatewayStore } from '#gateway';

import { auditAct } from './audit-act.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

export async function newEpoch(): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const { store } = await openGatewayStore(settings);
    try {
      await auditAct(store, 'NEW_EPOCH', null);
      await store.changes.renewEpoch();
      process.stderr.write('The change log has a new epoch: every cursor of before is expired.\n');
    } finally {
      await store.close();
    }
  });
}
