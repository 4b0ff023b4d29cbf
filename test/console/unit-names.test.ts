import { namesApart } from '../../console/forms/unit-names.ts';

const unit = (id: string, name: string, parent: string | null) => ({ id, name, parent });
const ABOVE = [unit('ha-noi', 'Hà Nội', null), unit('hue', 'Huế', null)];

describe('names of units among which people choose', () => {
  it('are told alone where no other has the same', () => {
    expect([...namesApart([unit('a', 'Thư Lâm', 'ha-noi')], ABOVE)]).toEqual([['a', 'Thư Lâm']]);
  });

  it('are followed by the unit above where several have the same', () => {
    const units = [unit('a', 'Tân Lập', 'ha-noi'), unit('b', 'Tân Lập', 'hue'), unit('c', 'Thư Lâm', 'hue')];
    expect([...namesApart(units, ABOVE).values()]).toEqual(['Tân Lập (Hà Nội)', 'Tân Lập (Huế)', 'Thư Lâm']);
  });

  it('are followed by the id where that is not enough', () => {
    const units = [unit('a', 'Tân Lập', 'hue'), unit('b', 'Tân Lập', 'hue')];
    expect([...namesApart(units, ABOVE).values()]).toEqual(['Tân Lập (a)', 'Tân Lập (b)']);
  });
});
