import { type Authenticate, createAuthenticator } from '#access/authenticate';
import { createFindUser } from '#access/find-user';
import { createJwtVerifier } from '#access/jwt-verifier';
import { ALWAYS_OPEN, NEVER_OPEN, type Openness, openUntilKeysExist } from '#access/openness';
import type { SourceId } from '#kyc/source-id';
import type { Logger } from '#log';
import type { Reach } from '#server/reach';
import { SECRET_KEY_WITH_AUTH, type Settings, SettingsError } from '#settings';
import type { Store } from '#store/store';

/** Who is asked who they are, and from where they may ask. */
export interface Callers {
  readonly authenticate: Authenticate;
  readonly reach: Reach;
}

/**
 * Decides by the settings and the store together: a store that ever had an API key is never open again.
 * @throws SettingsError when it is to be open all the same, or is sealed by a dev key
 */
export async function meetCallers(
  settings: Settings,
  parts: { store: Store; sources: readonly SourceId[]; log: Logger },
): Promise<Callers> {
  const { auth, allowedHosts, corsOrigins } = settings;
  const { store, sources, log } = parts;
  const hasKeys = await store.apiKeys.exist();
  if (hasKeys && auth.mode === 'OPEN')
    throw new SettingsError([
      'AUTH is open, but the store has had API keys: leave AUTH out, or set it to required.',
    ]);
  const isRequired = hasKeys || auth.mode === 'REQUIRED';
  if (isRequired && settings.secretKey === null) throw new SettingsError([SECRET_KEY_WITH_AUTH]);
  if (isRequired && !hasKeys && auth.trusted === null)
    log.warn('Nobody can call yet: there is no API key (kyc-gateway keys create), and no issuer is trusted.');
  const authenticate = createAuthenticator({
    isOpen: isRequired ? NEVER_OPEN : opennessOf(settings, store),
    jwt: auth.trusted === null ? null : createJwtVerifier(auth.trusted),
    keys: store.apiKeys,
    findUser: createFindUser(store, sources),
  });
  return {
    authenticate,
    reach: isRequired ? { kind: 'NAMED', allowedHosts, corsOrigins } : { kind: 'LOOPBACK' },
  };
}

/** The embedded store is this process's alone: nobody makes a key in it meanwhile. */
function opennessOf({ databaseUrl }: Settings, { apiKeys }: Store): Openness {
  return databaseUrl === null ? ALWAYS_OPEN : openUntilKeysExist(apiKeys);
}
