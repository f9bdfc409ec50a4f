const LOOK_EVERY_MS = 250;

/** Why the process is to end: a signal, or ORPHANED, when what started it is gone and did not pass a signal on. */
export type Ending = NodeJS.Signals | 'ORPHANED';

/** Resolves at the first reason to end; later ones find the process ending. */
export async function nextEnding(): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  process.on('SIGTERM', resolve).on('SIGINT', resolve);
  const parent = parentToWatch();
  if (parent !== null) watchParent(parent, () => resolve('ORPHANED'));
  return await promise;
}

/**
 * The process that this one must not outlive; null where it may. Below `npm start` stands a shell, which dies of a
 * SIGTERM and tells nobody. An older Node that runs us in its place (bin/bundled-node.js) may be killed.
 */
function parentToWatch(): number | null {
  const { KYC_GATEWAY_PARENT: stoodInFor, npm_lifecycle_event: ofNpm } = process.env;
  if (stoodInFor !== undefined) return Number(stoodInFor);
  return ofNpm === undefined ? null : process.ppid;
}

/** Whoever loses its parent gets another one. */
function watchParent(parent: number, onGone: () => void): void {
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    onGone();
  }, LOOK_EVERY_MS);
  look.unref();
}
