import type { Context } from 'hono';
import type { OfficeName } from '../domain/authority/organisation.ts';
import { CONTRADICTION, CUSTODY, LATENESS, DISPATCH, INCOMING, REFUND } from '../domain/dossier/state.ts';
import { inLanguage } from '../domain/localised-text.ts';
import { type Identity, identify } from '../functions/api/authentication.ts';
import type { Catalogue, Pinned } from '../functions/procedures/catalogue.ts';
import type { LogLine } from '../functions/api/surface.ts';
import type { Login } from '../domain/ports/login.ts';
import type { Official, Unit } from '../schemas/organisation.ts';
import { evidenceOf } from '../schemas/procedure/papers.ts';
import { type AskApi, askApi } from './ask-api.ts';
import { type Language, isLanguage, LANGUAGES, preferred } from './languages/languages.ts';
import type { Texts } from './languages/vi.ts';
import { cookieOf } from './cookies.ts';
import { FormReader } from './forms/schema.ts';
import { accessOf, readSession, type Sealer, type Session } from './session.ts';
import type { Stylesheet } from './stylesheet.ts';
import type { Hono } from 'hono';

/** Where the console lies; every address of it begins so. */
export const AT = '/console';

/** What the pages stand on. What is published (definitions, units, who holds which office) is read from the catalogue; everything else through the API. */
export interface ConsoleParts {
  api: Pick<Hono, 'fetch'>;
  catalogue: Catalogue;
  clock: { now(): number };
  sealer: Sealer;
  publicUrl: string;
  style: Stylesheet;
  /** Absent: nobody can log in; what is public can be read. */
  login?: Login | undefined;
  /** The page of the signing service on which officials authorise a hash. */
  signingPage?: string | undefined;
  /** Of documents that are shown within a page: what strangers hand in is drawn at no address at which somebody is logged in. Absent: `filesOrigin` is that, or it is only downloaded. */
  documentOrigin?: string | undefined;
  maxUploadBytes: number;
  /** Largest request that reaches this app, in bytes; absent: what a page's files may have together. */
  maxRequestBytes?: number;
  /** Where files lie that pages show, and go that they send, if not here. */
  filesOrigin?: string;
  log: (line: LogLine) => void;
}

export type Who =
  | { kind: 'anyone' }
  | { kind: 'applicant'; subject: string }
  | { kind: 'official'; official: Official; office: OfficeName; unitName: string; title: string }
  | { kind: 'admin'; subject: string }
  /** Logged in, for an office that he does not hold today. */
  | { kind: 'nobody' };

/** One request: who it is of, in which language, and what is asked for him. */
export interface Visit {
  c: Context;
  parts: ConsoleParts;
  language: Language;
  t: Texts;
  session: Session | undefined;
  who: Who;
  /** Units in force. */
  units: readonly Unit[];
  /** Names of systems and registers, by id. */
  systems: ReadonlyMap<string, string>;
  api: AskApi;
  now: number;
}

export async function visitOf(c: Context, parts: ConsoleParts): Promise<Visit> {
  const now = parts.clock.now();
  const sealed = cookieOf(c, parts, 'session');
  const session = readSession(parts.sealer, sealed, now);
  const chosen = cookieOf(c, parts, 'language');
  const language = isLanguage(chosen) ? chosen : preferred(c.req.header('accept-language'));
  return {
    c,
    parts,
    language,
    t: await LANGUAGES[language].texts(),
    session,
    units: await parts.catalogue.unitsInForce(now),
    systems: await parts.catalogue.systemNames(),
    who: session ? await whoIs(parts, session, now) : { kind: 'anyone' },
    api: askApi(parts.api, parts.publicUrl, { token: session && sealed, visit: c.req.raw }),
    now,
  };
}

/** Judged as the API judges it, by the same function. */
async function whoIs({ catalogue }: ConsoleParts, session: Session, now: number): Promise<Who> {
  const identified = await identify(accessOf(session), { directory: catalogue.directory, catalogue, now });
  return identified.ok ? whoOf(catalogue, identified.identity) : { kind: 'nobody' };
}

async function whoOf(catalogue: Catalogue, identity: Identity): Promise<Who> {
  switch (identity.kind) {
    case 'official': {
      const { official, appointment } = identity;
      const unit = await catalogue.unit(appointment.unit);
      return {
        kind: 'official',
        official,
        office: { unit: appointment.unit, role: appointment.role },
        unitName: unit?.name ?? appointment.unit,
        title: appointment.title,
      };
    }
    case 'applicant':
    case 'admin':
      return { kind: identity.kind, subject: identity.subject };
    case 'system':
      return { kind: 'nobody' };
  }
}

/** A procedure as it is in force, or was last. */
export async function pinnedOf({ parts, now }: Visit, procedure: string): Promise<Pinned | undefined> {
  const { catalogue } = parts;
  const version = (await catalogue.current(procedure, now)) ?? (await catalogue.published(procedure)).at(-1);
  return version && catalogue.pinned(procedure, version.version);
}

/** Names as people know them, from what is published. */
export class Names {
  readonly #visit: Visit;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  text(text: Readonly<Record<string, string>> | undefined): string {
    return text === undefined ? '' : inLanguage(text, this.#visit.language);
  }

  async unit(id: string | null | undefined): Promise<string> {
    if (id == null) return this.#visit.t.history.coordinators;
    return (await this.#visit.parts.catalogue.unit(id))?.name ?? id;
  }

  system(id: string): string {
    return this.#visit.systems.get(id) ?? id;
  }

  async official(id: string): Promise<string> {
    const { parts, now } = this.#visit;
    const organisation = await parts.catalogue.directory.at(parts.catalogue, now);
    return organisation.official(id)?.name ?? id;
  }

  role(role: string | null | undefined): string {
    return role == null ? '' : (this.#visit.t.roles[role] ?? role);
  }

  outcome(outcome: string): string {
    return this.#visit.t.outcomes[outcome] ?? outcome;
  }

  stage({ procedure }: Pick<Pinned, 'procedure'>, stage: string | null): string {
    if (stage === null) return '';
    if (stage === LATENESS) return this.#visit.t.lateness;
    if (stage === CUSTODY) return this.#visit.t.intake.custody;
    if (stage === REFUND) return this.#visit.t.refund.task;
    if (stage === CONTRADICTION) return this.#visit.t.contradiction.task;
    if (stage === DISPATCH) return this.#visit.t.dispatch.task;
    if (stage === INCOMING) return this.#visit.t.incoming.task;
    const found = procedure.stages[stage];
    if (!found) return stage;
    if (found.title !== undefined) return this.text(found.title);
    return found.kind === 'ask' ? this.#visit.t.asks[found.for] : this.#visit.t.kinds[found.kind];
  }

  issue({ procedure }: Pick<Pinned, 'procedure'>, issue: string): string {
    return this.text(procedure.issues?.[issue]?.title) || issue;
  }

  document({ procedure }: Pinned, component: string): string {
    return this.text(procedure.documents?.[component]?.title) || component;
  }

  /** A kind of other evidence that counts instead of a document. */
  evidence({ procedure }: Pinned, component: string, evidence: string): string {
    return this.text(evidenceOf(procedure.documents?.[component] ?? {}).get(evidence)) || evidence;
  }

  /** What was handed in: the document, or what stands in its place. */
  handedIn(pinned: Pinned, { component, evidence }: { component: string; evidence?: string | undefined }): string {
    const title = this.document(pinned, component);
    // Empty: not said yet.
    if (evidence === undefined || evidence === '') return title;
    return this.#visit.t.dossier.insteadOf(this.evidence(pinned, component, evidence), title);
  }

  /** What an applicant is asked to supplement: a document, or a part of the form. */
  component(pinned: Pinned, component: string): string {
    const { procedure, definition } = pinned;
    if (procedure.documents?.[component] !== undefined || procedure.form === undefined)
      return this.document(pinned, component);
    const parts = new FormReader(definition, procedure.form, this.#visit.language, this.#visit.units).questions({});
    return parts.find(({ at }) => at === `/${component}`)?.label ?? component;
  }
}
