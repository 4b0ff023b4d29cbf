import fc from 'fast-check';
import { decideTask } from '../../../domain/dossier/commands/tasks.ts';
import { moveDossier } from '../../../domain/dossier/commands/moving.ts';
import { refuseTransfer, workToTransfer } from '../../../domain/dossier/commands/transfer.ts';
import { isOpen, project } from '../../../domain/dossier/project.ts';
import { type Dossier, LATENESS } from '../../../domain/dossier/state.ts';
import { ruleAgainstLateness } from '../../../domain/evidence/replay-lateness.ts';
import type { DossierEvent, EventBody } from '../../../schemas/events.ts';
import { anOfficial, anOpening, DossierStory, refusalOf } from '../../builders/dossier-story.ts';

const DUE = { due: '2026-12-01', dueAt: '2026-12-01T10:00:00.000Z' };
const LATER = { due: '2026-12-04', dueAt: '2026-12-04T10:00:00.000Z' };
const ALARMS = { apology: '2026-11-30T00:00:00.000Z', late: '2026-12-01T10:00:00.001Z' };
const chair = anOfficial({ id: 'chair', role: 'chairperson', assurance: 'signature' });

const promise = (date = DUE, alarms = ALARMS, clock: 'start' | 'resume' | 'restart' = 'start'): EventBody => ({
  type: 'PromiseMade',
  data: { ...date, calendar: 'vn@1', alarms, startsAt: '2026-11-23T03:00:00.000Z', clock, cause: 'receive.accepted' },
});
const entered = (stage: string): EventBody => ({
  type: 'StageEntered',
  data: { run: 1, stage, visit: 1, kind: 'verify', tasks: [anOpening(stage)] },
});
const asked = (visit = 1, against = DUE.dueAt): EventBody => ({
  type: 'ApologyAsked',
  data: {
    against,
    by: '2026-11-30',
    visit,
    opening: anOpening(LATENESS, visit, { outcomes: ['drafted'], due: '2026-11-30' }),
  },
});
const drafted: EventBody = {
  type: 'ApologyDrafted',
  data: { cause: 'workload', ...LATER },
  secret: { comment: 'too much' },
};
const signing = (visit = 1): EventBody => ({
  type: 'TaskOpened',
  data: {
    run: 1,
    stage: LATENESS,
    visit,
    opening: anOpening(LATENESS, visit, {
      step: 'personal1',
      role: 'chairperson',
      outcomes: ['signed', 'declined'],
      assurance: 'signature',
      separateFrom: [LATENESS],
    }),
  },
});
const reappointed: EventBody = {
  type: 'Reappointed',
  data: {
    ...LATER,
    from: DUE,
    cause: 'workload',
    issue: 'apology',
    copy: 1,
    inTime: true,
    alarms: { late: '2026-12-04T10:00:00.001Z' },
  },
};
const missed: EventBody = {
  type: 'DeadlineMissed',
  data: {
    due: DUE.due,
    against: DUE.dueAt,
    apology: 'unsigned',
    visit: 2,
    opening: anOpening(LATENESS, 2, { role: 'chairperson', outcomes: ['noted'] }),
  },
};
const open = (d: Dossier): string[] =>
  Object.values(d.tasks)
    .filter((task) => task.kind === LATENESS && isOpen(task))
    .map(({ visit, step }) => `${visit}.${step}`);
const atWork = (): DossierStory => new DossierStory(promise(), entered('verify'), asked());

describe('an apology in work', () => {
  it('stands beside the stage, with a day of its own in the queue', () => {
    const { dossier } = atWork();
    expect(dossier).toMatchObject({ stage: 'verify', status: 'submitted', apology: { against: DUE.dueAt } });
    const rows = project(undefined, dossier, []);
    expect(rows.tasks.find(({ stage }) => stage === LATENESS)).toMatchObject({ kind: LATENESS, due: '2026-11-30' });
    expect(rows.timers.set.map(({ id }) => id)).toEqual(['clock.late']);
  });

  it.each<[string, EventBody[]]>([
    ['the clock ends', [{ type: 'ClockEnded', data: { cause: 'sign.signed' } }]],
    ['the result is settled', [{ type: 'DossierSettled', data: { result: 'granted', stage: 'notify', issues: [] } }]],
    ['the clock stands still', [{ type: 'ClockStopped', data: { stage: 'complete', effect: 'stops' } }]],
    ['the law has another date', [promise(LATER, ALARMS, 'restart')]],
    [
      'the dossier is withdrawn',
      [
        { type: 'WithdrawalRequested', data: { rule: 'withdraw' } },
        { type: 'RunRequested', data: { run: 2, stage: 'withdrawn', reason: 'withdrawal' } },
      ],
    ],
    ['the promised date passes', [missed]],
  ])('falls away when %s', (_name, events) => {
    const { dossier } = atWork()
      .append(drafted, signing())
      .append(...events);
    expect(dossier.apology).toBeUndefined();
    expect(open(dossier).filter((step) => step.startsWith('1.'))).toEqual([]);
  });

  it.each<[string, EventBody[]]>([
    [
      'the dossier is parked',
      [{ type: 'DossierParked', data: { run: 1, stage: 'verify', error: 'Failed', cause: 'x' } }],
    ],
    [
      'it goes on to the next stage',
      [
        {
          type: 'StageLeft',
          data: { run: 1, stage: 'verify', visit: 1, outcome: 'valid', next: 'approve', by: 'task' },
        },
      ],
    ],
    ['its run is replaced', [{ type: 'RunRequested', data: { run: 2, stage: 'verify', reason: 'execution-lost' } }]],
    ['the unit is warned', [{ type: 'DeadlineNeared', data: { due: DUE.due } }]],
  ])('stays when %s', (_name, events) => {
    expect(open(atWork().append(...events).dossier)).toEqual(['1.decision']);
  });

  it('is decided though the dossier is parked', () => {
    const parked: EventBody = { type: 'DossierParked', data: { run: 1, stage: 'verify', error: 'Failed', cause: 'x' } };
    const { dossier } = atWork().append(parked);
    const decide = (task: string, outcome: string) =>
      decideTask(dossier, {
        task,
        outcome,
        by: anOfficial(),
        comment: 'too much',
        documents: [],
        missing: [],
        revises: false,
      });
    expect(refusalOf(decide(anOpening('verify').task, 'valid'))).toBe('wrong-status');
    expect(refusalOf(decide(anOpening(LATENESS).task, 'drafted'))).toBe('accepted: TaskDecided');
  });

  it('is signed off by somebody else than who drafted it, each time anew', () => {
    const sign = (story: DossierStory, visit: number, by = chair) =>
      decideTask(story.dossier, {
        task: anOpening(LATENESS, visit, { step: 'personal1' }).task,
        outcome: 'signed',
        by,
        documents: [],
        missing: [],
        revises: false,
      });
    const draft = (story: DossierStory, visit: number, by = anOfficial()) =>
      story.do(
        decideTask(story.dossier, {
          task: anOpening(LATENESS, visit).task,
          outcome: 'drafted',
          by,
          comment: 'too much',
          documents: [],
          missing: [],
          revises: false,
          with: [drafted],
        }),
        by,
      );
    const story = draft(atWork(), 1).append(signing());
    expect(refusalOf(sign(story, 1, { ...chair, id: 'officer-1' }))).toBe('duties-not-separate');
    story.do(sign(story, 1), chair).append(asked(2));
    draft(story, 2).append(signing(2));
    expect(refusalOf(sign(story, 2))).toBe('accepted: TaskDecided');
  });

  it('is asked for anew in the unit that takes the dossier over, and holds up no transfer', () => {
    const story = atWork().append(drafted, signing());
    expect(workToTransfer(story.dossier).map(({ stage }) => stage)).toEqual(['verify']);
    expect(refuseTransfer(story.dossier, anOfficial(), 'ward-2')).toBeUndefined();
    story.append({ type: 'DossierTransferred', data: { from: 'ward-1', unit: 'ward-2', tasks: [] } });
    const { dossier } = story;
    expect(open(dossier)).toEqual([]);
    expect(dossier.alarms).toMatchObject({ apology: dossier.updated, late: ALARMS.late });
    const move = { reorganisation: 'merger', unit: 'ward-3', receivingUnit: 'ward-3' };
    const moved = moveDossier(atWork().dossier, {
      ...move,
      officeOf: () => ({ unit: 'ward-3', role: 'case-officer' }),
    });
    const after = atWork().do(moved).dossier;
    expect([open(after), after.alarms.apology]).toEqual([[], after.updated]);
  });
});

describe('a new date', () => {
  it('moves the promise with its ground, and leaves the law’s date and its clock as they were', () => {
    const before = atWork().append(drafted, signing());
    const clock = structuredClone(before.dossier.clock);
    const { dossier } = before.append(reappointed);
    expect(dossier).toMatchObject({
      promise: LATER,
      lawful: DUE,
      reappointed: { ...LATER, from: DUE, cause: 'workload', times: 1 },
      alarms: { late: '2026-12-04T10:00:00.001Z' },
    });
    expect(dossier.clock).toEqual(clock);
  });

  it('stands until the law’s own date is later', () => {
    const story = atWork().append(drafted, signing(), reappointed);
    story.append({ type: 'ClockStopped', data: { stage: 'complete', effect: 'stops' } });
    const sooner = { due: '2026-12-03', dueAt: '2026-12-03T10:00:00.000Z' };
    story.append(promise(sooner, ALARMS, 'resume'));
    expect(story.dossier).toMatchObject({ promise: LATER, lawful: sooner });
    const later = { due: '2026-12-09', dueAt: '2026-12-09T10:00:00.000Z' };
    story.append({
      type: 'ClockExtended',
      data: { extension: 'copies', limit: { workingDays: 4 }, date: { ...later, calendar: 'vn@1' } },
    });
    expect(story.dossier).toMatchObject({ promise: later, lawful: later });
  });

  it('moves nothing of what the clock reckons, whatever happens in which order', () => {
    const step = fc.constantFrom<EventBody[]>(
      [asked()],
      [asked(), drafted, reappointed],
      [missed],
      [{ type: 'ClockStopped', data: { stage: 'complete', effect: 'stops' } }],
      [promise(LATER, ALARMS, 'resume')],
      [promise(DUE, ALARMS, 'restart')],
      [
        {
          type: 'PauseBegun',
          data: { pause: 'outage', since: '2026-11-24T03:00:00.000Z', announced: '2026-11-24T03:00:00.000Z' },
        },
      ],
      [{ type: 'ClockEnded', data: { cause: 'sign.signed' } }],
    );
    const isLateness = ({ type }: EventBody): boolean => /Apology|Reappointed|Missed/.test(type);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const events = steps.flat();
        const whole = new DossierStory(promise(), entered('verify'), ...events).dossier;
        const lawful = new DossierStory(promise(), entered('verify'), ...events.filter((each) => !isLateness(each)))
          .dossier;
        const withoutTime = (d: Dossier) => d.clock.map(({ at: _, ...rest }) => rest);
        expect(withoutTime(whole)).toEqual(withoutTime(lawful));
        expect(whole.lawful).toEqual(lawful.lawful);
        // Never work about a date that nobody waits for.
        if (whole.apology === undefined && whole.missed === undefined) expect(open(whole)).toEqual([]);
        if (whole.apology) expect(whole.promise?.dueAt).toBe(whole.apology.against);
        if (whole.reappointed)
          expect(Date.parse(whole.promise?.dueAt ?? '')).toBeGreaterThanOrEqual(Date.parse(whole.lawful?.dueAt ?? ''));
      }),
    );
  });
});

describe('a promised date that passes', () => {
  it('is told to who should have signed, until the dossier is decided', () => {
    const story = atWork().append(missed);
    expect(open(story.dossier)).toEqual(['2.decision']);
    expect(story.dossier.alarms).toEqual({});
    story.append({ type: 'ClockEnded', data: { cause: 'sign.signed' } });
    expect(open(story.dossier)).toEqual([]);
  });
});

describe('a record', () => {
  const against = (story: DossierStory, body: EventBody, by: DossierEvent['actor'], at = '2026-11-30T03:00:00.000Z') =>
    ruleAgainstLateness(story.dossier, { ...body, at, actor: by } as unknown as Parameters<
      typeof ruleAgainstLateness
    >[1]);
  const platform = { kind: 'platform' } as const;
  const sign = (story: DossierStory, by: typeof chair): DossierStory => {
    const sha = '0'.repeat(64);
    return story
      .append({ type: 'IssueDrafted', data: { issue: 'apology', copy: 1, stage: LATENESS, document: sha } })
      .appendBy(by, {
        type: 'IssueSigned',
        data: { issue: 'apology', copy: 1, step: 'personal1', document: sha, certificate: sha },
      });
  };
  const signedBy = (by: typeof chair): DossierStory => {
    const story = atWork();
    const command = { task: anOpening(LATENESS).task, outcome: 'drafted', by: anOfficial(), comment: 'too much' };
    const decision = decideTask(story.dossier, {
      ...command,
      documents: [],
      missing: [],
      revises: false,
      with: [drafted],
    });
    return sign(story.do(decision, anOfficial()), by);
  };

  it('cannot say what was not so', () => {
    const story = atWork();
    expect(against(story, asked(2, LATER.dueAt), platform)).toBe(`the promised date ${DUE.dueAt}`);
    expect(against(new DossierStory(), asked(), platform)).toBe('a promised date');
    expect(against(story, drafted, platform)).toBe('an official');
    expect(against(story, missed, platform)).toBe(`an instant after ${DUE.dueAt}`);
    expect(against(story, missed, chair, '2026-12-01T10:00:00.001Z')).toBe('the platform');
    expect(against(story, reappointed, chair)).toBe('a drafted apology');
    story.append(drafted);
    expect(against(story, reappointed, chair)).toBe('a signed apology');
    expect(against(signedBy(chair), reappointed, chair)).toBeUndefined();
    expect(against(signedBy(chair), reappointed, platform)).toBe('an official');
  });

  it('moves the date by its instant, give or take what clocks of one system stand apart', () => {
    const story = signedBy(chair);
    expect(against(story, reappointed, chair, '2026-12-01T10:05:00.000Z')).toBeUndefined();
    expect(against(story, reappointed, chair, '2026-12-01T10:05:00.001Z')).toBe(`an instant by ${DUE.dueAt}`);
  });

  it('is signed by nobody who drafted, himself or by another', () => {
    const other = 'a signature of somebody else than officer-1, who drafted the apology';
    expect(against(signedBy({ ...chair, id: 'officer-1' }), reappointed, chair)).toBe(other);
    const onBehalfOf = { unit: 'ward-1', role: 'chairperson', officials: ['officer-1'], instruments: [], capacity: [] };
    expect(against(signedBy({ ...chair, onBehalfOf }), reappointed, chair)).toBe(other);
    const undecided = sign(atWork().append(drafted), chair);
    expect(against(undecided, reappointed, chair)).toBe('a decided task of who drafted the apology');
  });

  it('opens work about lateness as new work only', () => {
    const first = anOpening(LATENESS).task;
    const second = anOpening(LATENESS, 2).task;
    const after = '2026-12-01T10:00:00.001Z';
    const at = (body: EventBody, visit: number, task: string): EventBody => {
      const { data } = body as Extract<EventBody, { type: 'ApologyAsked' }>;
      return { ...body, data: { ...data, visit, opening: { ...data.opening, task } } } as EventBody;
    };
    for (const body of [asked(), missed]) {
      const rule = (visit: number, task: string) => against(atWork(), at(body, visit, task), platform, after);
      expect(rule(2, second)).toBeUndefined();
      expect(rule(1, first)).toBe(`a new task ${first}`);
      expect(rule(2, first)).toBe(`a new task ${second}`);
      expect(rule(2, anOpening('verify').task)).toBe(`a new task ${second}`);
    }
  });
});
