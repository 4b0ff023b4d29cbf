import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchRevocationLists } from '../../../adapters/evidence/revocation-lists.ts';
import { TaskRetryable } from '../../../domain/failures.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(({ url: path }, response) => {
    response.writeHead(path === '/gone.crl' ? 404 : 200).end(Buffer.from(path ?? ''));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((closed) => server.close(closed)));

describe('revocation lists', () => {
  it('are asked for again later when one cannot be had: evidence without it would be less than it seems', async () => {
    await expect(fetchRevocationLists([`${url}/ca.crl`, `${url}/gone.crl`])).rejects.toThrow(
      new TaskRetryable(`revocation list ${url}/gone.crl: expected status 200, got 404`),
    );
    await expect(fetchRevocationLists(['http://127.0.0.1:1/ca.crl'])).rejects.toThrow(TaskRetryable);
  });

  it('come as they are published, in the order of their addresses', async () => {
    const lists = await fetchRevocationLists([`${url}/a.crl`, `${url}/b.crl`]);
    expect(lists.map((list) => Buffer.from(list).toString())).toEqual(['/a.crl', '/b.crl']);
  });
});
