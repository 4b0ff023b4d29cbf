import type { Refusal } from './refused-apologies.ts';

const sourced = (source: string) => ['proof: { accept', `proof: { source: ${source}, accept`] as const;
const early = sourced('{ result: sample, key: form.area }');

/** What a register holds and is asked for; sources of which nobody could say why they are asked, or that are read before they are. */
export const SOURCES: readonly Refusal[] = [
  {
    rule: 'held-by-registry',
    change: [],
    at: 'documents.proof',
    organisation: { registries: { population: ['proof'] } },
  },
  {
    rule: 'held-by-registry',
    change: [],
    at: 'form.properties.fast',
    organisation: { registries: { population: ['fast'] } },
  },
  {
    rule: 'source-without-purpose',
    change: [sourced('{ registry: land, key: form.area }')],
    at: 'documents.proof.source',
  },
  {
    rule: 'source-too-early',
    change: [early, ['{ owner: form.owner }', '{ owner: sources.proof.owner }']],
    at: 'parties.owner',
    related: 'documents',
  },
  {
    rule: 'source-too-early',
    change: [early, ['when: form.fast', 'when: sources.proof.fast']],
    at: 'clock.limit[0].when',
    related: 'documents',
  },
];
