import { OrganisationFile } from '../schemas/organisation.ts';
import type { Problem } from './compiler/problem.ts';
import { schemaProblems } from './compiler/schema-problems.ts';
import { readYaml, type YamlDocument } from './compiler/yaml-source.ts';

/** Reads an organisation's file; a refusal names each place. Names that point nowhere (a unit, a superior) are refused too. */
export function readOrganisation(
  text: string | Uint8Array,
  file: string,
): { ok: true; organisation: OrganisationFile } | { ok: false; problems: Problem[] } {
  const reading = readYaml(text, file);
  if (!reading.ok) return reading;
  const [document] = reading.documents;
  if (document === undefined) throw new Error('expected a document');
  const checked = OrganisationFile.safeParse(document.value);
  if (!checked.success) return { ok: false, problems: schemaProblems(checked.error.issues, document) };
  const problems = danglingNames(checked.data, document);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, organisation: checked.data };
}

function danglingNames(
  { units, officials, instruments, systems }: OrganisationFile,
  document: YamlDocument,
): Problem[] {
  const known = new Set(units.map(({ id }) => id));
  const named = [
    ...units.map(({ parent }, index) => ({ unit: parent, at: ['units', index, 'parent'] })),
    ...officials.flatMap(({ appointments }, index) =>
      appointments.map(({ unit }, place) => ({ unit, at: ['officials', index, 'appointments', place, 'unit'] })),
    ),
    ...instruments.flatMap((instrument, index) =>
      (['for', 'holder'] as const).map((office) => ({
        unit: instrument[office].unit,
        at: ['instruments', index, office, 'unit'],
      })),
    ),
    ...systems.flatMap((system, index) =>
      system.units.map((unit, place) => ({ unit, at: ['systems', index, 'units', place] })),
    ),
  ];
  return named
    .filter(({ unit }) => unit !== null && !known.has(unit))
    .map(({ unit, at }) => ({
      ...document.locate(at),
      rule: 'unknown-unit',
      message: 'there is no such unit in this file',
      expected: [...known].join(', '),
      found: String(unit),
    }));
}
