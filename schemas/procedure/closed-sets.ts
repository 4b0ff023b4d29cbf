import * as z from 'zod';

/** The thirteen kinds of stage. */
export const StageKind = z.enum([
  'receive',
  'verify',
  'inspect',
  'approve',
  'sign',
  'ask',
  'pay',
  'consult',
  'open',
  'call',
  'decide',
  'wait',
  'notify',
]);
export type StageKind = z.infer<typeof StageKind>;

/** How a dossier may end, or what a delivered result says. */
export const Result = z.enum([
  'granted',
  'granted-by-silence',
  'partly-granted',
  'refused',
  'not-required',
  'returned',
  'stopped',
  'withdrawn',
  'transferred',
  'revoked',
]);
export type Result = z.infer<typeof Result>;

/** The least proof that it was this official: the calling system vouches, the official logged in, the official signed. */
export const Assurance = z.enum(['system', 'login', 'signature']);
export type Assurance = z.infer<typeof Assurance>;

/** What the silence of a consulted body means once its term has passed: a yes, a no, nothing, or that its answer is still missing. */
export const Silence = z.enum(['agrees', 'opposes', 'ignored', 'waits']);
export type Silence = z.infer<typeof Silence>;

/** Why a party is asked. */
export const AskPurpose = z.enum(['supplement', 'confirmation', 'consent', 'hearing', 'filing', 'remedy', 'return']);
export type AskPurpose = z.infer<typeof AskPurpose>;

export interface OutcomesOfKind {
  /** In order; the first is the way forward, by which a stage whose `when` is false is left. Empty for `decide`. */
  readonly outcomes: readonly string[];
  /** Happen by themselves, without anybody choosing them: they must lead somewhere. */
  readonly selfActing: readonly string[];
  /** Officials' stages may add outcomes of their own. */
  readonly own: boolean;
}

/** The outcomes of each kind of stage. */
export const OUTCOMES = {
  receive: { outcomes: ['accepted', 'incomplete', 'refused', 'misdirected'], selfActing: [], own: true },
  verify: { outcomes: ['valid', 'incomplete', 'invalid'], selfActing: [], own: true },
  inspect: { outcomes: ['passed', 'failed', 'prevented'], selfActing: [], own: true },
  approve: { outcomes: ['approved', 'returned', 'rejected'], selfActing: [], own: true },
  sign: { outcomes: ['signed', 'declined'], selfActing: [], own: true },
  ask: { outcomes: ['answered', 'declined', 'expired'], selfActing: ['expired'], own: false },
  pay: { outcomes: ['paid', 'expired'], selfActing: ['expired'], own: false },
  consult: { outcomes: ['agreed', 'opposed'], selfActing: ['opposed'], own: false },
  open: { outcomes: ['granted', 'partly', 'refused'], selfActing: ['partly', 'refused'], own: false },
  call: { outcomes: ['done', 'refused', 'unavailable'], selfActing: [], own: false },
  decide: { outcomes: [], selfActing: [], own: false },
  wait: { outcomes: ['elapsed', 'objected'], selfActing: [], own: false },
  notify: { outcomes: ['delivered'], selfActing: [], own: false },
} as const satisfies Record<StageKind, OutcomesOfKind>;

/** Where a ground of admissibility leads that does not hold, by the kind of stage at which it stands; other kinds judge none. */
export const OUTCOME_OF_RULE = {
  receive: { refused: 'refused', incomplete: 'incomplete' },
  verify: { refused: 'invalid', incomplete: 'incomplete' },
  approve: { refused: 'rejected', incomplete: 'returned' },
} as const satisfies Partial<Record<StageKind, Record<'refused' | 'incomplete', string>>>;

/**
 * By what an official acts in an office that is not his own (Decree 30/2020 art. 13): as its deputy (ký thay, KT.), by its order (thừa lệnh, TL.),
 * by its written authorisation (thừa ủy quyền, TUQ.), or for a colleague who is absent.
 */
export const InstrumentKind = z.enum(['deputy', 'by-order', 'by-authorisation', 'substitute']);
export type InstrumentKind = z.infer<typeof InstrumentKind>;

/** What a result does to an issue of the dossier it is `about`. */
export const Effect = z.enum(['replaces', 'revokes', 'suspends', 'extends', 'corrects', 'recalls']);
export type Effect = z.infer<typeof Effect>;
