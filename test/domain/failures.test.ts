import { DossierGone, RecordsDisagree, TaskRetryable, TaskTerminal, tellableOf } from '../../domain/failures.ts';

describe('what is told of a failure', () => {
  it.each([new TaskRetryable('the signer does not answer'), new TaskTerminal('no template'), new DossierGone('gone')])(
    'is the message, where it is ours: %s',
    (error) => {
      expect(tellableOf(error)).toEqual({ name: error.name, message: error.message });
    },
  );

  it('is name and place of a defect, whose message may quote what it touched', () => {
    const { name, message } = tellableOf(new RangeError('cannot parse Ngọc\n    at second line'));
    expect(name).toBe('RangeError');
    expect(message).toMatch(/^at failures\.test\.ts:\d+:\d+$/);
  });

  it('is the code too, by which an operator knows a full disk, and no other word in its place', () => {
    const coded = (code: string) => tellableOf(Object.assign(new Error('no space left for Ngọc'), { code })).message;
    expect(coded('ENOSPC')).toMatch(/^ENOSPC at failures\.test\.ts:\d+:\d+$/);
    expect(coded('Trần Thị Ngọc')).toMatch(/^at failures\.test\.ts:\d+:\d+$/);
  });

  it('is of SQLite also its number, of a failed call what caused it, of several sockets their code', () => {
    const full = Object.assign(new Error('Ngọc'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    expect(tellableOf(full).message).toMatch(/^ERR_SQLITE_ERROR 13 at failures\.test\.ts/);
    const called = new TypeError('fetch failed', { cause: Object.assign(new Error('Ngọc'), { code: 'ECONNREFUSED' }) });
    expect(tellableOf(called).message).toMatch(/^ECONNREFUSED at failures\.test\.ts/);
    const sockets = Object.assign(new AggregateError([], ''), { code: 'ETIMEDOUT' });
    expect(tellableOf(sockets).message).toMatch(/^ETIMEDOUT at failures\.test\.ts/);
  });

  it('is the message of what names identifiers alone', () => {
    expect(tellableOf(new RecordsDisagree('registry: unit thu-lam is missing')).message).toBe(
      'registry: unit thu-lam is missing',
    );
  });

  it('is nothing but the kind of what is no error', () => {
    expect(tellableOf('Ngọc')).toEqual({ name: 'Error', message: 'a string was thrown' });
  });
});
