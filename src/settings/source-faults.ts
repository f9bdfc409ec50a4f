import type { SourceRoom } from '#sources/source';

import type { Environment } from './environment.ts';

/** Variables that begin with a source's name and that its room does not read: a spelling that would be passed over. */
export function unknownSourceVariables(environment: Environment, rooms: readonly SourceRoom[]): string[] {
  return rooms.flatMap(({ descriptor, variables }) =>
    Object.keys(environment)
      .filter((name) => name.startsWith(`${descriptor.id}_`) && !variables.includes(name))
      .map(
        (name) => `${name} is no setting of this gateway; ${descriptor.id} reads ${variables.join(', ')}.`,
      ),
  );
}

/**
 * With SANDBOX the simulators alone, without it real sources alone: a setting that speaks for the other side stops the
 * start, so that invented people never stand in the place of real ones.
 */
export function sandboxFaults(
  environment: Environment,
  rooms: readonly SourceRoom[],
  sandbox: boolean | null,
  enabled: readonly SourceRoom[],
): string[] {
  const urls = rooms.map(({ descriptor }) => `${descriptor.id}_URL`).join(', ');
  const real = Object.keys(environment).filter((name) => name === 'DATABASE_URL' || name.startsWith('AUTH_'));
  // Whoever asks callers who they are has something to protect, or says that it is a rehearsal.
  if (environment['AUTH'] === 'required' && sandbox !== true) real.push('AUTH');
  if (enabled.length > 0) {
    const ids = enabled.map(({ descriptor }) => `${descriptor.id}_URL`).join(', ');
    return sandbox === true
      ? [`SANDBOX is 1, but ${ids} is set: simulators and real sources never share a store.`]
      : [];
  }
  if (sandbox === true && real.length > 0)
    return [`SANDBOX is 1, but ${real.join(', ')} is set: they are for real sources.`];
  if (sandbox === false) return [`SANDBOX is 0 and no source is set: set at least one of ${urls}.`];
  if (real.length > 0) return [`${real.join(', ')} is set, but no source is: set at least one of ${urls}.`];
  return strandedVariables(environment, rooms);
}

/** Nothing is on, yet something is said about a source: it was meant to be on. */
function strandedVariables(environment: Environment, rooms: readonly SourceRoom[]): string[] {
  return rooms.flatMap(({ descriptor, variables }) =>
    variables
      .filter((name) => environment[name] !== undefined)
      .map((name) => `${name} is set, but ${descriptor.id}_URL is not: the source would be off.`),
  );
}
