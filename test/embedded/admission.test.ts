import { setTimeout as pause } from 'node:timers/promises';
import { admission, LoopDelay } from '../../embedded/admission.ts';
import { ApiHouse } from '../builders/api-house.ts';

describe('which requests are taken on', () => {
  const verdict = (delayMs: number, method: string, path: string) =>
    admission(
      () => delayMs,
      () => 0.5,
    )(method, path)?.status ?? 'taken on';

  test.each([
    [0, 'POST', '/v1/dossiers', 'taken on'],
    [40, 'POST', '/v1/dossiers', 'taken on'],
    [41, 'POST', '/v1/dossiers', 503],
    [41, 'POST', '/v1/uploads', 503],
    [41, 'GET', '/v1/dossiers', 'taken on'],
    [41, 'POST', '/v1/dossiers/d1/supplements', 'taken on'],
    [41, 'POST', '/v1/webhooks/decisions', 'taken on'],
    [151, 'POST', '/v1/webhooks/decisions', 503],
    [151, 'GET', '/v1/dossiers', 503],
    [10_000, 'GET', '/v1/health', 'taken on'],
  ])('%d ms behind: %s %s is %s', (delayMs, method, path, expected) => {
    expect(verdict(delayMs, method, path)).toBe(expected);
  });

  test('who is sent away is told so, and when to come back', async () => {
    const seen = [0, 0.5, 0.999].map((random) =>
      admission(
        () => 1_000,
        () => random,
      )('POST', '/v1/dossiers'),
    );
    expect(seen.map((answer) => answer?.headers.get('retry-after'))).toEqual(['1', '3', '5']);
    expect(await seen[1]?.json()).toMatchObject({
      type: 'urn:onetrack:problem:try-again',
      status: 503,
      detail: expect.stringContaining('has done nothing: try again in 3 s') as string,
    });
  });
});

test('what is sent away is not read, and leaves nothing behind', async () => {
  let delay = 1_000;
  const house = await ApiHouse.open();
  house.admit = admission(
    () => delay,
    () => 0,
  );
  try {
    const token = await house.applicant();
    const request = { token, body: '{"neither": ' };
    expect((await house.send('POST', '/dossiers', request)).status).toBe(503);
    delay = 0;
    expect((await house.send('POST', '/dossiers', request)).status).toBe(400);
  } finally {
    await house.close();
  }
});

describe('the delay of a loop', () => {
  test('a loop that has nothing to do, or one long piece of work, is not behind', async () => {
    const loop = new LoopDelay();
    await pause(600);
    const until = performance.now() + 300;
    while (performance.now() < until);
    await pause(50);
    expect(loop.now()).toBe(0);
    loop.stop();
  });

  test.each([
    ['each turn is long', 0],
    ['between long turns it takes short ones', 5],
  ])(
    'a loop that has more to do than it can is: %s',
    async (_, shortOnes) => {
      const loop = new LoopDelay(() => performance.now());
      let over = false;
      let turns = 0;
      const work = (): void => {
        const until = performance.now() + (turns++ % (shortOnes + 1) === 0 ? 90 : 3);
        while (performance.now() < until);
        if (!over) setImmediate(work);
      };
      work();
      const end = Date.now() + 20_000;
      while (loop.now() < 40 && Date.now() < end) await pause(10);
      expect(loop.now()).toBeGreaterThanOrEqual(40);
      over = true;
      while (loop.now() > 0 && Date.now() < end) await pause(10);
      expect(loop.now()).toBe(0);
      loop.stop();
    },
    30_000,
  );

  test('a loop that others keep from a processor counts a tenth', async () => {
    const [whole, starved] = [new LoopDelay(() => performance.now()), new LoopDelay(() => performance.now() / 2)];
    const end = Date.now() + 20_000;
    while (whole.now() < 40 && Date.now() < end) {
      const until = performance.now() + 90;
      while (performance.now() < until);
      await pause(1);
    }
    expect(whole.now()).toBeGreaterThanOrEqual(40);
    expect(starved.now()).toBeGreaterThan(0);
    expect(starved.now()).toBeLessThan(whole.now() / 2);
    whole.stop();
    starved.stop();
  }, 30_000);
});
