import { randomUUID } from 'node:crypto';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import type { Unit } from '../../schemas/organisation.ts';
import { type Answered, type Entered, enteredOf, readAnswers } from '../forms/answers.ts';
import { FormReader, type Question } from '../forms/schema.ts';
import type { Fault } from '../html/components.ts';
import type { Visit } from '../visit.ts';
import { type Foresight, receivingUnits } from './catalogue.ts';
import { unsaidIn } from './evidence.ts';
import { handedIn, missingFile, type Uploaded, uploadsOf } from './files.ts';

type Sent = Readonly<Record<string, unknown>>;

/** An application under way: as its pages carry it, and as it is saved as a draft each time one is sent. */
export interface Application {
  pinned: Pinned;
  reader: FormReader;
  units: Unit[];
  unit: string;
  email: string;
  entered: Entered;
  uploads: Uploaded[];
  /** From a page that was gone back to one returns to the check. */
  returning: boolean;
  /** Of this application: however often it is sent, it is handed in once. */
  once: string;
  /** Of the page that was sent: the questions that stood on it; all else it only carried. */
  shown: readonly string[];
  draft: {
    /** 0: nothing is saved yet. */
    revision: number;
    /** Whether all that the page carries is saved. */
    kept: boolean;
    /** When it was saved as it is, where that is known. */
    saved?: string | undefined;
  };
  /** What the next page has to say beside its questions. */
  notes: string[];
}

export type Step =
  | { kind: 'unit' }
  | { kind: 'questions'; title: string; questions: Question[]; whole?: Question }
  | { kind: 'documents' }
  | { kind: 'contact' };

/** As the API takes the id of a draft. */
const ONCE = /^[0-9A-Za-z-]{16,64}$/;

export async function applicationOf(visit: Visit, pinned: Pinned, sent: Sent): Promise<Application> {
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const units = await receivingUnits(visit, pinned);
  return {
    pinned,
    reader: new FormReader(pinned.definition, pinned.procedure.form ?? {}, visit.language, visit.units),
    units,
    unit: text('unit') || (units.length === 1 ? (units[0]?.id ?? '') : ''),
    email: text('email'),
    entered: enteredOf(sent),
    uploads: uploadsOf(sent),
    returning: text('return') === 'check',
    once: ONCE.test(text('once')) ? text('once') : randomUUID(),
    shown: [sent['shown']].flat().filter((each) => typeof each === 'string'),
    draft: { revision: 0, kept: text('kept') !== '' },
    notes: [],
  };
}

/** The form as far as it is filled in. */
export function answersOf({ t }: Visit, { reader, entered }: Application): Answered {
  // What a condition asks may depend on answers: a second reading sees them.
  const first = readAnswers(reader, reader.questions({}), entered, t);
  return readAnswers(reader, reader.questions(first.value), entered, t);
}

/** The pages, in order: where, each part of the form, documents, contact. */
export function stepsOf(visit: Visit, application: Application): Step[] {
  const { reader, units, pinned } = application;
  const steps: Step[] = units.length > 1 ? [{ kind: 'unit' }] : [];
  let loose: Extract<Step, { kind: 'questions' }> | undefined;
  for (const question of reader.questions(answersOf(visit, application).value)) {
    if (question.kind === 'group') {
      steps.push({ kind: 'questions', title: question.label, questions: [...question.questions], whole: question });
      loose = undefined;
    } else if (loose) loose.questions.push(question);
    else {
      loose = {
        kind: 'questions',
        title: question.kind === 'list' ? question.label : reader.title || visit.t.apply.answers,
        questions: [question],
      };
      steps.push(loose);
    }
  }
  if (Object.keys(pinned.procedure.documents ?? {}).length > 0) steps.push({ kind: 'documents' });
  return [...steps, { kind: 'contact' }];
}

export async function foresightOf(visit: Visit, application: Application): Promise<Foresight> {
  const { value } = answersOf(visit, application);
  const { id } = application.pinned.record;
  const unit = application.unit || (application.units[0]?.id ?? '');
  const foreseen = await visit.api.post<Foresight>(`/procedures/${id}/foresight`, { unit, form: value });
  return foreseen.ok ? foreseen.body : { documents: [], fees: [], due: null };
}

/** Faults of one page. */
export async function faultsOf(visit: Visit, application: Application, step: Step): Promise<Fault[]> {
  const { t } = visit;
  switch (step.kind) {
    case 'unit':
      return application.units.some(({ id }) => id === application.unit)
        ? []
        : [{ field: 'unit', text: t.apply.chooseUnit }];
    case 'questions':
      return readAnswers(application.reader, [step.whole ?? step.questions].flat(), application.entered, t).faults;
    case 'documents': {
      const { documents } = await foresightOf(visit, application);
      const missing = documents.filter(
        ({ document, needed }) =>
          needed === 'yes' && !application.uploads.some(({ component }) => component === document),
      );
      return [
        ...missing.map(({ document }) => missingFile(visit, application.pinned, document)),
        ...unsaidIn(visit, application.pinned, application.uploads),
      ];
    }
    case 'contact':
      return application.email === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(application.email)
        ? []
        : [{ field: 'email', text: t.apply.email }];
  }
}

/** The body of `POST /dossiers`. */
export function submissionOf(
  visit: Visit,
  application: Application,
  { mayBeOwn }: { mayBeOwn: boolean },
): Readonly<Record<string, unknown>> {
  const { pinned, unit, email, uploads } = application;
  return {
    procedure: pinned.record.id,
    unit,
    form: answersOf(visit, application).value,
    ...(mayBeOwn && { draft: application.once }),
    documents: handedIn(pinned, uploads),
    contact: { ...(email !== '' && { email }), language: visit.language },
  };
}
