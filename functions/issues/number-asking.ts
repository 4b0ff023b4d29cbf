import { numberRequestOf } from '../../domain/dossier/numbers.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { Numbering } from '../../schemas/connector.ts';
import type { NumberFact } from '../../schemas/events/numbers.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Unit } from '../../schemas/organisation.ts';
import { viewOf } from '../dossiers/view.ts';
import type { Standing } from '../stages/standing.ts';
import { issueOf } from './make-paper.ts';

interface Asking {
  name: string;
  copy: number;
  stage: string;
  register: string;
  unit: Unit;
  year: number;
  keeper: string;
  numbering: Numbering;
}

/** The event that says that a keeper is about to be asked: what it is told by its connector, no more, lies in the secret. */
export function askingOf(standing: Standing, { name, copy, stage, register, unit, year, ...by }: Asking): EventBody {
  const { loaded, calendar, procedure, now } = standing;
  const { dossier } = loaded;
  const issue = issueOf(standing, name);
  const request = numberRequestOf(dossier.id, { issue: name, copy });
  const legalBasis = issue.automatic ?? procedure.legalBasis;
  const purpose = `number of ${Object.values(issue.title ?? procedure.title)[0] ?? name}`.slice(0, 200);
  const facts: Record<NumberFact, unknown> = {
    register,
    unit: unit.identifier,
    year,
    date: localDate(calendar, now),
    procedure: procedure.code ?? procedure.procedure,
    issue: name,
    code: dossier.code ?? dossier.reference,
    request,
    purpose,
    legalBasis: [legalBasis].flat().join('; '),
    holder: holderOf(standing),
  };
  const send = Object.fromEntries(Object.entries(by.numbering.send).map(([field, fact]) => [field, facts[fact]]));
  const tells = [...new Set(Object.values(by.numbering.send))].toSorted();
  const data = { register, unit: unit.id, year, issue: name, copy, stage, keeper: by.keeper };
  return { type: 'NumberAsked', data: { ...data, request, tells, purpose, legalBasis }, secret: { send } };
}

type Parties = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** The name of the applicant, if the form says it; null: it does not. */
function holderOf({ loaded, calendar, procedure, now }: Standing): string | null {
  const { parties } = viewOf(loaded, { calendar, procedure, now });
  const name = (parties as Parties | undefined)?.['applicant']?.['name'];
  return typeof name === 'string' ? name : null;
}
