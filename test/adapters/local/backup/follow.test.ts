import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Backup, generationsOf } from '../../../../adapters/local/backup/backup.ts';
import { epochOf, keptLogPath, keptLogs } from '../../../../adapters/local/backup/kept-log.ts';
import { restore } from '../../../../adapters/local/backup/restore.ts';
import { withDigest } from '../../../../adapters/local/file-digest.ts';
import { House, KEPT, rowsOf, stateOf } from './house.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'onetrack-backup-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('whatever happens to server and follower, each line of the copy restores what the database held then', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('write' as const), bytes: fc.integer({ min: 1, max: 30_000 }) }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('round' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'kill' as const, 'follower' as const) }),
    },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const house = new House(root, `run-${(run += 1)}`);
      house.start();
      house.follow();
      await house.round();
      for (const each of steps)
        switch (each.do) {
          case 'write':
            await house.write(each.bytes);
            break;
          case 'round':
            await house.round();
            break;
          case 'restart':
            await house.database.close();
            house.start();
            break;
          case 'kill':
            house.killed();
            house.start();
            house.follow();
            break;
          case 'follower':
            house.follow();
        }
      await house.round();
      expect(await house.restored()).toBe(stateOf(house.database));
      expect(generationsOf(house.copy)).toHaveLength(1);
      for (const [at, state] of [...house.states].slice(-8)) expect(await house.restored(at)).toBe(state);
      await house.database.close();
      rmSync(join(root, `run-${run}`), { recursive: true });
    }),
    { numRuns: Number(process.env['ONETRACK_CASES'] ?? 40) },
  );
}, 120_000);

describe('one arrow at a time', () => {
  let house: House;
  beforeEach(async () => {
    house = new House(root, 'house');
    house.start();
    await house.write(100);
    house.follow();
    await house.round();
  });
  afterEach(() => house.database.close());

  const logs = () => join(house.data, 'log');
  const epoch = () => epochOf(logs()) ?? '';
  const writeMuch = async (): Promise<void> => {
    for (let times = 0; times < 10; times += 1) await house.write(20_000);
  };
  const generation = () => generationsOf(house.copy).at(-1) ?? '';

  test('a server that dies after a log was put aside and before it was emptied goes on with the same log', async () => {
    await house.write(10_000);
    copyFileSync(join(house.data, 'onetrack.db-wal'), keptLogPath(logs(), epoch(), 1));
    house.killed();
    house.start();
    house.follow();
    await house.write(10_000);
    await house.round();
    await writeMuch();
    expect(await house.round()).toBeUndefined();
    expect(keptLogs(logs(), epoch()).length).toBeGreaterThan(2);
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('a log that another program reads is not emptied: it grows on, and nothing is lost', async () => {
    const reader = new DatabaseSync(join(house.data, 'onetrack.db'), { readOnly: true });
    reader.exec('BEGIN');
    rowsOf(reader);
    await writeMuch();
    expect(statSync(join(house.data, 'onetrack.db-wal')).size).toBeGreaterThan(200_000);
    await house.round();
    reader.close();
    await writeMuch();
    await writeMuch();
    expect(await house.round()).toBeUndefined();
    expect(statSync(join(house.data, 'onetrack.db-wal')).size).toBeLessThan(200_000);
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('a log that cannot be put aside is told and grows on; it is put aside later', async () => {
    const told: unknown[] = [];
    await house.database.close();
    house.start({ ...KEPT, onFailure: (error) => told.push(error) });
    const folder = join(logs(), epoch());
    const next = `${keptLogPath(logs(), epoch(), (keptLogs(logs(), epoch()).at(-1) ?? 0) + 1)}.part`;
    mkdirSync(next);
    await writeMuch();
    expect(told.length).toBeGreaterThan(0);
    rmSync(next, { recursive: true });
    await writeMuch();
    await writeMuch();
    expect(readdirSync(folder).length).toBeGreaterThan(1);
    expect(await house.round()).toBeUndefined();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('a last log that cannot be put aside stops no server from closing: the next start is a new history', async () => {
    const told: unknown[] = [];
    await house.database.close();
    house.start({ ...KEPT, onFailure: (error) => told.push(error) });
    const last = keptLogs(logs(), epoch()).at(-1) ?? 0;
    mkdirSync(`${keptLogPath(logs(), epoch(), last + 1)}.part`);
    await house.write(100);
    await house.database.close();
    expect(told).toHaveLength(1);
    house.start();
    await house.write(100);
    expect(await house.round()).toMatch('without keeping its log');
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('frames that were never committed, or are half there, do not count', async () => {
    await house.write(5_000);
    house.killed();
    const log = join(house.data, 'onetrack.db-wal');
    const frame = readFileSync(log).subarray(32, 32 + 24 + 4096);
    appendFileSync(log, frame);
    house.follow();
    await house.round();
    expect(await house.restored()).toBe(stateOf(house.database));
    truncateSync(log, statSync(log).size - 1_000);
    await house.round();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('bytes without a line do not count, and a follower goes on behind them', async () => {
    const before = stateOf(house.database);
    const times = join(generation(), 'times.jsonl');
    const lines = readFileSync(times);
    await house.write(9_000);
    await house.round();
    writeFileSync(times, Buffer.concat([lines, Buffer.from('{"at":"20')]));
    expect(await house.restored()).toBe(before);
    writeFileSync(times, lines);
    house.follow();
    await house.write(9_000);
    expect(await house.round()).toBeUndefined();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('a copy that is full is told, and goes on from what was written', async () => {
    const segment = join(generation(), 'log', '00000001.wal');
    renameSync(segment, `${segment}.kept`);
    symlinkSync('/dev/full', segment);
    await house.write(9_000);
    await expect(house.round()).rejects.toThrow('ENOSPC');
    rmSync(segment);
    renameSync(`${segment}.kept`, segment);
    await house.write(9_000);
    expect(await house.round()).toBeUndefined();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('bytes whose documents could not be copied count as soon as these are', async () => {
    const documents = join(house.data, 'documents', 'documents', 'ab');
    mkdirSync(documents);
    writeFileSync(join(documents, 'one'), withDigest(Buffer.from('first')));
    writeFileSync(join(house.copy, 'documents', 'ab'), 'in the way');
    await house.write(9_000);
    await expect(house.round()).rejects.toThrow('ENOTDIR');
    rmSync(join(house.copy, 'documents', 'ab'));
    await house.round();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('a server that lost what had not been synced, and went on from there, is another history', async () => {
    const log = join(house.data, 'onetrack.db-wal');
    await house.write(100);
    const [before, length] = [readFileSync(log), statSync(log).size];
    await house.write(100);
    await house.round();
    house.killed();
    writeFileSync(join(house.data, 'onetrack.db-wal'), before);
    expect(statSync(join(house.data, 'onetrack.db-wal')).size).toBe(length);
    house.start();
    await house.write(200);
    house.follow();
    expect(await house.round()).toMatch('gone back to an earlier state');
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('what another program did to the closed database is another history', async () => {
    await house.database.close();
    const other = new DatabaseSync(join(house.data, 'onetrack.db'));
    other.exec('DELETE FROM t; VACUUM');
    other.close();
    house.start();
    await house.write(100);
    expect(await house.round()).toMatch('without keeping its log');
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test.each([
    ['its header', 10],
    ['a frame', 32 + 24 + 200],
  ])('a log put aside that is damaged in %s is not passed over', async (_, at) => {
    await writeMuch();
    const path = keptLogPath(logs(), epoch(), keptLogs(logs(), epoch()).at(-1) ?? 0);
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await house.write(100);
    expect(await house.round()).toMatch(/damaged/);
    expect(generationsOf(house.copy)).toHaveLength(2);
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('logs whose hours are over go when the server starts, also if none can be put aside', async () => {
    await writeMuch();
    await writeMuch();
    const numbers = keptLogs(logs(), epoch());
    expect(numbers.length).toBeGreaterThan(2);
    for (const number of numbers) utimesSync(keptLogPath(logs(), epoch(), number), 0, 0);
    house.killed();
    house.start();
    expect(keptLogs(logs(), epoch())).toEqual(numbers.slice(-1));
  });

  test('keys are copied whole or not at all, and their loss stops nothing else', async () => {
    const keys = join(root, 'keys');
    mkdirSync(join(house.data, 'ca'));
    mkdirSync(join(house.data, 'keys'));
    writeFileSync(join(house.data, 'ca', 'ca.key.pem'), 'authority');
    writeFileSync(join(house.data, 'keys', 'master.key'), 'master');
    house.backup = Backup.open({ data: house.data, to: house.copy, keysTo: keys, now: () => house.seconds * 1000 });
    await house.round();
    expect(readdirSync(keys)).toEqual(['00000001']);
    writeFileSync(join(house.data, 'keys', 'another.key'), 'another');
    house.seconds += 60;
    await house.round();
    expect(readdirSync(keys)).toEqual(['00000001', '00000002']);
    rmSync(join(house.data, 'ca'), { recursive: true });
    house.seconds += 60;
    await house.write(100);
    await expect(house.round()).rejects.toThrow('the copies of the keys stay as they are');
    expect(readdirSync(keys)).toEqual(['00000001', '00000002']);
    expect(await house.restored()).toBe(stateOf(house.database));
    const target = join(root, 'with-keys');
    await restore({ from: house.copy, data: target, keys: join(keys, '00000001') });
    expect(readdirSync(join(target, 'keys'))).toEqual(['master.key']);
  });

  test('a clock that is put back changes no order', async () => {
    house.seconds = -1_000;
    house.killed();
    rmSync(join(house.data, 'log'), { recursive: true });
    house.start();
    await house.write(9_000);
    expect(await house.round()).toBeUndefined();
    house.follow();
    expect(await house.round()).toMatch('without keeping its log');
    expect(await house.restored()).toBe(stateOf(house.database));
    house.follow();
    await house.write(9_000);
    expect(await house.round()).toBeUndefined();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test.each([
    [
      'the log it needs has gone',
      async () => {
        await writeMuch();
        const numbers = keptLogs(logs(), epoch());
        for (const number of numbers) utimesSync(keptLogPath(logs(), epoch(), number), 0, 0);
        await writeMuch();
      },
    ],
    [
      'the server ran without keeping its log',
      async () => {
        await house.database.close();
        house.start(null);
        await house.write(1_000);
        await house.database.close();
        house.start();
      },
    ],
  ])('%s: a new generation is begun, and the old one can still be restored', async (_, happens) => {
    const before = stateOf(house.database);
    const at = [...house.states.keys()].at(-1);
    await happens();
    await house.write(100);
    expect(await house.round()).toMatch(/has gone before it was taken|without keeping its log/);
    expect(generationsOf(house.copy)).toHaveLength(2);
    expect(await house.restored()).toBe(stateOf(house.database));
    expect(await house.restored(at)).toBe(before);
  });

  test('what destroys the data does not reach the copy', async () => {
    await house.write(3_000);
    await house.round();
    const state = stateOf(house.database);
    house.killed();
    for (const entry of readdirSync(house.data, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        writeFileSync(path, randomBytes(statSync(path).size));
      }
    house.follow();
    for (let times = 0; times < 3; times += 1)
      await expect(house.round()).rejects.toThrow('expected an SQLite database');
    expect(generationsOf(house.copy)).toHaveLength(1);
    expect(await house.restored()).toBe(state);
    rmSync(house.data, { recursive: true });
    await expect(house.round()).rejects.toThrow('expected a log that is kept');
    expect(await house.restored()).toBe(state);
  });

  test('a copy that has rotted is refused, by file and place, and nothing is left behind', async () => {
    await house.write(9_000);
    await house.round();
    const path = join(generation(), 'log', '00000001.wal');
    const bytes = readFileSync(path);
    bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const target = join(root, 'target');
    await expect(restore({ from: house.copy, data: target })).rejects.toThrow(
      /00000001\.wal, byte \d+: the checksum does not hold/,
    );
    expect(readdirSync(target)).toEqual([]);
  });

  test('documents are there before the line that needs them, once, and stay', async () => {
    const shard = join(house.data, 'documents', 'documents', 'ab');
    const [first, second] = ['first', 'second'].map((text) => withDigest(Buffer.from(text)));
    mkdirSync(shard);
    writeFileSync(join(shard, 'one'), first ?? '');
    await house.round();
    const copied = join(house.copy, 'documents', 'ab', 'one');
    expect(readFileSync(copied)).toEqual(first);
    writeFileSync(join(shard, 'one'), 'encrypted');
    writeFileSync(join(shard, 'two'), second ?? '');
    await house.round();
    rmSync(join(shard, 'one'));
    await house.round();
    expect(readFileSync(copied)).toEqual(first);
    expect(readdirSync(join(house.copy, 'documents', 'ab')).sort()).toEqual(['one', 'two']);
    const target = join(root, 'target');
    await restore({ from: house.copy, data: target });
    expect(readFileSync(join(target, 'documents', 'documents', 'ab', 'one'))).toEqual(first);
  });

  test('a document that is destroyed before it was copied: what names it does not count', async () => {
    const shard = join(house.data, 'documents', 'documents', 'ab');
    const before = stateOf(house.database);
    mkdirSync(shard);
    writeFileSync(join(shard, 'one'), randomBytes(50_000));
    await house.write(9_000);
    await expect(house.round()).rejects.toThrow('one: expected the document that was written there');
    expect(readdirSync(join(house.copy, 'documents', 'ab'))).toEqual([]);
    expect(await house.restored()).toBe(before);
    rmSync(join(shard, 'one'));
    await house.round();
    expect(await house.restored()).toBe(stateOf(house.database));
  });

  test('a document of an earlier release, without a digest, is copied as it is', async () => {
    const shard = join(house.data, 'documents', 'documents', 'ab');
    mkdirSync(shard);
    writeFileSync(join(shard, 'old'), 'old');
    utimesSync(join(shard, 'old'), 0, 0);
    await house.round();
    expect(readFileSync(join(house.copy, 'documents', 'ab', 'old'), 'utf8')).toBe('old');
  });

  test('nothing is restored over what is there, from nothing, or of a time before', async () => {
    await expect(restore({ from: house.copy, data: house.data })).rejects.toThrow('expected an empty folder');
    await expect(restore({ from: join(root, 'nowhere'), data: join(root, 'target') })).rejects.toThrow(
      'expected a copy that backup has written',
    );
    await expect(restore({ from: house.copy, data: join(root, 'target'), at: '1969-01-01T00:00:00Z' })).rejects.toThrow(
      'expected an instant from 1970-01-01T00:00:01.000Z on',
    );
    expect(existsSync(join(root, 'target'))).toBe(false);
  });
});
