import { pointedName } from '../../schemas/json-pointer.ts';
import type { Texts } from '../languages/vi.ts';
import { tellOne } from './render.ts';
import type { FormReader, Question } from './schema.ts';

type Data = Readonly<Record<string, unknown>>;

/** One answer, as it is told. */
export interface Leaf {
  /** RFC 6901 pointer. */
  at: string;
  /** Of its question, with those of the parts and items that it lies in. */
  label: string;
  told: string;
}

export interface Difference {
  label: string;
  /** Absent: there was no answer. */
  was: string | undefined;
  is: string | undefined;
}

/** Every answer of a form, one by one. */
export function leavesOf(reader: FormReader, form: Data, t: Texts): Leaf[] {
  return leavesIn(reader.questions(form), form, { reader, t, within: [] });
}

interface Walk {
  reader: FormReader;
  t: Texts;
  within: readonly string[];
}

function leavesIn(questions: readonly Question[], values: Data, walk: Walk): Leaf[] {
  return questions.flatMap((question) => {
    const name = pointedName(question.at);
    return leavesUnder(question, values[name], walk);
  });
}

function leavesUnder(question: Question, value: unknown, walk: Walk): Leaf[] {
  const { reader, t, within } = walk;
  if (value === undefined || value === null) return [];
  const inner = { ...walk, within: [...within, question.label] };
  switch (question.kind) {
    case 'group':
      return leavesIn(question.questions, value as Data, inner);
    case 'list':
      return (Array.isArray(value) ? (value as unknown[]) : []).flatMap((item, index) => {
        const one = { ...reader.ofItem(question, index, item), label: t.forms.row(index + 1) };
        return leavesUnder(one, item, inner);
      });
    case 'yes-no':
    case 'date':
    case 'number':
    case 'choice':
    case 'area':
    case 'text':
      return [{ at: question.at, label: inner.within.join(' – '), told: tellOne(question, value, t) }];
  }
}

/** What differs between two forms, answer by answer, in the order of the form. Items of a list are compared by their place. */
export function differencesOf(reader: FormReader, before: Data, after: Data, t: Texts): Difference[] {
  const was = new Map(leavesOf(reader, before, t).map((leaf) => [leaf.at, leaf]));
  const is = new Map(leavesOf(reader, after, t).map((leaf) => [leaf.at, leaf]));
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((at): Difference[] => {
    const [old, now] = [was.get(at), is.get(at)];
    if (old?.told === now?.told) return [];
    return [{ label: (now ?? old)?.label ?? at, was: old?.told, is: now?.told }];
  });
}
