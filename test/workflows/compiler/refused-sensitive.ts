import type { Refusal } from './refused-apologies.ts';

const MARKED: [string, string] = ['name: { type: string }', 'name: { type: string, x-sensitive: health }'];
const IN_FACT: [string, string] = [
  'large: form.area > 100 }',
  'large: form.area > 100, note: \'"of " & form.owner.name\' }',
];
const send = (value: string): [string, string] => ['send: { area: = form.area }', `send: { area: '= ${value}' }`];

/** What would show or hand on a value that few may see. */
export const SENSITIVE: readonly Refusal[] = [
  ...[
    'form.owner.name',
    '"of " & form.owner.name',
    'parties.owner.name',
    '$exists(form.area) ? form.owner.name : "-"',
    '$uppercase(form.owner.name)',
    'form.owner.$.name',
    '$join(form.owner.(name))',
  ].map((label): Refusal => ({
    rule: 'sensitive-label',
    change: [MARKED, ['clock:', `label: '${label}'\nclock:`]],
    at: 'label',
    related: 'form',
  })),
  {
    rule: 'sensitive-label',
    change: [MARKED, IN_FACT, ['clock:', 'label: facts.note\nclock:']],
    at: 'label',
    related: 'form',
  },
  ...['form.owner', 'form', 'parties', 'parties.owner', '$', '$$', '{"all": form.owner}', '$string(form.owner)'].map(
    (value): Refusal => ({
      rule: 'sensitive-unnamed',
      change: [MARKED, send(value)],
      at: 'stages.link.send.area',
      related: 'form',
    }),
  ),
  {
    rule: 'sensitive-unnamed',
    change: [MARKED, IN_FACT, send('facts.note')],
    at: 'stages.link.send.area',
    related: 'form',
  },
  {
    rule: 'sensitive-unnamed',
    change: [MARKED, ['clock:', 'output: { who: = form.owner }\nclock:']],
    at: 'output.who',
    related: 'form',
  },
  {
    rule: 'sensitive-unnamed',
    change: [
      MARKED,
      [
        'proof: { accept: [scan] }',
        'proof: { source: { registry: population, key: $string(form.owner), purpose: test } }',
      ],
    ],
    at: 'documents.proof.source.key',
    related: 'form',
  },
  {
    rule: 'sensitive-classified',
    change: [['proof: { accept: [scan] }', 'proof: { classified: true, sensitive: health }']],
    at: 'documents.proof.sensitive',
    related: 'documents.proof.classified',
  },
];
