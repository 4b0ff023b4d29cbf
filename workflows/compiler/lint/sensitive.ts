import type { Problem } from '../problem.ts';
import { type Exposure, SensitiveReading } from '../sensitive-reading.ts';
import { type Lint, problem, stagesOf, type Subject } from './subject.ts';

/** Values that few may see: that no list shows them, and that whoever else is handed one is handed it by its name. */
export const lintSensitive: Lint = (subject) => {
  const reading = new SensitiveReading(subject.definition);
  return [...labelProblems(subject, reading), ...handedOn(subject, reading), ...classifiedProblems(subject)];
};

function labelProblems(subject: Subject, reading: SensitiveReading): Problem[] {
  const { label } = subject.procedure;
  const [exposed] = label === undefined ? [] : reading.ofExpression(label);
  if (!exposed) return [];
  const { path, kind, at } = exposed.mark;
  const message = `it shows ${path.join('.')}, which is sensitive (${kind}), to whoever sees a list`;
  return [problem(subject, 'sensitive-label', { at: ['label'], message, related: at })];
}

interface Handing {
  at: PropertyKey[];
  exposures: Exposure[];
}

function handedOn(subject: Subject, reading: SensitiveReading): Problem[] {
  const all = [...toSystems(subject, reading), ...toChildren(subject, reading), ...toOthers(subject, reading)];
  return all.flatMap(({ at, exposures }) => {
    const taken = exposures.find(({ byName }) => !byName);
    if (!taken) return [];
    const { path, kind, at: related } = taken.mark;
    const message = `it takes ${path.join('.')} along, which is sensitive (${kind}): name each value that is handed on`;
    return [problem(subject, 'sensitive-unnamed', { at, message, related })];
  });
}

function toSystems(subject: Subject, reading: SensitiveReading): Handing[] {
  return stagesOf(subject).flatMap(([id, stage]) => {
    if (stage.kind !== 'call') return [];
    const { send = {}, undo = {} } = stage;
    return Object.entries({ send, undo }).flatMap(([map, inputs]) =>
      Object.entries(inputs).map(([name, value]) => ({
        at: ['stages', id, map, name],
        exposures: reading.ofValue(value),
      })),
    );
  });
}

/** An identity number goes with the person whose it is, into a dossier whose own form marks it. */
function toChildren(subject: Subject, reading: SensitiveReading): Handing[] {
  return stagesOf(subject).flatMap(([id, stage]) =>
    stage.kind !== 'open'
      ? []
      : Object.entries(stage.parts).flatMap(([part, { with: inputs = {}, each }]) =>
          Object.entries(inputs).map(([name, value]) => ({
            at: ['stages', id, 'parts', part, 'with', name],
            exposures: reading.ofValue(value, each).filter(({ mark }) => mark.kind !== 'identity'),
          })),
        ),
  );
}

/** Registers that are asked by a key, and the dossier that opened this one. */
function toOthers({ procedure }: Subject, reading: SensitiveReading): Handing[] {
  const keys = Object.entries(procedure.documents ?? {}).flatMap(([name, { source }]) =>
    source ? [{ at: ['documents', name, 'source', 'key'], exposures: reading.ofExpression(source.key) }] : [],
  );
  const output = Object.entries(procedure.output ?? {}).map(([name, value]) => ({
    at: ['output', name],
    exposures: reading.ofValue(value),
  }));
  return [...keys, ...output];
}

function classifiedProblems(subject: Subject): Problem[] {
  return Object.entries(subject.procedure.documents ?? {}).flatMap(([name, { classified, sensitive }]) =>
    classified === true && sensitive !== undefined
      ? [
          problem(subject, 'sensitive-classified', {
            at: ['documents', name, 'sensitive'],
            message: `${name} is classified: it never travels, and there is nothing to show`,
            related: ['documents', name, 'classified'],
          }),
        ]
      : [],
  );
}
