/**
 * The gateway of the environment's settings, watched: writes one line of JSON a second with its memory and how long its
 * event loop was held up, and first where it answers.
 */
import { startGateway } from '#gateway';
import { createLogger } from '#log';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';

import { LoopHolds } from '../../../bench/loop-holds.ts';

const settings = readSettings(process.env, rooms);
const gateway = await startGateway(settings, createLogger(settings.logLevel));
console.log(JSON.stringify({ url: gateway.url }));
const holds = new LoopHolds();
setInterval(() => {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.threadCpuUsage();
  const { wallMs, cpuMs } = holds.take();
  console.log(JSON.stringify({ rss, heapUsed, wallMs, cpuMs, mainCpuMs: (user + system) / 1000 }));
}, 1000);
process.on('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
