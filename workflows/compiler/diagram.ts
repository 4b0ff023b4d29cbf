import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { END, namedTargets } from './graph.ts';

/** The ways on from a stage: each by its outcome, a `decide` by its conditions; no label: it just ends. */
export interface StageWays {
  stage: string;
  ways: { label: string | null; to: string }[];
}

/** Every stage with the ways that it names, in the order of the text; `back` as written, `end` where a dossier ends. */
export function waysOf({ stages }: Pick<Procedure, 'stages'>): StageWays[] {
  return Object.entries(stages).map(([id, stage]) => ({
    stage: id,
    ways: [
      ...namedTargets(id, stage).map(({ target, outcome, at }) => ({
        label: outcome ?? choiceLabel(stage, at),
        to: target,
      })),
      ...(stage.kind === 'notify' && stage.then === undefined ? [{ label: null, to: END }] : []),
    ],
  }));
}

/** The ways of a procedure as a Mermaid flow chart: stages with who acts or what they open, arrows with their outcome. */
export function diagram(procedure: Procedure): string {
  const lines = ['flowchart TD'];
  for (const { stage: id, ways } of waysOf(procedure)) {
    const stage = procedure.stages[id];
    if (!stage) continue;
    const label = [id, ...[subtitle(stage), ...openedBy(stage)].map(escaped)].join('<br/>');
    lines.push(`  ${node(id)}${shape(stage, label)}`);
    for (const way of ways) {
      const to = way.to === 'back' ? `${node(id)}_back(["back"])` : node(way.to);
      lines.push(
        way.label === null
          ? `  ${node(id)} --> ${node(END)}([end])`
          : `  ${node(id)} -->|"${escaped(way.label)}"| ${to}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Prefixed: Mermaid has words of its own, such as `end`. */
function node(id: string): string {
  return `s_${id}`;
}

function shape(stage: Stage, label: string): string {
  return stage.kind === 'decide' ? `{"${label}"}` : `["${label}"]`;
}

function subtitle(stage: Stage): string {
  const who = 'by' in stage && stage.by !== undefined ? actor(stage.by) : 'of' in stage ? stage.of : '';
  const result = stage.kind === 'notify' && stage.result !== undefined ? ` = ${stage.result}` : '';
  return `${stage.kind}${who === '' ? '' : `, ${who}`}${result}`;
}

/** The dossiers that a stage opens, one a line, with what they come after. */
function openedBy(stage: Stage): string[] {
  if (stage.kind !== 'open') return [];
  return Object.entries(stage.parts).map(([name, { procedure, after = [], counts }]) => {
    const opened = typeof procedure === 'string' ? procedure : procedure.map((line) => line.is).join(' or ');
    const later = after.length > 0 ? `, after ${after.join(' and ')}` : '';
    return `${name}: ${opened}${later}${counts === false ? ', not awaited' : ''}`;
  });
}

function actor(by: string | { role: string } | { people: string }): string {
  if (typeof by === 'string') return by;
  return 'role' in by ? by.role : by.people;
}

function choiceLabel(stage: Stage, at: readonly PropertyKey[]): string {
  if (stage.kind !== 'decide') return 'entered often enough';
  return stage.choose[Number(at[3])]?.when ?? 'otherwise';
}

function escaped(text: string): string {
  return text.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
