import * as z from 'zod';
import { Instant, Name, OffsetInstant, Slug } from './ids.ts';
import { InstrumentKind } from './procedure/closed-sets.ts';

/** Who keeps a register of a unit, if not the unit here: a system of another authority, from one year to another. */
export const KeptRegister = z.strictObject({
  register: Slug.describe('As procedures name it'),
  keeper: Slug.describe('The connector that gives its numbers'),
  from: z.int().min(1900).max(9999).describe('First year whose numbers it gives'),
  until: z.int().min(1900).max(9999).optional().describe('Last one; a line that is over stays'),
});
export type KeptRegister = z.infer<typeof KeptRegister>;

/** How a unit forms the codes of its dossiers (`functions/dossiers/codes.ts`). */
export const CodeSchemeName = z.enum(['vn-one-stop', 'vn-ministry', 'yearly']);
export type CodeSchemeName = z.infer<typeof CodeSchemeName>;

/** A unit of the administration: who receives, who decides, whose registers number the results. */
export const Unit = z.strictObject({
  id: Slug,
  name: z.string().trim().min(1).describe('Full name, as printed on documents'),
  agency: z.string().describe('Superior agency, as printed above the name').optional(),
  level: Slug.describe('Level or kind of unit, such as commune, province, nation, commune-police'),
  parent: Slug.nullable().describe('Superior unit'),
  area: z.array(z.string()).describe('Codes of the areas for which the unit is competent'),
  identifier: z.string().describe('Identifier used in dossier codes, such as H26.15'),
  symbol: z.string().describe('Abbreviation used in document numbers, such as UBND'),
  place: z.string().describe('Place named before the date on documents'),
  codeScheme: CodeSchemeName.describe('Scheme of dossier codes'),
  calendar: Slug,
  head: Slug.optional().describe('Role that heads it and may give its work to another; absent: nobody may'),
  from: OffsetInstant.optional().describe('Competent from this instant on; absent: always was'),
  registers: z
    .array(KeptRegister)
    .refine(isOneKeeperEach, 'expected one keeper for each register and year, and years in order')
    .optional()
    .describe('Registers whose numbers another system gives; all others are kept here'),
});
export type Unit = z.infer<typeof Unit>;

/** Whether no year of a register has two keepers. */
function isOneKeeperEach(kept: readonly KeptRegister[]): boolean {
  const end = ({ until = Infinity }: KeptRegister): number => until;
  return kept.every(
    (each, index) =>
      each.from <= end(each) &&
      kept.every(
        (other, at) =>
          at <= index || other.register !== each.register || other.from > end(each) || end(other) < each.from,
      ),
  );
}

export const Appointment = z.strictObject({
  unit: Slug,
  role: Slug,
  from: z.iso.date(),
  until: z.iso.date().optional().describe('Last day, inclusive'),
  title: z.string().describe('As printed in the signature block, such as CHỦ TỊCH'),
});
export type Appointment = z.infer<typeof Appointment>;

export const Official = z.strictObject({
  id: Slug,
  name: z.string().trim().min(1),
  subject: z.string().describe('`sub` of the official in access tokens'),
  appointments: z.array(Appointment),
  email: z.email().max(254).optional().describe('Where one-time links go'),
  credential: z.string().optional().describe('Id of the official’s credential at the remote signer'),
  certificate: z.string().optional().describe('The official’s signing certificate, PEM'),
});
export type Official = z.infer<typeof Official>;

/** A role in a unit. With `official`, that person alone and only while he holds it. */
export const Office = z.strictObject({
  unit: Slug,
  role: Slug,
  official: Slug.optional().describe('This person alone; absent: whoever holds the office'),
});
export type Office = z.infer<typeof Office>;

/** What an instrument may leave open, by its kind: an authorisation is in writing, limited in time and content (Decree 30/2020 art. 13(3)). */
const REQUIRED = {
  deputy: [],
  'by-order': [],
  'by-authorisation': ['until', 'signedBy', 'number', 'dated'],
  substitute: ['until'],
} as const satisfies Record<InstrumentKind, readonly string[]>;

/** By what somebody acts who does not hold the office himself: always of one kind, from one office to another, from day to day. */
export const Instrument = z
  .strictObject({
    id: Slug,
    kind: InstrumentKind,
    for: Office.describe('Whose power is exercised'),
    holder: Office.describe('Who exercises it, in this appointment of his own'),
    procedures: z.array(Slug).min(1).optional().describe('In these procedures; absent: in all'),
    stages: z.array(Name).min(1).optional().describe('At these stages; absent: at all'),
    from: z.iso.date().describe('First day, by the date where the unit is'),
    until: z.iso.date().optional().describe('Last day, inclusive'),
    signedBy: Slug.optional().describe('Official who gave it'),
    number: z.string().min(1).max(100).optional().describe('As printed on it, such as 12/GUQ-UBND'),
    dated: z.iso.date().optional().describe('Day on which it was given'),
    legalBasis: z.string().min(1).max(500),
  })
  .superRefine((instrument, context) => {
    const lacks = (at: string, message: string) => {
      context.addIssue({ code: 'custom', path: [at], message });
    };
    for (const field of REQUIRED[instrument.kind])
      if (instrument[field] === undefined) lacks(field, `expected with an instrument of kind ${instrument.kind}`);
    if (instrument.kind === 'by-authorisation' && !instrument.procedures && !instrument.stages)
      lacks('procedures', 'an authorisation is limited in content: expected procedures or stages');
    if (instrument.kind === 'substitute' && (!instrument.for.official || !instrument.holder.official))
      lacks(instrument.for.official ? 'holder' : 'for', 'expected who is absent and who stands in, each by id');
    if (instrument.until !== undefined && instrument.until < instrument.from)
      lacks('until', `expected a day from ${instrument.from} on`);
  })
  .describe('By what somebody acts who does not hold the office himself.');
export type Instrument = z.infer<typeof Instrument>;

/** A system of an agency, or of a payment provider, that talks to Onetrack by signed webhooks. */
export const AgencySystem = z.strictObject({
  id: Slug,
  name: z.string(),
  units: z.array(Slug).describe('Units for whose officials it may speak'),
  may: z.array(z.enum(['decide', 'pay', 'submit'])),
  secrets: z
    .array(z.string().regex(/^(whsec|whpk)_[A-Za-z0-9+/]+=*$/))
    .min(1)
    .max(2)
    .describe(
      'Keys of Standard Webhooks: shared secrets (`whsec_`) or public keys (`whpk_`); two while one is rotated',
    ),
  checkout: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Of a payment provider: its page to pay at, to which an order is brought that the first shared secret signs',
    ),
});
export type AgencySystem = z.infer<typeof AgencySystem>;

/** How messages of Standard Webhooks are signed. */
export const SignatureScheme = z.enum(['hmac', 'ed25519']);
export type SignatureScheme = z.infer<typeof SignatureScheme>;

const WebhookSecret = z
  .string()
  .regex(/^(whsec|whsk)_/)
  .describe('Signs by Standard Webhooks: `whsec_` is shared with the receiver, `whsk_` never leaves');

/** Whom to tell of which events. */
export const Subscription = z.strictObject({
  id: z.string(),
  url: z.url({ protocol: /^https?$/ }),
  types: z.array(z.string()).describe('Event types; empty means all'),
  units: z.array(Slug).describe('Units concerned; empty means all that the owner is entitled to'),
  secret: WebhookSecret,
  previous: z
    .strictObject({ secret: WebhookSecret, until: Instant })
    .optional()
    .describe('The secret before the last rotation; until then it signs beside the present one'),
  owner: z.string().describe('Subject that made it'),
  by: z
    .union([z.strictObject({ official: Slug, unit: Slug, role: Slug }), z.strictObject({ system: Slug })])
    .optional()
    .describe(
      'The appointment in which an official made it, or the system that did: it ends with the appointment, with the system’s unit',
    ),
  created: Instant,
});
export type Subscription = z.infer<typeof Subscription>;

/** A published or prepared version of a procedure, with the files it names. */
export const ProcedureVersion = z.strictObject({
  id: Slug,
  version: z.string(),
  definition: z
    .record(z.string(), z.unknown())
    .describe('The procedure and all it names, as parsed; read with `readDefinition`'),
  source: z.string().describe('The YAML as handed in'),
  digest: z.string().describe('SHA-256 of the canonical definition'),
  status: z
    .enum(['draft', 'published', 'retired'])
    .describe('Kept as `published` when it is retired: `retiredFrom` says since when, or from when, it is'),
  machine: z.strictObject({ name: z.string(), arn: z.string(), asl: z.string() }).nullable(),
  effectiveFrom: Instant.nullable().describe('New dossiers are pinned to it from this instant'),
  retiredFrom: Instant.nullable().describe('From this instant on no new dossier starts on it; open ones go on'),
});
export type ProcedureVersion = z.infer<typeof ProcedureVersion>;

/** An organisation as its file says it: secrets of systems, keys and certificates of officials are made at the first start, never written down. */
export const OrganisationFile = z
  .strictObject({
    units: z.array(Unit).min(1),
    officials: z.array(Official.omit({ certificate: true })),
    instruments: z.array(Instrument).default([]),
    systems: z.array(AgencySystem.omit({ secrets: true })),
  })
  .describe('Units, officials, instruments and systems of an organisation.');
export type OrganisationFile = z.infer<typeof OrganisationFile>;
