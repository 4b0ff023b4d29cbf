import * as z from 'zod';

/** Lower-case words joined by hyphens: procedures, units, officials, registers, systems, subscriptions. */
export const Slug = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens, such as birth-registration')
  .max(64);

/** camelCase: stages, fields, documents, fees, issues. A hyphen would be read as a subtraction in an expression. */
export const Name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'expected a camelCase name, such as caseOfficer')
  .max(64);

/** A dossier's id: `d` and 26 characters of Crockford base 32, time-ordered (ULID). */
export const DossierId = z
  .string()
  .regex(/^d[0-9a-hjkmnp-tv-z]{26}$/, 'expected a dossier id, such as d01jd8w1xk2f3g4h5j6k7m8n9p0');

/** A task's id: dossier, stage, visit and, in a stage of several steps, the step. */
export const TaskId = z
  .string()
  .regex(
    /^d[0-9a-z]{26}\.[a-z][A-Za-z0-9]*\.[1-9][0-9]*(\.[a-z]+[0-9]*|\.part\.[a-z][A-Za-z0-9]*)?$/,
    'expected a task id, such as d01jd….verify.1',
  );

export const UploadId = z.string().regex(/^u[0-9a-hjkmnp-tv-z]{26}$/, 'expected an upload id');

/** Lower-case hexadecimal SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 digest as 64 hexadecimal digits');

/** An instant in UTC, to the millisecond: `2026-11-23T03:00:00.000Z`. */
export const Instant = z.iso.datetime({ precision: 3 });

/** An instant as people write it, with the offset of their clock. */
export const OffsetInstant = z.iso.datetime({ offset: true });

/** Semantic version of a procedure. */
export const Version = z.string().regex(/^\d+\.\d+\.\d+$/, 'expected a version, such as 1.0.0');
