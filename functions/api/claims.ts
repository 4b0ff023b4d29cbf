import type { ClaimMapping } from '../../schemas/access.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Unit and role that these claims name. A claim with several values that count names none: nobody acts in two offices at once. */
export function officeOf(claims: Claims, mapping: ClaimMapping): { unit?: string; role?: string } {
  const unit = valueOf(claims, mapping.unit);
  const role = valueOf(claims, mapping.role);
  return { ...(unit !== undefined && { unit }), ...(role !== undefined && { role }) };
}

function valueOf(claims: Claims, { claim, values }: ClaimMapping['unit']): string | undefined {
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
