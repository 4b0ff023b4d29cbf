import * as z from 'zod';
import { Procedure } from '../procedure.ts';

/** The schema version that this release writes. */
export const DEFINITION_VERSION = 1;

/**
 * A procedure with everything it names from the files beside it, so that it stands alone: what is published, pinned by a
 * dossier, hashed, compiled and evaluated. Forms by the path that the procedure names, templates and tables by name.
 */
export const Definition = z
  .strictObject({
    schemaVersion: z.literal(DEFINITION_VERSION),
    procedure: Procedure,
    forms: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .describe('JSON Schemas by the path named in the procedure.'),
    templates: z.record(z.string(), z.unknown()).describe('Templates by the name that an issue gives.'),
    tables: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .describe('Tables beside the procedure: rows by key.'),
  })
  .describe('A procedure and the files it names.');
export type Definition = z.infer<typeof Definition>;

/** Turns a stored definition of one schema version into the next. */
export type Upcaster = (stored: Record<string, unknown>) => Record<string, unknown>;

/** By the version they start from. A release that raises DEFINITION_VERSION adds a line and never removes one. */
const UPCASTERS: Readonly<Record<number, Upcaster>> = {};

/** Raises a stored record step by step to `target`. Throws if it is newer than this release, or a step is missing: both are defects. */
export function upcast(
  stored: Record<string, unknown>,
  target: number,
  upcasters: Readonly<Record<number, Upcaster>>,
): Record<string, unknown> {
  let current = stored;
  for (;;) {
    const version = current['schemaVersion'];
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
      throw new Error(`stored definition: expected a schemaVersion of 1 to ${target}, got ${String(version)}`);
    }
    if (version === target) return current;
    const upcaster = upcasters[version];
    if (version > target || upcaster === undefined) {
      throw new Error(`stored definition: no way from schemaVersion ${version} to ${target}`);
    }
    current = { ...upcaster(current), schemaVersion: version + 1 };
  }
}

/** Reads a stored definition of this or an older release. Throws on anything else: what is stored was checked before. */
export function readDefinition(stored: unknown): Definition {
  const record = z.record(z.string(), z.unknown()).parse(stored);
  return Definition.parse(upcast(record, DEFINITION_VERSION, UPCASTERS));
}
