import type { KeptRegister, Unit } from '../../schemas/organisation.ts';

/** Whether another system gives, has given or will give the numbers of this register of a unit. */
export function isKept({ registers = [] }: Pick<Unit, 'registers'>, register: string): boolean {
  return registers.some((each) => each.register === register);
}

/** The system that gives them in this year; none: they are our own. */
export function keeperIn(
  { registers = [] }: Pick<Unit, 'registers'>,
  { register, year }: { register: string; year: number },
): KeptRegister | undefined {
  return registers.find(
    ({ register: name, from, until = Infinity }) => name === register && from <= year && year <= until,
  );
}

interface Year {
  unit: string;
  register: string;
  year: number;
}

/** The series of our own numbers of a register, in one year. */
export function seriesOf({ unit, register, year }: Year): string {
  return `${unit}:${register}:${year}`;
}

/** A number that another system gives is a series of one: it can be taken once. */
export function claimOf(year: Year, number: number): string {
  return `${seriesOf(year)}#${number}`;
}

/** As it is printed, such as 12/GKS-UBND. */
export function printedAs(number: number, register: string, { symbol }: Pick<Unit, 'symbol'>): string {
  return `${String(number).padStart(2, '0')}/${register.toUpperCase()}-${symbol}`;
}
