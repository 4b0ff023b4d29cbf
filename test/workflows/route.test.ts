import type { Procedure } from '../../schemas/procedure.ts';
import type { ConditionEvaluation } from '../../workflows/expressions/evaluate.ts';
import { enter, firstStage, route } from '../../workflows/route.ts';
import type { RouteFacts } from '../../workflows/route.ts';
import { procedureWith } from './procedure-with.ts';

const procedure: Procedure = procedureWith({
  receive: { kind: 'receive', by: 'reception', then: { accepted: 'check', incomplete: 'complete' } },
  complete: {
    kind: 'ask',
    of: 'owner',
    for: 'supplement',
    times: { max: 1, else: 'done' },
    then: { answered: 'back', expired: 'done' },
  },
  once: { kind: 'ask', of: 'owner', for: 'consent', times: 1, then: { answered: 'back', expired: 'done' } },
  check: {
    kind: 'verify',
    by: 'officer',
    when: 'facts.check',
    then: { valid: 'choose', incomplete: 'complete', invalid: 'once' },
  },
  choose: {
    kind: 'decide',
    choose: [{ when: 'facts.a', go: 'pay' }, { when: 'facts.b', go: 'skipped' }, { go: 'done' }],
  },
  pay: { kind: 'pay', of: 'owner', fees: ['fee'], then: { paid: 'done', expired: 'done' } },
  skipped: {
    kind: 'ask',
    of: 'owner',
    for: 'hearing',
    when: 'facts.hear',
    then: { answered: 'back', expired: 'done' },
  },
  done: { kind: 'notify', result: 'granted' },
});

function facts(
  values: Record<string, boolean | undefined>,
  visits: Record<string, number> = {},
  from: Record<string, string> = {},
  isPrecluded = false,
): RouteFacts {
  return {
    enteredFrom: (stage) => from[stage],
    visits: (stage) => visits[stage] ?? 0,
    precluded: () => Promise.resolve(isPrecluded),
    condition: (expression) => {
      const value = values[expression];
      const evaluated = { expression, inputs: [], steps: 1 };
      const result: ConditionEvaluation =
        value === undefined ? { kind: 'nothing', ...evaluated } : { kind: 'value', value, ...evaluated };
      return Promise.resolve(result);
    },
  };
}

describe('the route', () => {
  it('refuses an outcome that the stage does not offer', async () => {
    const result = await route(procedure, { stage: 'receive', outcome: 'refused' }, facts({}));
    expect(result).toEqual({ kind: 'refused', code: 'outcome-not-offered', stage: 'receive' });
  });

  it('refuses to enter a stage more often than it may be entered', async () => {
    const result = await route(procedure, { stage: 'check', outcome: 'invalid' }, facts({}, { once: 1 }));
    expect(result).toEqual({ kind: 'refused', code: 'entered-too-often', stage: 'once' });
  });

  it('parks the dossier where a condition gives nothing', async () => {
    const result = await route(procedure, { stage: 'receive', outcome: 'accepted' }, facts({}));
    expect(result).toMatchObject({ kind: 'park', stage: 'check', condition: { kind: 'nothing' } });
  });

  it('parks a dossier that goes back to nowhere', async () => {
    const result = await route(procedure, { stage: 'complete', outcome: 'answered' }, facts({}));
    expect(result).toMatchObject({ kind: 'park', stage: 'complete' });
  });

  it('leads back to the stage that asked', async () => {
    const result = await route(
      procedure,
      { stage: 'complete', outcome: 'answered' },
      facts({ 'facts.check': true }, {}, { complete: 'check' }),
    );
    expect(result).toEqual({ kind: 'next', next: 'check', passed: [] });
  });

  it('goes to else when the times are used up', async () => {
    const result = await route(procedure, { stage: 'receive', outcome: 'incomplete' }, facts({}, { complete: 1 }));
    expect(result).toMatchObject({ kind: 'next', next: 'done', passed: [{ stage: 'complete', because: 'exhausted' }] });
  });

  it('passes stages that do not apply and decisions of the rules, and records why', async () => {
    const result = await route(
      procedure,
      { stage: 'receive', outcome: 'accepted' },
      facts({ 'facts.check': false, 'facts.a': false, 'facts.b': false }),
    );
    expect(result).toMatchObject({
      kind: 'next',
      next: 'done',
      passed: [
        { stage: 'check', because: 'skipped', evaluated: [{ expression: 'facts.check', value: false }] },
        { stage: 'choose', because: { choice: 2 }, evaluated: [{ expression: 'facts.a' }, { expression: 'facts.b' }] },
      ],
    });
  });

  it('leads back to where the dossier comes from when the asking stage was passed', async () => {
    const values = { 'facts.check': true, 'facts.a': false, 'facts.b': true, 'facts.hear': false };
    const result = await route(procedure, { stage: 'check', outcome: 'valid' }, facts(values));
    expect(result).toMatchObject({ kind: 'next', next: 'check', passed: [{ stage: 'choose' }, { stage: 'skipped' }] });
  });

  it('parks rather than turning for ever', async () => {
    const round = procedureWith({
      a: { kind: 'decide', choose: [{ go: 'b' }] },
      b: { kind: 'decide', choose: [{ go: 'a' }] },
    });
    expect(await enter(round, 'a', facts({}))).toMatchObject({ kind: 'park' });
  });

  it('ends behind a notice that leads nowhere, and starts at the stage listed first', async () => {
    expect(await route(procedure, { stage: 'done', outcome: 'delivered' }, facts({}))).toEqual({
      kind: 'next',
      next: 'end',
      passed: [],
    });
    expect(firstStage(procedure)).toBe('receive');
    expect(await enter(procedure, 'pay', facts({}))).toEqual({ kind: 'next', next: 'pay', passed: [] });
  });
});
