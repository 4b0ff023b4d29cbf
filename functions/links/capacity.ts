import { titleOf, titleOfOffice } from '../../domain/authority/capacity.ts';
import type { Organisation } from '../../domain/authority/organisation.ts';
import { tellDate } from '../../domain/time/civil-text.ts';
import type { OnBehalfOf } from '../../schemas/actor.ts';
import type { Instrument, Official } from '../../schemas/organisation.ts';
import type { Ground, Refusal } from '../../schemas/refusals.ts';
import { kindWord, type PageLanguage, RULE_WORDS, WORDS } from './words.ts';

/** In what capacity an official decides, as a page or a mail tells it. */
export interface CapacityShown {
  /** Name and title in his own office. */
  by: string;
  /** In whose stead: the office and who holds it; absent: in an office that is his own. */
  insteadOf?: string;
  /** By which instruments, each with its number, law and last day. */
  byInstrument?: string[];
}

interface Deciding {
  official: Official;
  own: { unit: string; role: string };
  onBehalfOf?: OnBehalfOf | undefined;
}

/** Says it in words; units by their names. */
export function capacityShown(
  organisation: Organisation,
  { official, own, onBehalfOf }: Deciding,
  unitName: (id: string) => string,
  language: PageLanguage,
): CapacityShown {
  const by = [official.name, titleIn(organisation, official, own), unitName(own.unit)].join(', ');
  if (!onBehalfOf) return { by };
  const { unit, role, officials, instruments } = onBehalfOf;
  const office = titleOfOffice(organisation, { unit, role, official: officials[0] });
  const holders = officials.map((id) => organisation.official(id)?.name ?? id).join(', ');
  const insteadOf = `${office}, ${unitName(unit)}${holders === '' ? '' : ` (${holders})`}`;
  const byInstrument = instruments.flatMap(({ id }) => {
    const instrument = organisation.instrument(id);
    return instrument ? [instrumentInWords(instrument, language)] : [];
  });
  return { by, insteadOf, byInstrument };
}

function titleIn(organisation: Organisation, official: Official, own: Deciding['own']): string {
  return titleOf(organisation, official, own).split('\n').join(', ');
}

function instrumentInWords(instrument: Instrument, language: PageLanguage): string {
  const { id, kind, number, legalBasis, until } = instrument;
  const word = WORDS[language];
  const name = number === undefined ? id : `${number} (${id})`;
  const last = until === undefined ? word.noLastDay : `${word.lastDay} ${tellDate(until)[language]}`;
  return `${kindWord(kind, language)}, ${name}; ${legalBasis}; ${last}`;
}

/** Why somebody may not, rule by rule: each with its law, the instrument or appointment and its days. */
export function groundsInWords({ grounds = [] }: Pick<Refusal, 'grounds'>, language: PageLanguage): string[] {
  return grounds.map((ground) => groundInWords(ground, language));
}

function groundInWords(
  { rule, instrument, official, from, until, legalBasis }: Ground,
  language: PageLanguage,
): string {
  const word = WORDS[language];
  const days = [
    ...(from === undefined ? [] : [`${word.firstDay} ${tellDate(from)[language]}`]),
    ...(until === undefined ? [] : [`${word.lastDay} ${tellDate(until)[language]}`]),
  ];
  const details = [
    ...(instrument === undefined ? [] : [`${word.instrument} ${instrument}`]),
    ...(official === undefined ? [] : [official]),
    ...(days.length === 0 ? [] : [days.join(' – ')]),
    ...(legalBasis === undefined ? [] : [legalBasis]),
  ];
  return `${RULE_WORDS[rule][language]}${details.length === 0 ? '' : `: ${details.join('; ')}`}.`;
}
