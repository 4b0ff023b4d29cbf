import type { Notifier } from '../../../domain/ports/notifier.ts';
import { atFirstNeed, once, withheld } from '../../../functions/wiring/ports.ts';

const mail = { id: 'm', to: 'a@b.example', subject: '', text: '', attachments: [] };

describe('a port that a function is not given', () => {
  it('says so by name when it is touched, and is nothing to wait for', async () => {
    const notifier = withheld('notifier') as Notifier;
    expect(() => notifier.send(mail)).toThrow('notifier.send: this function is not given notifier');
    expect(await Promise.resolve(notifier)).toBe(notifier);
  });
});

describe('a port that is opened at first need', () => {
  it('is opened once, by whoever asks first, and keeps its own `this`', async () => {
    let opened = 0;
    class Counting implements Notifier {
      sent = 0;
      async send() {
        this.sent += 1;
        return { how: `message ${this.sent}` };
      }
      async forget() {
        this.sent = 0;
      }
    }
    const notifier = atFirstNeed<Notifier>(async () => {
      opened += 1;
      return new Counting();
    });
    expect(opened).toBe(0);
    expect(await Promise.all([notifier.send(mail), notifier.send(mail)])).toEqual([
      { how: 'message 1' },
      { how: 'message 2' },
    ]);
    expect(opened).toBe(1);
  });

  it('is opened again after it could not be', async () => {
    const answers = [Promise.reject(new Error('not yet')), Promise.resolve('there')];
    const asked = once(() => answers.shift() ?? Promise.reject(new Error('asked too often')));
    await expect(asked()).rejects.toThrow('not yet');
    expect([await asked(), await asked()]).toEqual(['there', 'there']);
  });
});
