import { LOST } from '../domain/dossier/fold-intake.ts';
import { POSTED } from '../domain/dossier/outgoing.ts';
import { CONTRADICTION, CUSTODY, LATENESS, DISPATCH, INCOMING, REFUND } from '../domain/dossier/state.ts';
import { clockAtStage } from '../functions/clock/during.ts';
import type { Pinned } from '../functions/procedures/catalogue.ts';
import type { Stage } from '../schemas/procedure/stages.ts';
import { tellTerm } from './tell.ts';
import type { Names, Visit } from './visit.ts';

/** Outcomes upon which a stage makes its paper. */
const FORWARD: ReadonlySet<string> = new Set(['accepted', 'valid', 'approved']);

/** What follows from work beside the stages, but an apology. */
function besideStages({ t }: Pick<Visit, 't'>, at: string, outcome: string): string | undefined {
  if (at === CUSTODY) return outcome === LOST ? t.happens.lost : t.happens.handedBack;
  if (at === REFUND) return t.happens.refunded;
  if (at === CONTRADICTION) return t.happens.examined;
  if (at === DISPATCH) return outcome === POSTED ? t.happens.posted : t.happens.notPosted;
  return at === INCOMING ? t.happens.acknowledged : undefined;
}

/** What follows from an outcome, by the procedure: told before it is decided. */
export function consequencesOf(
  { t }: Pick<Visit, 't'>,
  names: Names,
  pinned: Pinned,
  { stage: at, step, outcome }: { stage: string; step: string; outcome: string },
): string[] {
  const stage = pinned.procedure.stages[at];
  const beside = besideStages({ t }, at, outcome);
  if (beside !== undefined) return [beside];
  if (at === LATENESS) return consequencesOfLateness({ t }, names, pinned, { step, outcome });
  if (!stage) return [];
  if (stage.kind === 'sign' && outcome === 'signed') return [signed({ t }, step)];
  if (stage.kind === 'consult') return [t.happens.sameStage];
  const makes = FORWARD.has(outcome) && 'makes' in stage ? stage.makes : undefined;
  const told = makes === undefined ? [] : [t.happens.makes(names.issue(pinned, makes))];
  const target = 'then' in stage ? stage.then?.[outcome] : undefined;
  if (target === 'back') return [...told, t.happens.back];
  return target === undefined ? told : [...told, tellStage({ t }, names, pinned, target)];
}

/** What happens at a stage to which the dossier goes. */
export function tellStage({ t }: Pick<Visit, 't'>, names: Names, pinned: Pinned, name: string): string {
  const next = pinned.procedure.stages[name];
  return next ? tellNext({ t }, names, pinned, { name, next }) : t.happens.stageAlone(name);
}

function consequencesOfLateness(
  { t }: Pick<Visit, 't'>,
  names: Names,
  pinned: Pinned,
  { step, outcome }: { step: string; outcome: string },
): string[] {
  if (outcome === 'signed') return [signed({ t }, step)];
  const { makes } = pinned.procedure.clock.late ?? {};
  return outcome === 'drafted' && makes !== undefined ? [t.happens.sign(names.issue(pinned, makes))] : [];
}

function signed({ t }: Pick<Visit, 't'>, step: string): string {
  return step === 'organisation' ? t.happens.sealed : t.happens.signedNext;
}

function tellNext(
  { t }: Pick<Visit, 't'>,
  names: Names,
  pinned: Pinned,
  { name, next }: { name: string; next: Stage },
): string {
  const title = names.stage(pinned, name);
  const term = 'within' in next && next.within !== undefined ? tellTerm(t, next.within) : '';
  const within = term === '' ? '' : t.happens.within(term);
  switch (next.kind) {
    case 'ask': {
      const asked = next.for === 'supplement' ? t.happens.askSupplement(within) : t.happens.askOther(title, within);
      const { effect = 'runs' } = clockAtStage(pinned.procedure, name) ?? {};
      return effect === 'runs' ? asked : `${asked} ${t.happens.clockStands}`;
    }
    case 'pay':
      return t.happens.pay;
    case 'sign':
      return t.happens.sign(names.issue(pinned, next.issue));
    case 'call':
      return next.system === undefined ? t.happens.stageAlone(title) : t.happens.call(names.system(next.system));
    case 'notify':
      return next.result === undefined
        ? t.happens.stageAlone(title)
        : t.happens.notify(t.results[next.result] ?? next.result);
    case 'receive':
    case 'verify':
    case 'inspect':
    case 'approve': {
      const role = roleOf(next.by);
      return role === undefined ? t.happens.stageAlone(title) : t.happens.stage(title, names.role(role));
    }
    case 'consult':
    case 'open':
    case 'decide':
    case 'wait':
      return t.happens.stageAlone(title);
  }
}

function roleOf(by: unknown): string | undefined {
  if (typeof by === 'string') return by === 'system' ? undefined : by;
  return typeof by === 'object' && by !== null && 'role' in by && typeof by.role === 'string' ? by.role : undefined;
}
