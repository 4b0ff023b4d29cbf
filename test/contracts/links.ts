import type { KeptLink, Links } from '../../domain/ports/links.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');
const aLink = (part: Partial<KeptLink> = {}): KeptLink => ({
  digest: 'a'.repeat(64),
  link: 'l1',
  task: 'd1.receive.1',
  official: 'thu-lam-reception',
  unit: 'thu-lam',
  role: 'reception',
  until: NOON,
  ...part,
});

/** What every keeper of one-time links does. */
export function describeLinks(name: string, open: () => Promise<{ links: Links; close: () => Promise<void> }>): void {
  it(`${name}: knows links by the digest of their token alone, also after their end`, async () => {
    const { links, close } = await open();
    expect(await links.get(aLink().digest)).toBeUndefined();
    await links.put(aLink());
    await links.put(aLink({ digest: 'b'.repeat(64), until: NOON + 86_400_000 }));
    expect(await links.get(aLink().digest)).toEqual(aLink());
    expect(await links.get('c'.repeat(64))).toBeUndefined();
    await close();
  });
}
