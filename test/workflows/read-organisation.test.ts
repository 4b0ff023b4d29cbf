import { readFileSync } from 'node:fs';
import { AgencySystem, Official, Unit } from '../../schemas/organisation.ts';
import { COORDINATION } from '../../domain/dossier/coordination.ts';
import { readOrganisation } from '../../workflows/read-organisation.ts';

const file = new URL('../../workflows/sample-organisation.yaml', import.meta.url);
const text = readFileSync(file, 'utf8');

function sample() {
  const read = readOrganisation(text, 'sample-organisation.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.organisation;
}

describe('the file of an organisation', () => {
  it('is refused at the place of a unit that does not exist', () => {
    const wrong = text.replace('unit: thu-lam, role: reception', 'unit: thu-lan, role: reception');

    const line = wrong.split('\n').findIndex((each) => each.includes('thu-lan')) + 1;

    const read = readOrganisation(wrong, 'organisation.yaml');

    expect(read).toMatchObject({
      ok: false,
      problems: [{ rule: 'unknown-unit', found: 'thu-lan', file: 'organisation.yaml', line }],
    });
  });

  it('is refused when it holds a secret', () => {
    const wrong = text.replace('may: [pay]', 'may: [pay]\n    secrets: [whsec_c2VjcmV0]');

    expect(readOrganisation(wrong, 'organisation.yaml')).toMatchObject({
      ok: false,
      problems: [{ rule: 'unknown-key' }],
    });
  });

  it('holds units and officials as the registry keeps them, and systems but for their secrets', () => {
    const { units, officials, systems } = sample();

    expect(units.map((unit) => Unit.parse(unit))).toEqual(units);
    expect(officials.map((official) => Official.parse(official))).toEqual(officials);
    expect(systems.map((system) => AgencySystem.parse({ ...system, secrets: ['whsec_c2VjcmV0'] }).id)).toEqual([
      'one-stop',
      'payment-platform',
    ]);
  });
});

describe('the sample organisation', () => {
  it('has a coordination unit with somebody who coordinates', () => {
    const { units, officials } = sample();

    expect(units.map(({ id }) => id)).toContain(COORDINATION.unit);
    expect(
      officials.some(({ appointments }) =>
        appointments.some(({ unit, role }) => unit === COORDINATION.unit && role === COORDINATION.role),
      ),
    ).toBe(true);
  });

  it('has no area for which two units of a level are competent, and no name twice', () => {
    const { units, officials } = sample();
    const areas = units.flatMap(({ area, level }) => area.map((code) => `${level} of ${code}`));
    const names = [...units, ...officials].map(({ id }) => id);

    expect(new Set(areas).size).toBe(areas.length);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(['thu-lam', 'dong-anh'])(
    'staffs every role of the sample procedures in %s, signers with a credential',
    (commune) => {
      const held = sample().officials.flatMap(({ appointments, credential }) =>
        appointments
          .filter(({ unit }) => unit === commune)
          .map(({ role }) => ({ role, signs: credential !== undefined })),
      );

      for (const role of ['reception', 'case-officer', 'chairperson', 'clerk'])
        expect(held.map((each) => each.role)).toContain(role);
      expect(held.filter(({ role }) => role === 'chairperson').every(({ signs }) => signs)).toBe(true);
      expect(held.filter(({ role }) => role === 'case-officer').length).toBeGreaterThanOrEqual(2);
    },
  );
});
