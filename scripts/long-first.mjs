// The order of suites for a machine that has not run them yet: the longest first, so that no worker is left alone with one at the end. Jest itself
// remembers how long each took, where it has run before; of those that it has not it takes the largest files first, and some of ours that are
// short take longest.
import { existsSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LONGEST = [
  'console/journeys/desk',
  'console/journeys/telephone',
  'e2e/one-machine',
  'torture/torture',
  'adapters/aws/scenarios',
  'scripts/bench',
  'console/browser',
  'oracles/differential',
  'console/resumed-uploads',
  'adapters/aws/dynamodb',
  'console/intake',
  'console/slow-line',
  'functions/issues/signatures',
  'torture/sabotage',
  'torture/restore',
  'torture/kill',
  'infra/stacks',
  'cost/measured',
].map((name) => `test/${name}.test.ts`);

const placeOf = (path) => {
  const place = LONGEST.indexOf(relative(ROOT, path).replaceAll(sep, '/'));
  return place === -1 ? LONGEST.length : place;
};

export default class LongFirst {
  constructor() {
    const gone = LONGEST.filter((path) => !existsSync(join(ROOT, path)));
    if (gone.length > 0) throw new Error(`scripts/long-first.mjs names suites that are gone: ${gone.join(', ')}`);
  }

  sort(tests) {
    return [...tests].sort(
      (one, other) => placeOf(one.path) - placeOf(other.path) || statSync(other.path).size - statSync(one.path).size,
    );
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}
