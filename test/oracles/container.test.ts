import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readContainer, writeContainer } from '../../adapters/asice/container.ts';
import { verifyContainer } from '../../adapters/asice/verify-container.ts';
import { issueContainer } from '../builders/signed-containers.ts';
import { openSigningOffice, type SigningOffice } from '../builders/signing-office.ts';

/* The European Commission's DSS knows nothing of us. scripts/oracles.sh installs it; in CI a missing one is a failure. */
const dss = join(process.env['ONETRACK_ORACLES'] ?? join(homedir(), '.cache', 'onetrack'), 'dss');
const isThere = existsSync(dss) && spawnSync('java', ['-version']).error === undefined;

function judgedByDss(): typeof it {
  if (isThere || process.env['CI'] === 'true') return it;
  process.stderr.write('DSS is missing: its judgement is skipped (scripts/oracles.sh installs it)\n');
  return it.skip;
}

describe('an issued container, judged by another', () => {
  let office: SigningOffice;
  beforeAll(() => {
    office = openSigningOffice(Date.now());
  });
  afterAll(() => office.close());

  judgedByDss()(
    'is ASiC-E with two signatures of level LT that hold without asking anybody; tampered with it is refused by both of us',
    async () => {
      const { issued, signed } = await issueContainer(office);
      const { files, signatures } = readContainer(issued);
      const other = { files: new Map([...files, ['certificate.json', Buffer.from('{}')]]), signatures };
      const renumbered = { files, signatures: signatures.map((text) => text.replace('123/GKS', '124/GKS')) };
      const cases = { issued, signed, other: writeContainer(other), renumbered: writeContainer(renumbered) };
      const anchor = join(office.dir, 'ca.pem');
      writeFileSync(anchor, office.pki.rootPem);
      const paths = Object.entries(cases).map(([name, bytes]) => {
        const path = join(office.dir, `${name}.asice`);
        writeFileSync(path, bytes);
        return path;
      });
      const program = ['-cp', join(dss, '*'), 'test/oracles/CheckContainer.java', anchor, ...paths];
      const { stdout } = spawnSync('java', program, { encoding: 'utf8' });
      const holds = 'XAdES-BASELINE-LT TOTAL_PASSED intact=true files=2 structure=true';
      expect(stdout.trim().split('\n')).toEqual([
        'issued.asice ASiC-E',
        `  ${holds}`,
        `  ${holds}`,
        'signed.asice ASiC-E', // what the person signed, before it was sealed: no word of revocation is in it yet
        '  XAdES-BASELINE-T INDETERMINATE intact=true files=2 structure=true',
        'other.asice ASiC-E',
        expect.stringMatching(/TOTAL_FAILED intact=false/),
        expect.stringMatching(/TOTAL_FAILED intact=false/),
        'renumbered.asice ASiC-E',
        `  ${holds}`,
        expect.stringMatching(/TOTAL_FAILED intact=false/),
      ]);
      const ours = Object.entries(cases).map(([name, bytes]) => [name, verifyContainer(bytes, office).valid]);
      expect(Object.fromEntries(ours)).toEqual({ issued: true, signed: true, other: false, renumbered: false });
    },
    120_000,
  );
});
