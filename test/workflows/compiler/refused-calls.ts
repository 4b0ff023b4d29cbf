import type { Refusal } from './refused-apologies.ts';

const undone = ['area: = form.area }, then', 'area: = form.area }, undo: { area: = form.area }, then'] as const;
const undoing = ['  pay: {', '  takeBack: { kind: call, undoes: [link], then: { done: stopped } }\n  pay: {'] as const;
const withdrawn = ['stop: withdrawn', 'go: takeBack'] as const;
const unpaid = ['paid: approve, expired: stopped', 'paid: approve, expired: takeBack'] as const;
const rejected = ['returned: verify, rejected: refuse', 'rejected: takeBack'] as const;

/** Sound: whatever comes to nothing after the call goes by the stage that takes it back; a call that was refused has nothing to take back. */
export const TAKEN_BACK = [undone, undoing, withdrawn, unpaid, rejected] as const;

function without(left: readonly [string, string]): Refusal['change'] {
  return TAKEN_BACK.filter((each) => each !== left);
}

/** What was done elsewhere and would stand though the dossier comes to nothing. */
export const CALLS: readonly Refusal[] = [
  {
    rule: 'unknown-name',
    change: [...TAKEN_BACK, ['undoes: [link]', 'undoes: [link, nothing]']],
    at: 'stages.takeBack.undoes[1]',
  },
  { rule: 'undo-nowhere', change: [undone], at: 'stages.link.undo', related: 'stages.link' },
  {
    rule: 'undo-without-call',
    change: without(undone),
    at: 'stages.takeBack.undoes[0]',
    related: 'stages.link',
  },
  {
    rule: 'call-left-standing',
    change: without(withdrawn),
    at: 'anytime.withdraw.stop',
    related: 'stages.link.undo',
  },
  { rule: 'call-left-standing', change: without(unpaid), at: 'stages.stopped.result', related: 'stages.link.undo' },
  { rule: 'call-left-standing', change: without(rejected), at: 'stages.refused.result', related: 'stages.link.undo' },
];
