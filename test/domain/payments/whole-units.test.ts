import { digitsOf, inWholeUnits } from '../../../domain/payments/whole-units.ts';

describe('an amount in whole units', () => {
  it.each([
    ['VND', 100_000, 100_000, 0],
    ['RON', 1_050, 10.5, 2],
    ['KWD', 1_050, 1.05, 3],
  ])('of %s', (currency, value, whole, digits) => {
    expect(inWholeUnits({ value, currency })).toBe(whole);
    expect(digitsOf(currency)).toBe(digits);
  });
});
