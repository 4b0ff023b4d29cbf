import type { DossierEvent, EventData } from '../../schemas/events.ts';
import type { Use } from '../../schemas/uses.ts';
import { numberRequestOf } from './numbers.ts';

/** Whom the data of a dossier was asked from or given to, by its events alone, the last first. Names of registers, and the law of a stage, stand elsewhere. */
export function usesOf(events: readonly DossierEvent[]): Use[] {
  const uses: Use[] = [];
  const byRequest = new Map<string, Use>();
  const put = (use: Use, request?: string): void => {
    uses.push(use);
    if (request !== undefined) byRequest.set(request, use);
  };
  for (const event of events) {
    switch (event.type) {
      case 'DossierSubmitted':
        for (const { registry, purpose, legalBasis, how, said, fields } of event.data.prefilled ?? [])
          put({
            ...{ kind: 'own', at: said, registry, purpose, legalBasis, how },
            fields: [...new Set(fields.map(({ field }) => field))],
          });
        break;
      case 'SourceAsked':
      case 'SourceAnswered':
      case 'SourceFailed':
        tellSource(event, byRequest, put);
        break;
      case 'CallBegun':
      case 'CallAnswered':
      case 'UndoAnswered':
        tellCall(event, byRequest, put);
        break;
      case 'NumberAsked': {
        const { stage, keeper, request } = event.data;
        const asked = { kind: 'system', at: event.at, stage, system: keeper, outcome: null, takesBack: false } as const;
        put({ ...asked }, request);
        break;
      }
      case 'NumberTaken': {
        const asked = event.data.keeper && byRequest.get(numberRequestOf(event.dossier, event.data));
        if (asked?.kind === 'system') asked.outcome = 'done';
        break;
      }
      case 'StageEntered':
        for (const opening of event.data.tasks) putBody(event.at, event.data.stage, opening, put);
        break;
      case 'TaskOpened':
        putBody(event.at, event.data.stage, event.data.opening, put);
        break;
      case 'PaperGiven': {
        const { stage, issue, opening } = event.data;
        if (opening.unit !== null) put({ kind: 'unit', at: event.at, stage, unit: opening.unit, issue });
        break;
      }
      case 'ChildOrdered': {
        const { stage, child, procedure, unit, gets } = event.data;
        put({ kind: 'child', at: event.at, stage, dossier: child, procedure, unit, gets });
        break;
      }
      default:
    }
  }
  return uses.toReversed();
}

type Put = (use: Use, request?: string) => void;
type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
type Known = ReadonlyMap<string, Use>;

function tellSource(event: Of<'SourceAsked' | 'SourceAnswered' | 'SourceFailed'>, known: Known, put: Put): void {
  if (event.type === 'SourceAsked') {
    const { document, request, from, stage, purpose, legalBasis } = event.data;
    const asked = { kind: 'source', at: event.at, document, from, stage, purpose, legalBasis } as const;
    return put({ ...asked, state: 'asked', answered: null, fields: [] }, request);
  }
  const use = known.get(event.data.request);
  if (use?.kind !== 'source') return;
  if (event.type === 'SourceFailed') use.state = 'unavailable';
  else {
    const { found, how, fields } = event.data;
    Object.assign(use, { state: found ? 'found' : 'not-found', answered: event.at, how, fields });
  }
}

function tellCall({ type, at, data }: Of<'CallBegun' | 'CallAnswered' | 'UndoAnswered'>, known: Known, put: Put): void {
  const { stage, system } = data;
  if (type === 'UndoAnswered')
    return put({ kind: 'system', at, stage, system, outcome: data.outcome, takesBack: true });
  const begun = known.get(data.request);
  if (type === 'CallAnswered' && begun?.kind === 'system') begun.outcome = data.outcome;
  else put({ kind: 'system', at, stage, system, outcome: outcomeOf(type, data), takesBack: false }, data.request);
}

function outcomeOf(type: string, data: Partial<EventData<'CallAnswered'>>): string | null {
  return type === 'CallAnswered' ? (data.outcome ?? null) : null;
}

function putBody(at: string, stage: string, { unit, part }: EventData<'TaskOpened'>['opening'], put: Put): void {
  if (part && unit !== null) put({ kind: 'body', at, stage, unit, gets: [...part.gets] });
}
