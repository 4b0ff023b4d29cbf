import { NumberLine } from '../../adapters/number-line.ts';

const patience = { wait: 60, grace: 15, hold: 40 };
const line = (pipelined: boolean, last = 0): NumberLine => new NumberLine(last, { pipelined, patience });

describe('a line of numbers', () => {
  it('turns away who waits for a number that never comes, and hands the missing one out again', async () => {
    const numbers = line(true);
    expect([numbers.next(), numbers.next(), numbers.next()]).toEqual([1, 2, 3]);
    const [second, third] = [numbers.enter(2), numbers.enter(3)];
    expect(await Promise.all([second, third])).toEqual([false, false]);
    expect([numbers.next(), numbers.next(), numbers.next()]).toEqual([1, 2, 3]);
  });

  it('turns away sooner once the missing number was given back', async () => {
    const numbers = new NumberLine(0, { pipelined: true, patience: { wait: 10_000, grace: 5, hold: 10_000 } });
    numbers.next();
    numbers.next();
    const second = numbers.enter(2);
    numbers.release(1);
    expect(await second).toBe(false);
  });

  it('lets who waits go on when somebody else takes the number given back', async () => {
    const numbers = line(true);
    numbers.next();
    numbers.next();
    const second = numbers.enter(2);
    numbers.release(1);
    expect(numbers.next()).toBe(1);
    expect(numbers.enter(1)).toBe(true);
    expect(await second).toBe(true);
  });

  it('lets commits follow each other into a queue that keeps order', async () => {
    const numbers = line(true, 7);
    expect([numbers.next(), numbers.next(), numbers.next()]).toEqual([8, 9, 10]);
    const [tenth, ninth] = [numbers.enter(10), numbers.enter(9)];
    expect(numbers.enter(8)).toBe(true);
    expect(await Promise.all([ninth, tenth])).toEqual([true, true]);
  });

  it('lets a commit go only after its predecessor has committed, where nothing keeps order', async () => {
    const numbers = line(false);
    numbers.next();
    numbers.next();
    expect(numbers.enter(1)).toBe(true);
    const order: string[] = [];
    const second = Promise.resolve(numbers.enter(2)).then((may) => order.push(`second ${String(may)}`));
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push('first committed');
    numbers.committed(1);
    await second;
    expect(order).toEqual(['first committed', 'second true']);
  });

  it('begins again from what the store says after a refusal', () => {
    const numbers = line(true, 3);
    expect(numbers.next()).toBe(4);
    expect(numbers.enter(4)).toBe(true);
    numbers.refused(4, 9);
    expect(numbers.next()).toBe(10);
  });

  it('hands a number out again that its holder has forgotten', async () => {
    const numbers = line(true);
    expect(numbers.next()).toBe(1);
    expect(numbers.next()).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(numbers.next()).toBe(1);
  });

  it('is idle only while nobody holds, waits or commits, and then takes what others took', () => {
    const numbers = line(false);
    expect(numbers.idle).toBe(true);
    numbers.see(5);
    expect(numbers.next()).toBe(6);
    expect(numbers.idle).toBe(false);
    expect(numbers.enter(6)).toBe(true);
    expect(numbers.idle).toBe(false);
    numbers.committed(6);
    expect(numbers.idle).toBe(true);
  });
});
