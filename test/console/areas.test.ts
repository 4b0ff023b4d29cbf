import { areasOf, searched } from '../../console/forms/area.ts';
import { readAnswers } from '../../console/forms/answers.ts';
import { renderQuestions } from '../../console/forms/render.ts';
import { FormReader } from '../../console/forms/schema.ts';
import { html } from '../../console/html/markup.ts';
import { LANGUAGES } from '../../console/languages/languages.ts';
import type { Unit } from '../../schemas/organisation.ts';

const unit = (name: string, area: string[], level = 'commune') =>
  ({ id: `unit-${area[0] ?? 'none'}`, name, parent: null, area, level }) as unknown as Unit;
const FEW = [
  unit('Xã Thư Lâm', ['00466', '00463']),
  unit('Xã Đông Anh', ['00454']),
  unit('Xã chưa có địa bàn', []),
  unit('Sở Xây dựng', ['01'], 'province'),
];
/** As many as a country has. */
const MANY = [
  ...FEW,
  ...Array.from({ length: 3_000 }, (_, index) => unit(`Xã số ${index}`, [String(10_000 + index)])),
  unit('Xã Đông Anh', ['09999']),
];
const FORM = {
  required: ['area'],
  properties: { area: { title: 'Commune', type: 'string', pattern: '^[0-9]{5}$', 'x-widget': { units: 'commune' } } },
};
const t = await LANGUAGES.en.texts();
const entered = (fields: Record<string, string>) => new Map(Object.entries(fields));

function answer(units: readonly Unit[], fields: Record<string, string>) {
  const reader = new FormReader({ forms: {} }, FORM, 'en', units);
  const questions = reader.questions({});
  const { value, faults } = readAnswers(reader, questions, entered(fields), t);
  const rendering = { t, reader, entered: entered(fields), faults, action: '/' };
  const page = JSON.parse(JSON.stringify(html`${renderQuestions(questions, rendering)}`)) as string;
  const [fault] = faults;
  return { area: value['area'], fault: fault?.text, field: fault?.field, page };
}
const radios = (page: string): number => page.split('type="radio"').length - 1;

describe('an area that is chosen by the name of its unit', () => {
  it('is told by the own area of each unit first, then by those it took over', () => {
    expect(areasOf(FEW, 'commune')).toEqual([
      { value: '00454', label: 'Xã Đông Anh' },
      { value: '00466', label: 'Xã Thư Lâm' },
      { value: '00463', label: 'Xã Thư Lâm (00463)', taken: true },
    ]);
  });

  it('is typed as a code where no unit of that kind is in force', () => {
    const { area, page } = answer([], { '/area': '00466' });
    expect({ area, radios: radios(page) }).toEqual({ area: '00466', radios: 0 });
    expect(answer([], { '/area': 'Thư Lâm' }).fault).toBe('Commune: exactly 5 digits');
  });

  it('is one of all units where they are few', () => {
    expect(answer(FEW, {})).toMatchObject({ area: undefined, fault: 'Choose: Commune', field: 'f-area' });
    const { area, page } = answer(FEW, { '/area': '00454' });
    expect({ area, radios: radios(page) }).toEqual({ area: '00454', radios: 2 });
    const taken = answer(FEW, { '/area': '00463' });
    expect({ area: taken.area, radios: radios(taken.page) }).toEqual({ area: '00463', radios: 3 });
    expect(answer(FEW, { '/area': '9999' }).fault).toContain('no unit is called “9999”');
  });

  it('is its code where its unit is not in the registry, among few and among many', () => {
    for (const units of [FEW, MANY]) {
      const { area, fault, page } = answer(units, { '/area.search': '98765' });
      expect({ area, fault }).toEqual({ area: '98765', fault: undefined });
      expect(page).toContain('value="98765"');
    }
    expect(answer(FEW, { '/area.search': 'thu lam' }).fault).toBe('Choose which one is meant by “thu lam”');
    expect(answer(FEW, { '/area.search': '', '/area': '00454' }).area).toBe('00454');
  });

  it('is asked again where one was chosen and another typed', () => {
    for (const units of [FEW, MANY]) {
      const { area, fault, page } = answer(units, { '/area.search': '98765', '/area': '00454' });
      expect(area).toBeUndefined();
      expect(fault).toContain('one was chosen and another typed');
      expect(page).toContain('value="98765"');
      expect(page).not.toContain('checked');
    }
  });

  it('is found by its name, with or without marks, or by its code, where they are many', () => {
    for (const typed of ['Xã Thư Lâm', 'xa thu lam', ' XÃ  THƯ LÂM ', '00466', 'xa\u0303 thu\u031b la\u0302m'])
      expect(answer(MANY, { '/area.search': typed })).toMatchObject({ area: '00466', fault: undefined });
    expect(answer(MANY, { '/area.search': '00463' }).area).toBe('00463');
    expect(radios(answer(MANY, { '/area.search': '00466' }).page)).toBe(0);
  });

  it('is chosen among those that fit a part of a name, and nothing is chosen for anybody', () => {
    const several = answer(MANY, { '/area.search': 'dong anh' });
    expect(several).toMatchObject({ area: undefined, fault: 'Choose which one is meant by “dong anh”' });
    expect(radios(several.page)).toBe(2);
    expect(several.page).not.toContain('checked');
    expect(several.page).toContain('name="/area.search"');
    const one = answer(MANY, { '/area.search': 'thu lam' });
    expect({ area: one.area, radios: radios(one.page) }).toEqual({ area: undefined, radios: 1 });
    expect(answer(MANY, { '/area.search': 'dong anh', '/area': '09999' }).area).toBe('09999');
  });

  it('says that nothing fits, or too much', () => {
    const none = answer(MANY, { '/area.search': 'Atlantis' });
    expect(none).toMatchObject({ area: undefined, field: 'f-area' });
    expect(none.fault).toContain('no unit is called “Atlantis”');
    expect(none.page).toContain('value="Atlantis"');
    const many = answer(MANY, { '/area.search': 'xa' });
    expect({ fault: many.fault, radios: radios(many.page) }).toEqual({
      fault: 'Too many units fit “xa”. Type more of the name',
      radios: 0,
    });
    expect(answer(MANY, {}).fault).toBe('Choose: Commune');
    expect(
      searched({ at: '/area', choices: areasOf(MANY, 'commune') }, entered({ '/area.search': '...' })).matches,
    ).toEqual([]);
  });

  it('stands by its name where it came from elsewhere: a draft, a register', () => {
    const { page, area } = answer(MANY, { '/area': '00454' });
    expect(area).toBe('00454');
    expect(page).toContain('name="/area.search"');
    expect(page).toContain('value="Xã Đông Anh (unit-00454)"');
  });
});
