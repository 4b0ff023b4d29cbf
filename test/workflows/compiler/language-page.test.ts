import { readFileSync } from 'node:fs';
import { OUTCOMES } from '../../../schemas/procedure/closed-sets.ts';
import { LINT_RULES } from '../../../workflows/compiler/lint/rules.ts';
import { DOSSIER_FIELDS, VIEW_ROOTS } from '../../../workflows/expressions/view.ts';

const page = readFileSync(new URL('../../../docs/procedure-language.md', import.meta.url), 'utf8');

describe("the language's page", () => {
  it('names every rule of the linter as the linter does', () => {
    expect(Object.entries(LINT_RULES).filter(([rule, text]) => !page.includes(`| \`${rule}\` | ${text} |`))).toEqual(
      [],
    );
  });

  it('names every kind of stage with its outcomes, in order', () => {
    const missing = Object.entries(OUTCOMES).filter(([kind, { outcomes }]) => {
      const cell = page
        .split('\n')
        .find((text) => text.startsWith(`| \`${kind}\``))
        ?.split('|')[3];
      const named = cell?.match(/[a-z]+/g)?.filter((word) => (outcomes as readonly string[]).includes(word));
      return named?.join() !== outcomes.join();
    });
    expect(missing).toEqual([]);
  });

  it('names every root of the view and every field of the dossier', () => {
    expect([...VIEW_ROOTS, ...DOSSIER_FIELDS].filter((name) => !page.includes(`\`${name}`))).toEqual([]);
  });
});
