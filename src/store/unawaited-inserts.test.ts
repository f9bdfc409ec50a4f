import { CompiledQuery, type DatabaseConnection, type Driver } from 'kysely';
import { expect, test } from 'vitest';

import { leaveUnawaited, withUnawaitedInserts } from './unawaited-inserts.ts';

const INSERT = CompiledQuery.raw('insert of this test');
const READ = CompiledQuery.raw('read of this test');
leaveUnawaited(INSERT.sql);

/** A connection whose statements end when they are told to. */
function slowDriver() {
  const sent: { sql: string; end: () => void; fail: (error: Error) => void }[] = [];
  const connection: DatabaseConnection = {
    async executeQuery({ sql }) {
      await new Promise<void>((resolve, reject) => sent.push({ sql, end: resolve, fail: reject }));
      return { rows: [] };
    },
    streamQuery: () => {
      throw new Error('not here');
    },
  };
  const ended: string[] = [];
  const note = (name: string) => () => Promise.resolve(void ended.push(name));
  const driver: Driver = {
    init: note('init'),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: note('begin'),
    commitTransaction: note('commit'),
    rollbackTransaction: note('rollback'),
    releaseConnection: note('release'),
    destroy: note('destroy'),
  };
  return { driver, sent, ended };
}

async function open(isQueue: boolean) {
  const { driver, sent, ended } = slowDriver();
  const unawaited = withUnawaitedInserts(driver, { isQueue });
  return { driver: unawaited, connection: await unawaited.acquireConnection(), sent, ended };
}

test('an insert is sent and not waited for, and what is read next is', async () => {
  const { connection, sent } = await open(true);
  await connection.executeQuery(INSERT);
  await connection.executeQuery(INSERT);
  const reading = connection.executeQuery(READ);
  expect(sent.map(({ sql }) => sql)).toEqual([INSERT.sql, INSERT.sql, READ.sql]);
  for (const { end } of sent) end();
  await expect(reading).resolves.toEqual({ rows: [] });
});

test('a connection that takes one statement at a time is sent the next when the last has ended', async () => {
  const { connection, sent } = await open(false);
  await connection.executeQuery(INSERT);
  const reading = connection.executeQuery(READ);
  await Promise.resolve();
  expect(sent.map(({ sql }) => sql)).toEqual([INSERT.sql]);
  sent[0]?.end();
  await expect.poll(() => sent.length).toBe(2);
  sent[1]?.end();
  await reading;
});

test('an insert that fails fails what is waited for next, though that fails for its sake too', async () => {
  const { connection, sent } = await open(true);
  await connection.executeQuery(INSERT);
  const reading = connection.executeQuery(READ);
  sent[0]?.fail(new Error('the cause'));
  sent[1]?.fail(new Error('for its sake'));
  await expect(reading).rejects.toThrow('the cause');
});

test('an insert that fails keeps its transaction from being committed', async () => {
  const { driver, connection, sent, ended } = await open(true);
  await connection.executeQuery(INSERT);
  const committing = driver.commitTransaction(connection);
  sent[0]?.fail(new Error('the cause'));
  await expect(committing).rejects.toThrow('the cause');
  expect(ended).not.toContain('commit');
});

test('a transaction that is rolled back leaves nothing to the next one of its connection', async () => {
  const { driver, connection, sent, ended } = await open(true);
  await connection.executeQuery(INSERT);
  const rollingBack = driver.rollbackTransaction(connection);
  sent[0]?.fail(new Error('the cause'));
  await rollingBack;
  await driver.commitTransaction(connection);
  expect(ended).toEqual(['rollback', 'commit']);
});
