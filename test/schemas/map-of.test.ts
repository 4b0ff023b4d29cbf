import { DecisionRequest } from '../../schemas/api.ts';
import { DraftRequest } from '../../schemas/drafts.ts';

describe('a map of a body', () => {
  it.each([
    ['insists', DecisionRequest, 100],
    ['entered', DraftRequest, 10_000],
  ] as const)('of too many is told to be so, and nothing of what is in it: %s', (field, schema, most) => {
    const told = (count: number) => {
      const map = Object.fromEntries(Array.from({ length: count }, (_, index) => [`!${index}`, 0]));
      const { issues = [] } = schema.safeParse({ [field]: map }).error ?? {};
      return issues.filter(({ path: [first] }) => first === field);
    };
    expect(told(most + 1)).toMatchObject([{ path: [field], code: 'too_big', maximum: most }]);
    expect(told(most).length).toBeGreaterThanOrEqual(most);
  });
});
