import { once } from 'node:events';
import { createServer } from 'node:http';

import { runGateway } from '../start.ts';

/** Runs the start command's own code over a gateway that only listens, or fails the way its argument says. */
await runGateway(async ({ host, port }) => {
  const how = process.argv[2];
  if (how === 'hang') {
    process.stdout.write('starting\n');
    setInterval(() => {}, 1000);
    await new Promise(() => {});
  }
  if (how === 'break') throw new RangeError('token secret7');
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${port}/graphql`,
    close: async () => {
      process.stdout.write('closed\n');
      if (how === 'break-at-end') throw new Error('secret7');
      server.close();
    },
  };
});
