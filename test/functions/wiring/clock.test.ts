import { functionClock } from '../../../functions/wiring/clock.ts';

describe('the clock of a function', () => {
  it('is the machine’s and cannot be set', async () => {
    const clock = functionClock(undefined);
    await clock.set();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  });

  it('is ahead as the cursor says where it can be set, from one invocation to the next', async () => {
    let ahead: string | undefined;
    const clock = functionClock({ get: async () => ahead, advance: () => Promise.resolve() });
    ahead = '86400000';
    await clock.set();
    expect(Math.round((clock.now() - Date.now()) / 1_000)).toBe(86_400);
    ahead = undefined;
    await clock.set();
    expect(Math.round((clock.now() - Date.now()) / 1_000)).toBe(0);
  });

  it('does not go by parts of a millisecond, by which nothing finds its place in a queue', async () => {
    const clock = functionClock({ get: async () => '86400000.25', advance: () => Promise.resolve() });
    await expect(clock.set()).rejects.toThrow('expected whole milliseconds, got 86400000.25');
  });
});
