import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadlineCommand } from '../../cli/commands/deadline.ts';

const procedure = (clock: string) => `
procedure: library-card
version: 1.0.0
title: { vi: Cấp thẻ thư viện, en: Library card }
legalBasis: Decision 12/2026
effective: { from: 2026-07-01, announced: Decision 12/2026 }
online: full
keep: { years: 5, then: destroy, legalBasis: Circular 10/2022 }
competence: { receive: commune, decide: { unit: library } }
parties: { applicant: form.applicant }
form: { type: object, properties: { applicant: { type: object } } }
clock: ${clock}
stages:
  receive: { kind: receive, by: reception, then: { accepted: check, refused: done } }
  check: { kind: verify, by: librarian, then: { valid: done, invalid: done } }
  done: { kind: notify, result: granted }
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deadline-'));
  writeFileSync(join(folder, 'card.yaml'), procedure('{ limit: { workingDays: 3 }, cutOff: "15:00" }'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await deadlineCommand.run(args, {
    stdout: (text) => void out.push(text),
    stderr: (text) => void err.push(text),
    env: {},
    cwd: folder,
    isTty: false,
  });
  return { code, out: out.join(''), err: err.join('') };
}

const received = ['--received', '2026-11-23T10:00+07:00'];

describe('a limit by case', () => {
  const cases =
    '{ limit: [{ when: form.urgent, is: { workingDays: 1 }, legalBasis: art. 2 }, { is: { workingDays: 3 } }] }';
  const facts = 'facts: { many: form.copies > 9 }\n';
  const withFacts = procedure('{ limit: [{ when: facts.many, is: { workingDays: 5 } }, { is: { workingDays: 3 } }] }');
  const form = (value: unknown) => {
    writeFileSync(join(folder, 'form.json'), JSON.stringify(value));
    return ['--form', 'form.json'];
  };

  it.each([
    [true, '2026-11-25'],
    [false, '2026-11-27'],
  ])('is that of the form (urgent: %s)', async (urgent, due) => {
    writeFileSync(join(folder, 'card.yaml'), procedure(cases));
    const { code, out } = await run('card.yaml', ...received, ...form({ urgent }), '--json');
    expect(code).toBe(0);
    const { due: found, steps } = JSON.parse(out) as { due: string; steps: object[] };
    expect(found).toBe(due);
    expect(JSON.stringify(steps).includes('art. 2')).toBe(urgent);
  });

  it('may depend on facts, which are computed from the form', async () => {
    writeFileSync(join(folder, 'card.yaml'), withFacts.replace('clock:', `${facts}clock:`));
    const { out } = await run('card.yaml', ...received, ...form({ copies: 10 }), '--json');
    expect(out).toContain('"due": "2026-12-01"');
  });

  it('is refused where the form does not say, is none, or is not there', async () => {
    writeFileSync(join(folder, 'card.yaml'), procedure(cases));
    expect(await run('card.yaml', ...received, ...form({}))).toMatchObject({
      code: 1,
      err: expect.stringContaining('form.urgent') as string,
    });
    expect(await run('card.yaml', ...received, ...form([]))).toMatchObject({ code: 1 });
    writeFileSync(join(folder, 'form.json'), 'nonsense');
    expect(await run('card.yaml', ...received, '--form', 'form.json')).toMatchObject({ code: 1 });
    expect(await run('card.yaml', ...received, '--form', 'none.json')).toMatchObject({ code: 2 });
  });
});

describe('refuses with exit 1', () => {
  it('a reception that the calendar does not cover, with the refusal as JSON', async () => {
    const { code, out, err } = await run('card.yaml', '--received', '2031-01-06T10:00', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ refusal: { code: 'calendar-out-of-range', date: '2031-01-06' } });
    expect(err).toContain('vn@1.0.0');
  });

  it.each([
    [
      'a limit that depends on the dossier',
      '{ limit: [{ when: form.x, is: { workingDays: 1 } }, { is: { workingDays: 3 } }] }',
      'cases',
    ],
    [
      'a procedure with a fault, naming file, line and column',
      '{ limit: { workingDays: 3 }, cutOf: "15:00" }',
      'bad.yaml:12:',
    ],
  ])('%s', async (_, clock, message) => {
    writeFileSync(join(folder, 'bad.yaml'), procedure(clock));
    const { code, err } = await run('bad.yaml', ...received);
    expect([code, err]).toEqual([1, expect.stringContaining(message)]);
  });

  it('events that contradict each other, and a file that does not list events', async () => {
    writeFileSync(join(folder, 'e.json'), JSON.stringify([{ at: '2026-11-24T03:00:00Z', kind: 'resume', cause: 'x' }]));
    expect(await run('card.yaml', ...received, '--events', 'e.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('clock-out-of-order') as string,
    });
    writeFileSync(join(folder, 'e.json'), '[{ "at": "yesterday" }]');
    expect(await run('card.yaml', ...received, '--events', 'e.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('0.at') as string,
    });
    writeFileSync(join(folder, 'e.json'), 'at: yesterday');
    expect((await run('card.yaml', ...received, '--events', 'e.json')).code).toBe(1);
  });

  it('a calendar that is none', async () => {
    const { code, err } = await run('card.yaml', ...received, '--calendar', 'card.yaml');
    expect([code, err]).toEqual([1, expect.stringContaining('timeZone')]);
  });
});

describe('answers wrong usage with exit 2', () => {
  it.each([
    ['no procedure', []],
    ['no reception', ['card.yaml']],
    ['two procedures', ['card.yaml', 'card.yaml', ...received]],
    ['an option that it does not know', ['card.yaml', ...received, '--fast']],
    ['a reception that is no instant', ['card.yaml', '--received', 'Monday']],
    ['a language that it does not speak', ['card.yaml', ...received, '--language', 'fr']],
    ['a file that is not there', ['absent.yaml', ...received]],
  ])('%s', async (_, args) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
  });
});

describe('T-11 from the command line', () => {
  it('prints due date, instant and steps as JSON', async () => {
    const { code, out, err } = await run('card.yaml', ...received, '--json');
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ due: '2026-11-27', dueAt: '2026-11-27T10:00:00Z', provisional: false });
    const late = await run('card.yaml', '--received', '2026-11-23T15:01+07:00', '--json');
    expect(JSON.parse(late.out)).toMatchObject({ due: '2026-11-30', dueAt: '2026-11-30T10:00:00Z' });
  });

  it('tells the derivation, in English and in Vietnamese', async () => {
    expect((await run('card.yaml', ...received)).out).toContain('Due on Fri 27 Nov 2026 at 17:00');
    expect((await run('card.yaml', ...received, '--language', 'vi')).out).toContain('17:00 Thứ Sáu 27/11/2026');
  });

  it('has no date while the events leave the clock stopped', async () => {
    const events = [{ at: '2026-11-25T10:00:00+07:00', kind: 'stop', cause: 'complete' }];
    writeFileSync(join(folder, 'e.json'), JSON.stringify(events));
    const { code, out } = await run('card.yaml', ...received, '--events', 'e.json', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ due: null, dueAt: null, state: 'stopped', left: { amount: 2 } });
  });
});
