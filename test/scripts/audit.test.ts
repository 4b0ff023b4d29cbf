import { readFileSync } from 'node:fs';
import { advisories, lockFaults } from '../../scripts/audit.mjs';

const lock = (path: string, entry: object) => ({ packages: { '': {}, [path]: { integrity: 'sha512-x', ...entry } } });

describe('the audit', () => {
  it('refuses what is not fixed by a digest, comes from elsewhere or runs a script that nobody knows', () => {
    expect(lockFaults(lock('node_modules/a', { integrity: undefined }))).toEqual([expect.stringContaining('sha512')]);
    expect(lockFaults(lock('node_modules/a', { integrity: 'sha1-x' }))).toHaveLength(1);
    expect(lockFaults(lock('node_modules/a', { resolved: 'git+ssh://git@example.com/a.git' }))).toHaveLength(1);
    expect(lockFaults(lock('node_modules/a', { hasInstallScript: true, dev: true }))).toHaveLength(1);
    expect(lockFaults(lock('node_modules/esbuild', { hasInstallScript: true }))).toHaveLength(1);
    expect(lockFaults(lock('node_modules/esbuild', { hasInstallScript: true, dev: true }))).toEqual([]);
  });

  it('finds nothing in the lockfile of this repository', () => {
    const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
    expect(lockFaults(JSON.parse(text) as { packages: Record<string, object> })).toEqual([]);
  });

  it('tells high severities, and that nobody could be asked', () => {
    const vulnerabilities = {
      a: { name: 'a', severity: 'high', range: '<2' },
      b: { name: 'b', severity: 'low', range: '*' },
    };
    expect(advisories(JSON.stringify({ vulnerabilities }))).toEqual({ faults: ['a <2: high'] });
    expect(advisories(JSON.stringify({ vulnerabilities: {} }))).toEqual({ faults: [] });
    expect(advisories('{"message":"405 Method Not Allowed - POST"}')).toEqual({
      skipped: '405 Method Not Allowed - POST',
    });
    expect(advisories('')).toEqual({ skipped: 'no answer' });
  });
});
