/**
 * Three sources of any size in a process of its own, with no more memory than what is being answered:
 * `node big-sources.ts <finogates records> <rocketkor records>`. Writes one line of JSON, the settings that reach them,
 * then one line a second: how many requests each has seen.
 */
import { SandboxServer } from '#sources/sandbox-server';

import { BigFinogates } from './big-finogates.ts';
import { BigRocketkor } from './big-rocketkor.ts';
import { answerUpvest } from './big-upvest.ts';

const [finogatesRecords = 0, rocketkorRecords = 0] = process.argv.slice(2).map(Number);
const finogates = new BigFinogates(finogatesRecords);
const rocketkor = new BigRocketkor(rocketkorRecords);
const seen = { FINOGATES: 0, ROCKETKOR: 0, UPVEST: 0 };

const servers = {
  FINOGATES: new SandboxServer((call) => ((seen.FINOGATES += 1), finogates.answer(call))),
  ROCKETKOR: new SandboxServer((call) => ((seen.ROCKETKOR += 1), rocketkor.answer(call))),
  UPVEST: new SandboxServer((call) => ((seen.UPVEST += 1), answerUpvest(call))),
};
const settings: Record<string, string> = {};
for (const [source, server] of Object.entries(servers)) {
  settings[`${source}_URL`] = await server.start();
  settings[`${source}_TOKEN`] = 'token';
}
console.log(JSON.stringify(settings));
setInterval(() => console.log(JSON.stringify(seen)), 1000);
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
