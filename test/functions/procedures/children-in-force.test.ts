import { deployProcedure } from '../../../functions/procedures/publish.ts';
import { FAMILY, MEMBER, parsedOf } from '../../builders/family.ts';
import { openPublishingHouse, type PublishingHouse } from '../../builders/publishing-house.ts';

let house: PublishingHouse;
beforeEach(async () => {
  house = await openPublishingHouse('2026-11-23T05:00:00.000Z');
});
afterEach(() => house.close());

const deploy = async (source: string): Promise<unknown> => {
  const deployed = await deployProcedure(house.platform, parsedOf(source));
  return deployed.ok ? 'ok' : (deployed.refusal.errors ?? deployed.refusal);
};
const at = 'stages.agencies.parts.first.procedure';

describe('a procedure that opens dossiers of others', () => {
  it('is published after these', async () => {
    expect(await deploy(MEMBER)).toBe('ok');
    expect(await deploy(FAMILY)).toBe('ok');
  });

  it('is refused where one of these takes no new dossiers from its day on', async () => {
    expect(await deploy(FAMILY)).toContainEqual(expect.objectContaining({ at, found: 'member' }));
    expect(await deploy(MEMBER.replace('from: 2026-07-01', 'from: 2027-01-01'))).toBe('ok');
    expect(await deploy(FAMILY)).toContainEqual(expect.objectContaining({ at, found: 'member' }));
    expect(house.machines()).toHaveLength(1);
    const later = FAMILY.replace('version: 1.0.0', 'version: 1.1.0').replace('from: 2026-07-01', 'from: 2027-02-01');
    expect(await deploy(later)).toBe('ok');
  });

  it('is refused where one of these does not take a document that it is handed', async () => {
    expect(await deploy(MEMBER.replace(/^documents.*$/m, ''))).toBe('ok');
    expect(await deploy(FAMILY)).toEqual([
      { at: 'stages.agencies.parts.first.gets', expected: 'documents of member@1.0.0: none', found: 'proof' },
    ]);
  });

  it('is refused where the way leads back to it, over however many others', async () => {
    expect(await deploy(FAMILY.replace(/procedure: member/g, 'procedure: family'))).toContainEqual(
      expect.objectContaining({ at, expected: 'a procedure that does not open this one', found: 'family' }),
    );
    expect(await deploy(MEMBER)).toBe('ok');
    expect(await deploy(FAMILY)).toBe('ok');
    const opens = `  receive: { kind: receive, by: system, then: { accepted: more } }
  more: { kind: open, parts: { again: { procedure: family } }, then: { granted: check, partly: check, refused: check } }`;
    const second = MEMBER.replace('version: 1.0.0', 'version: 2.0.0').replace(/^ {2}receive: .*$/m, opens);
    expect(await deploy(second)).toEqual([
      {
        at: 'stages.more.parts.again.procedure',
        expected: 'a procedure that does not open this one',
        found: 'family > member',
      },
    ]);
  });
});
