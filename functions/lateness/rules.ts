import type { Dossier } from '../../domain/dossier/state.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Issue } from '../../schemas/procedure/papers.ts';
import type { LegalBasis } from '../../schemas/procedure/values.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { mostReappointments } from '../clock/alarms.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { decidingRoles } from '../stages/deciding-roles.ts';
import type { Standing } from '../stages/standing.ts';

/** What a procedure says of apologies, whole. */
export interface LatenessRules {
  /** The role that drafts one. */
  by: string;
  /** The issue that one is. */
  makes: string;
  issue: Issue;
  /** The role that signs it off. */
  supervisor: string;
  causes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  legalBasis: LegalBasis;
  /** How often a new date may be promised. */
  most: number;
}

/** What the procedure says of apologies; undefined: it knows none. Publication lets through only what is whole. */
export function latenessRules({ clock: { late }, issues = {} }: Procedure): LatenessRules | undefined {
  if (late?.apology === undefined) return undefined;
  const { by, makes = '', causes, legalBasis } = late;
  const issue = issues[makes];
  const [supervisor] = issue?.sign?.personal ?? [];
  if (by === undefined || !issue || supervisor === undefined || !causes || legalBasis === undefined)
    throw new TaskTerminal('clock.late: expected by, makes, causes and legalBasis, and an issue that a person signs');
  return { by, makes, issue, supervisor, causes, legalBasis, most: mostReappointments(late) };
}

/**
 * The role that hears of a promised date that has passed: who signs apologies off; where the procedure knows none, who heads the unit that has the dossier,
 * and of a unit that names no head who signs in this procedure, or decides. `null`: there is no such role.
 */
export async function supervisorOf(
  { procedure, loaded, workOf }: Pick<Standing, 'procedure' | 'loaded' | 'workOf'>,
  catalogue: Catalogue,
): Promise<string | null> {
  const rules = latenessRules(procedure);
  return rules ? rules.supervisor : headOf({ procedure, loaded, workOf }, catalogue);
}

/** The role that heads the unit that has the dossier, or has taken it over; of a unit that names no head, who signs in this procedure, or decides. `null`: there is no such role. */
export async function headOf(
  { procedure, loaded, workOf }: Pick<Standing, 'procedure' | 'loaded' | 'workOf'>,
  catalogue: Catalogue,
): Promise<string | null> {
  const unit = loaded.dossier.unit === null ? null : workOf(loaded.dossier.unit);
  const head = unit === null ? undefined : (await catalogue.unit(unit))?.head;
  if (head !== undefined) return head;
  const signers = Object.values(procedure.issues ?? {}).flatMap(({ sign }) => sign?.personal ?? []);
  return signers[0] ?? [...decidingRoles(procedure)].at(-1) ?? null;
}

/** Why no new date may be promised, by the law of the procedure: none is known, as many were, or the date has passed. */
export function refuseReappointment(d: Dossier, rules: LatenessRules | undefined, now: number): Refused | undefined {
  if (!rules) return refuse('reappointment-unlawful', 'expected a procedure that knows apologies (clock.late.apology)');
  const law = [rules.legalBasis].flat().join('; ');
  const { times = 0, due } = d.reappointed ?? {};
  if (times >= rules.most)
    return refuse(
      'reappointment-unlawful',
      `expected at most ${rules.most} new date${rules.most === 1 ? '' : 's'} for one dossier (${law}); ${due ?? ''} was promised by the last one that may be`,
    );
  if (d.promise === null || d.alarms.late === undefined || Date.parse(d.promise.dueAt) < now)
    return refuse(
      'clock-not-running',
      `expected a clock that runs towards a promised date which has not passed (${law}: before it does)`,
    );
  return undefined;
}
