import { Result } from '../../../schemas/procedure/closed-sets.ts';
import { type NoticeFacts, writeNotice } from '../../../functions/notices/texts.ts';

const foot = { link: 'https://onetrack.example/console/track?code=H26.15-1', head: 'ab'.repeat(32) };
const facts: NoticeFacts = { title: 'Thẻ thư viện', code: 'H26.15-1', asked: [], owed: [], attached: false };
const NAMES = ['accepted', 'supplement', 'asked', 'payment', 'extended', 'amended', 'result', 'ended'] as const;

describe.each(['vi', 'en'] as const)('a notice in %s', (language) => {
  it.each(NAMES)('of the kind "%s" says neither undefined nor a code of ours where little is known', (name) => {
    const { subject, text } = writeNotice(name, language, { ...facts, owed: ['charge 5.000 VND'] }, foot);
    expect(`${subject}\n${text}`).not.toMatch(/undefined|null|false|supplement$/);
    expect(subject.endsWith(' - H26.15-1')).toBe(true);
    expect(text).toContain(foot.link);
    expect(text).toContain(foot.head);
  });

  it('tells every result in words', () => {
    const told = Result.options.map((result) => writeNotice('ended', language, { ...facts, result }, foot).text);
    expect(new Set(told).size).toBe(Result.options.length);
    if (language === 'vi') expect(told.join()).not.toMatch(/granted|stopped|withdrawn/);
  });

  it('says what is asked for, why and until when', () => {
    const { text } = writeNotice(
      'supplement',
      language,
      { ...facts, asked: ['Ảnh chân dung'], reason: 'Ảnh mờ', until: '27/11/2026' },
      foot,
    );
    expect(text).toContain('Ảnh chân dung');
    expect(text).toContain('Ảnh mờ');
    expect(text).toContain('27/11/2026');
  });

  it.each(['extension', 'pause'] as const)('names the %s that moved the date, and its law', (by) => {
    const moved = { by, title: 'xác minh ở nước ngoài', legalBasis: 'Điều 28(2)' };
    const { text } = writeNotice('extended', language, { ...facts, due: '08/12/2026', moved }, foot);
    expect(text).toContain('xác minh ở nước ngoài (Điều 28(2))');
    expect(text).toContain('08/12/2026');
  });

  it('gives the reason of a refusal', () => {
    const refused = writeNotice(
      'result',
      language,
      { ...facts, result: 'refused', reason: 'Không đủ điều kiện' },
      foot,
    );
    expect(refused.text).toContain('Không đủ điều kiện');
  });
});
