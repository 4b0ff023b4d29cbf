import { once } from 'node:events';
import { connect } from 'node:net';
import { listenLocally, type RunningServer } from '../../../embedded/server.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let server: RunningServer;
let answered: Promise<number>;
beforeAll(async () => {
  house = await ApiHouse.open();
  let tell: (status: number) => void;
  const next = (): void => {
    answered = new Promise((resolve) => (tell = resolve));
  };
  next();
  // What nobody is there to hear.
  const fetch = async (request: Request): Promise<Response> => {
    const answer = await house.app.fetch(request);
    tell(answer.status);
    next();
    return answer;
  };
  server = await listenLocally({ fetch }, 0);
});
afterAll(async () => {
  await server.close();
  await house.close();
});

describe('a request whose sender breaks off amid it', () => {
  it.each([
    ['of a length that it announced', 'content-length: 50\r\n\r\n{"a":'],
    ['of no length', 'transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n'],
  ])('is none, and no defect: %s', async (_, rest) => {
    const told = answered;
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST /v1/webhooks/decisions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${rest}`);
    setTimeout(() => socket.destroy(), 200);
    expect(await told).toBe(400);
    expect(house.logged).toEqual([]);
  });
});
