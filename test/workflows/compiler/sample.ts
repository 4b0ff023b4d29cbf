import { parseProcedure } from '../../../workflows/compiler/parse.ts';
import type { ParsedProcedure } from '../../../workflows/compiler/parse.ts';
import { formatProblem } from '../../../workflows/compiler/problem.ts';

const SAMPLE = `procedure: sample
version: 1.0.0
code: '2.000910'
title: { en: Sample }
legalBasis: Sample Act
effective: { from: 2027-01-01, announced: Decision 1 }
online: full
parties: { owner: form.owner }
form:
  type: object
  required: [owner, area, fast]
  properties: { owner: { type: object, properties: { name: { type: string } } }, area: { type: integer }, fast: { type: boolean } }
  additionalProperties: false
facts: { large: form.area > 100 }
clock:
  limit: [{ when: form.fast, is: { workingDays: 1 } }, { is: { workingDays: 3 } }]
  starts: submitted
  during: { complete: stops, pay: runs }
documents: { proof: { accept: [scan] } }
rules: [{ at: verify, must: form.area > 0, else: warn, say: { vi: Chưa ghi diện tích } }]
fees: { fee: { kind: fee, amount: '= form.area * 2' } }
issues:
  permit: { template: permit, register: permits, sign: { personal: [head], organisation: clerk }, valid: { months: 12 } }
  refusal: { template: permit, register: letters, sign: { personal: [head], organisation: clerk } }
stages:
  receive: { kind: receive, by: reception, then: { accepted: verify } }
  verify: { kind: verify, by: case-officer, form: { type: object, properties: { good: { type: boolean } } }, then: { valid: decide, incomplete: complete, invalid: refuse } }
  complete: { kind: ask, of: owner, for: supplement, needs: [proof], times: 1, then: { answered: back, expired: stopped } }
  decide:
    kind: decide
    choose:
      - { when: facts.large, go: pay }
      - { go: link }
  link: { kind: call, system: registry, send: { area: = form.area }, then: { done: pay, refused: refuse } }
  pay: { kind: pay, of: owner, fees: [fee], then: { paid: approve, expired: stopped } }
  approve: { kind: approve, by: head, separateFrom: [verify], then: { approved: sign, returned: verify, rejected: refuse } }
  sign: { kind: sign, issue: permit, then: { signed: granted, declined: approve } }
  granted: { kind: notify, deliver: [permit], result: granted }
  refuse: { kind: sign, issue: refusal, then: { signed: refused, declined: approve } }
  refused: { kind: notify, deliver: [refusal], result: refused }
  stopped: { kind: notify, result: stopped }
anytime: { withdraw: { by: owner, until: sign, stop: withdrawn } }
`;

/** A sound procedure of moderate size, with texts of it replaced; throws if a text to replace is not in it. */
export function sample(changes: readonly (readonly [string, string])[] = []): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the sample does not contain: ${from}`);
    return text.replace(from, () => to);
  }, SAMPLE);
}

const TEMPLATE = `template: permit
languages: [en]
title: PERMIT
agency: { name: '{{ agency.name }}' }
body: [{ paragraph: 'Dossier {{ dossier.code }}.' }]
`;

/** Files beside the sample. */
export function readBeside(path: string): string | undefined {
  return path === 'templates/permit.yaml' ? TEMPLATE : undefined;
}

export function parseYaml(text: string): ParsedProcedure {
  const parsed = parseProcedure(text, 'sample.yaml', readBeside);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.procedure;
}
