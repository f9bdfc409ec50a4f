import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One address for several servers: each connection goes to the next of them, and knows nothing of HTTP. */
export interface TcpBalancer extends AsyncDisposable {
  readonly port: number;
}

/** @param portsOf the servers' ports as they are now; one that refuses a connection is passed over */
export async function startTcpBalancer(portsOf: () => readonly number[]): Promise<TcpBalancer> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    const ports = portsOf();
    turn += 1;
    tryNext(
      client,
      ports.map((_, at) => ports[(turn + at) % ports.length] ?? 0),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function tryNext(client: Socket, [port, ...more]: readonly number[]): void {
  if (port === undefined || client.destroyed) {
    client.destroy();
    return;
  }
  const server = connect(port, '127.0.0.1');
  const goOn = () => tryNext(client, more);
  server.once('error', goOn);
  server.once('connect', () => {
    server.off('error', goOn);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    if (client.destroyed) server.destroy();
  });
}
