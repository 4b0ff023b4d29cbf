import type { ClaimMapping } from '../../schemas/access.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Unit and role that these claims name. A claim with several values that count names none: nobody acts in two offices at once. */
export function officeOf(claims: Claims, mapping: ClaimMapping): { unit?: string; role?: string } {
  const unit = valueOf(claims, mapping.unit);
  const role = valueOf(claims, mapping.role);
  return { ...(unit !== undefined && { unit }), ...(role !== undefined && { role }) };
}

/** What the claims say of whoever has logged in: his office, and the personal number that the issuer has proved. */
export function readClaims(
  claims: Claims,
  mapping: ClaimMapping,
): { unit?: string; role?: string; personalId?: string } {
  const number = mapping.person && valueOf(claims, mapping.person);
  return { ...officeOf(claims, mapping), ...(number !== undefined && NUMBER.test(number) && { personalId: number }) };
}

/** Of a person, as registers keep it: something short in one line. */
const NUMBER = /^[\p{L}\p{N}][\p{L}\p{N}./-]{0,63}$/u;

function valueOf(
  claims: Claims,
  { claim, values }: { claim: ClaimMapping['unit']['claim']; values?: ClaimMapping['unit']['values'] },
): string | undefined {
  const path = typeof claim === 'string' ? [claim] : claim;
  const found = path.reduce<unknown>(
    (at, name) => (isClaims(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    claims,
  );
  const said = (Array.isArray(found) ? (found as unknown[]) : [found]).filter((each) => typeof each === 'string');
  const meant = values ? said.flatMap((each) => (Object.hasOwn(values, each) ? [values[each]] : [])) : said;
  const [only, ...more] = new Set(meant);
  return more.length === 0 ? only : undefined;
}

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
