import type { DossierEvent } from '../../schemas/events.ts';
import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import { applyNumber, applyVoid } from './numbers.ts';
import { touched } from './paper.ts';
import { dropDispatch, isOvertaken } from './outgoing.ts';
import type { Dossier, IssueState } from './state.ts';

const NEW: Omit<IssueState, 'copy' | 'stage'> = {
  draft: null,
  document: null,
  signatures: [],
  number: null,
  sealed: null,
};

/** The papers that the authority makes: drafted, signed, numbered, sealed. */
export function applyIssueEvent(d: Dossier, event: DossierEvent): Partial<Dossier> {
  switch (event.type) {
    case 'IssueDrafted': {
      const { issue, copy, stage, document, readable } = event.data;
      const drafted = { ...NEW, copy, stage, draft: document, document };
      const before = { ...d, ...dropDispatch(d, issue) };
      return {
        tasks: before.tasks,
        ...put(before, issue, { ...drafted, ...(readable !== undefined && { readable }) }),
      };
    }
    case 'IssueSigned': {
      const { issue, step, document, certificate } = event.data;
      return change(d, issue, (state) => ({
        ...state,
        document,
        signatures: [...state.signatures, { step, by: event.actor, at: event.at, certificate }],
      }));
    }
    case 'NumberAsked':
    case 'NumberNotGiven':
      return applyNumber(d, event);
    case 'NumberTaken': {
      const { issue, copy, register, unit, year, number, text } = event.data;
      const heard = applyNumber(d, event);
      // Of a copy that was given up while its number was on the way: the one that stands keeps its own.
      if ((d.issues[issue]?.copy ?? 0) > copy) return heard;
      const taken = { register, unit, year, number, text };
      return { ...heard, ...put(d, issue, { ...copyOf(d, issue, copy), number: taken }) };
    }
    case 'NumberVoided': {
      const voided = Object.entries(d.issues).find(
        ([, state]) =>
          state.number?.register === event.data.register &&
          state.number.unit === event.data.unit &&
          state.number.number === event.data.number &&
          state.number.year === event.data.year,
      );
      return { ...applyVoid(d, event), ...(voided && put(d, voided[0], { ...voided[1], number: null })) };
    }
    case 'IssueSealed': {
      const { issue, copy, document, mediaType, unit, printed, to, valid } = event.data;
      const seal = { document, mediaType, at: event.at, ...(printed && { printed }), ...(to && { to }) };
      const sealed = put(d, issue, {
        ...copyOf(d, issue, copy),
        document,
        sealed: { ...seal, ...(unit !== undefined && { unit }), ...(valid && { valid }) },
      });
      return event.data.printed ? { ...sealed, ...touched(d, { prints: 1 }) } : sealed;
    }
    case 'ResultAffected':
      return affected(d, event);
    case 'KeeperTold':
    case 'KeeperNotTold':
      return applyVoid(d, event);
    case 'ValidityNeared':
      return change(d, event.data.issue, withoutReminder);
    default:
      return {};
  }
}

/** A later result did something to a paper: a print that waits of what it overtakes is not sent any more. */
function affected(d: Dossier, event: Extract<DossierEvent, { type: 'ResultAffected' }>): Partial<Dossier> {
  const { issue, effect, by, code, paper } = event.data;
  const effected = { effect, by, code, number: paper?.number ?? null, at: event.at };
  const marked = change(d, issue, (state) => ({
    ...(LEAVES_STANDING.has(effect) ? state : withoutReminder(state)),
    affected: [...(state.affected ?? []), effected],
  }));
  const state = marked.issues?.[issue];
  const dropped = state && isOvertaken(state) ? dropDispatch({ ...d, ...marked }, issue) : {};
  return { ...applyVoid(d, event), ...marked, ...dropped };
}

/** After the others its end is another, or it holds no more. */
export const LEAVES_STANDING: ReadonlySet<Effect> = new Set(['corrects', 'suspends']);

function withoutReminder(state: IssueState): IssueState {
  const { until } = state.sealed?.valid ?? {};
  return state.sealed && until !== undefined ? { ...state, sealed: { ...state.sealed, valid: { until } } } : state;
}

/** A paper that is not drafted first begins with its number or seal; so does a new copy of it. */
function copyOf(d: Dossier, issue: string, copy: number): IssueState {
  const state = d.issues[issue];
  return state?.copy === copy ? state : { ...NEW, copy, stage: d.stage ?? '' };
}

function put(d: Dossier, issue: string, state: IssueState): Partial<Dossier> {
  return { issues: { ...d.issues, [issue]: state } };
}

function change(d: Dossier, issue: string, how: (state: IssueState) => IssueState): Partial<Dossier> {
  const state = d.issues[issue];
  if (!state) throw new Error(`dossier ${d.id}: issue ${issue} was never drafted`);
  return put(d, issue, how(state));
}
