import type { Server } from 'node:http';

/** A connection goes idle when its answer is written, not when the server closes: looked for again and again. */
const SWEEP_EVERY_MS = 25;

/**
 * Takes no more connections, lets requests in flight finish, at most for `graceMs`, then cuts what is left: `cut` those
 * that are no HTTP any more.
 */
export async function drain(server: Server, graceMs: number, cut: () => void): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  const cutting = setTimeout(() => {
    server.closeAllConnections();
    cut();
  }, graceMs);
  await promise;
  clearInterval(sweep);
  clearTimeout(cutting);
}
