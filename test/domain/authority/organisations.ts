import { organisationOf } from '../../../functions/organisation/directory.ts';
import type { Acting, Work } from '../../../domain/authority/judge-authority.ts';
import type { Organisation } from '../../../domain/authority/organisation.ts';
import type { Appointment, Instrument, Official } from '../../../schemas/organisation.ts';

export const TODAY = '2026-11-26';

export function anAppointment(role: string, of: Partial<Appointment> = {}): Appointment {
  return { unit: 'ward', role, from: '2026-01-01', title: role.toUpperCase(), ...of };
}

export function anOfficial(id: string, ...appointments: Appointment[]): Official {
  return { id, name: id, subject: id, appointments };
}

export function anInstrument(of: Partial<Instrument> & Pick<Instrument, 'kind' | 'for' | 'holder'>): Instrument {
  return { id: of.kind, from: '2026-01-01', legalBasis: 'working rules', ...of };
}

/** A ward with its head, deputies, office and a department of the province. */
export const OFFICIALS = [
  anOfficial('head', anAppointment('chair', { title: 'CHỦ TỊCH' })),
  anOfficial('deputy', anAppointment('vice-chair', { title: 'PHÓ CHỦ TỊCH' })),
  anOfficial('chief', anAppointment('chief-of-office', { title: 'CHÁNH VĂN PHÒNG' })),
  anOfficial('vice-chief', anAppointment('vice-chief', { title: 'PHÓ CHÁNH VĂN PHÒNG' })),
  anOfficial('director', anAppointment('director', { unit: 'department', title: 'GIÁM ĐỐC' })),
  anOfficial('vice-director', anAppointment('vice-director', { unit: 'department', title: 'PHÓ GIÁM ĐỐC' })),
  anOfficial('officer-1', anAppointment('officer')),
  anOfficial('officer-2', anAppointment('officer', { until: '2026-12-31' })),
  anOfficial('tomorrow', anAppointment('officer', { from: '2026-11-27' })),
  anOfficial('helper', anAppointment('helper')),
];

const CHAIR = { unit: 'ward', role: 'chair' };
export const KT = anInstrument({ id: 'kt', kind: 'deputy', for: CHAIR, holder: { unit: 'ward', role: 'vice-chair' } });
export const TL = anInstrument({
  id: 'tl',
  kind: 'by-order',
  for: CHAIR,
  holder: { unit: 'ward', role: 'chief-of-office' },
  stages: ['sign'],
});
export const TL_KT = anInstrument({
  id: 'tl-kt',
  kind: 'deputy',
  for: { unit: 'ward', role: 'chief-of-office' },
  holder: { unit: 'ward', role: 'vice-chief' },
});
export const TUQ = anInstrument({
  id: 'tuq',
  kind: 'by-authorisation',
  for: CHAIR,
  holder: { unit: 'department', role: 'director' },
  procedures: ['library-card'],
  from: '2026-11-01',
  until: '2026-11-30',
  signedBy: 'head',
  number: '12/GUQ-UBND',
  dated: '2026-10-30',
});
export const TUQ_KT = anInstrument({
  id: 'tuq-kt',
  kind: 'deputy',
  for: { unit: 'department', role: 'director' },
  holder: { unit: 'department', role: 'vice-director' },
});
export const ABSENCE = anInstrument({
  id: 'absence',
  kind: 'substitute',
  for: { unit: 'ward', role: 'officer', official: 'officer-1' },
  holder: { unit: 'ward', role: 'vice-chief', official: 'vice-chief' },
  from: '2026-11-20',
  until: '2026-12-05',
});

export function organisation(
  instruments: readonly Instrument[] = [KT, TL, TL_KT, TUQ, TUQ_KT, ABSENCE],
  today = TODAY,
  officials: readonly Official[] = OFFICIALS,
): Organisation {
  return organisationOf(officials, instruments, (unit) => (unit === 'nowhere' ? undefined : today));
}

/** The appointment of an official of the sample, and an instrument of his. */
export function acting(official: string, instrument?: string): Acting {
  const own = OFFICIALS.find(({ id }) => id === official)?.appointments[0] ?? { unit: 'ward', role: 'officer' };
  return { official, unit: own.unit, role: own.role, instrument };
}

export function theWork(of: Partial<Work> = {}): Work {
  return { ...CHAIR, procedure: 'library-card', stage: 'sign', step: 'personal1', ...of };
}
