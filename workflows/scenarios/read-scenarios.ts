import { Scenario } from '../../schemas/scenario.ts';
import type { Locate, Problem } from '../compiler/problem.ts';
import { schemaProblems } from '../compiler/schema-problems.ts';
import { readYaml, type YamlDocument } from '../compiler/yaml-source.ts';
import { mergePatch } from './merge-patch.ts';

type Data = Readonly<Record<string, unknown>>;

/** A scenario with its form read, and where each part of it stands. */
export interface Story extends Scenario {
  /** What the applicant fills in: the named file, with the changes of the scenario. */
  readonly form: Data;
  /** The story of the dossier that the applicant had before. */
  readonly earlier?: Story;
  /** Id of the dossier whose result this one is about: known once that one is there. */
  readonly about?: string;
  readonly locate: Locate;
}

/** The story as it is told once the earlier dossier is there. */
export function tellAfter(
  story: Story,
  earlier: { id: string; code: string | null; procedure: string; about?: { dossier: string } | undefined },
): Story {
  const as = story.given.earlier?.as;
  if (as === undefined) return story;
  if (as !== 'about') return { ...story, form: { ...story.form, [as]: earlier.code } };
  const same = earlier.procedure === story.procedure ? earlier.about?.dossier : undefined;
  return { ...story, about: same ?? earlier.id };
}

/** Reads a file of scenarios, one in each YAML document. A refusal names every place that is at fault. */
export function readScenarios(
  text: string | Uint8Array,
  file: string,
  readFile: (path: string) => string | undefined,
): { ok: true; stories: Story[] } | { ok: false; problems: Problem[] } {
  const reading = readYaml(text, file);
  if (!reading.ok) return reading;
  const problems: Problem[] = [];
  const stories: Story[] = [];
  for (const document of reading.documents) {
    const read = readStory(document, readFile);
    if (!read.ok) problems.push(...read.problems);
    else if (stories.some(({ scenario }) => scenario === read.story.scenario))
      problems.push({
        ...document.locate(['scenario']),
        rule: 'duplicate-key',
        message: 'two scenarios have this name',
      });
    else stories.push(read.story);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, stories };
}

function readStory(
  document: YamlDocument,
  readFile: (path: string) => string | undefined,
): { ok: true; story: Story } | { ok: false; problems: Problem[] } {
  const checked = Scenario.safeParse(document.value);
  if (!checked.success) return { ok: false, problems: schemaProblems(checked.error.issues, document) };
  const { given } = checked.data;
  const form = typeof given.form === 'string' ? readForm(readFile(given.form)) : given.form;
  if (form === undefined) {
    const message = 'expected a file with a JSON object beside the scenarios';
    return { ok: false, problems: [{ ...document.locate(['given', 'form']), rule: 'file-missing', message }] };
  }
  const merged = mergePatch(form, given.with ?? {}) as Data;
  return { ok: true, story: { ...checked.data, form: merged, locate: document.locate } };
}

function readForm(text: string | undefined): Data | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
