import { Template } from '../../schemas/template.ts';

const right = {
  template: 'refusal',
  languages: ['vi', 'en'],
  title: { vi: 'Thông báo', en: 'Notice' },
  agency: { name: '{{ agency.name }}' },
  body: [{ paragraph: 'A' }],
};
const problemsOf = (template: unknown) =>
  Template.safeParse(template).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the format of a template', () => {
  it.each([
    ['an unknown word', { ...right, colour: 'red' }, 'colour'],
    ['a placeholder that is not closed', { ...right, title: 'A {{ x' }, 'expected placeholders of the form'],
    ['an unknown format', { ...right, title: '{{ x | shout }}' }, 'format one of date'],
    ['an expression', { ...right, title: '{{ a + b }}' }, 'expected placeholders of the form'],
    ['two kinds in one block', { ...right, body: [{ paragraph: 'A', qr: 'B' }] }, 'expected exactly one of paragraph'],
    ['a block of no kind', { ...right, body: [{ when: 'a' }] }, 'got none'],
    [
      'a caption without a QR code',
      { ...right, body: [{ paragraph: 'A', caption: 'B' }] },
      'expected a caption only beside a qr',
    ],
    ['a role that signs twice', { ...right, sign: [{ role: 'head' }, { role: 'head' }] }, 'expected each role once'],
    ['an empty text', { ...right, body: [{ paragraph: '' }] }, 'expected a text'],
  ])('refuses %s', (_, template, message) => {
    expect(problemsOf(template).join('\n')).toContain(message);
  });

  it('takes a template and fills in what is usual', () => {
    expect(Template.parse(right)).toMatchObject({ header: 'national', sign: [] });
  });
});
