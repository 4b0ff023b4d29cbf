import type { FilledDocument } from '../../domain/template/fill-template.ts';
import { drawRule, drawText, heightOf, keepField, keepTogether, type Layout } from './page-layout.ts';
import { organisationField, personalField } from './signature-fields.ts';

/** The national title stays in Vietnamese in every language (Decree 30/2020, Annex I, part II, 1). */
const nation = 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM';
const motto = 'Độc lập - Tự do - Hạnh phúc';
const stripHeight = 38;
const signatureHeight = 118;
const rowGap = 10;

/** Agency at the upper left, nation at the upper right, then the strip for number, place and date, title and subject. */
export function drawHead(layout: Layout, filled: FilledDocument): void {
  const { document, left, width } = layout;
  const top = document.y;
  const column = filled.hasNationalHeader ? width * 0.41 : width;
  const agencyEnd = drawAgency(layout, filled, { x: left, y: top, width: column });
  const nationEnd = filled.hasNationalHeader
    ? drawNation(layout, { x: left + column, y: top, width: width - column })
    : top;
  document.y = Math.max(agencyEnd, nationEnd) + 6;
  if (filled.organisationSigns) {
    keepField(layout, organisationField, { x: left, y: document.y, width, height: stripHeight });
    document.y += stripHeight;
  }
  document.y += 16;
  drawText(layout, 'H1', filled.title.toLocaleUpperCase(filled.lang), { style: 'bold', size: 14, align: 'center' });
  if (filled.subtitle !== undefined)
    drawText(layout, 'H2', filled.subtitle, { style: 'bold', size: 14, align: 'center' });
  drawRule(layout, left + width * 0.4, document.y + 3, width * 0.2);
  document.y += 16;
}

interface Box {
  x: number;
  y: number;
  width: number;
}

function drawAgency(layout: Layout, { agency, lang }: FilledDocument, box: Box): number {
  const rule = box.width / 3;
  let y = box.y;
  if (agency.parent !== undefined)
    y = drawBalanced(layout, agency.parent.toLocaleUpperCase(lang), { ...box, y }, 'regular');
  y = drawBalanced(layout, agency.name.toLocaleUpperCase(lang), { ...box, y }, 'bold');
  drawRule(layout, box.x + rule, y + 2, rule);
  return y + 2;
}

/** In as few lines as the width asks for, of about the same length. */
function drawBalanced(layout: Layout, text: string, box: Box, style: 'regular' | 'bold'): number {
  const heightAt = (width: number) => heightOf(layout, text, { style, size: 12, width });
  const least = heightAt(box.width);
  let width = box.width;
  while (width > 40 && heightAt(width - 10) === least) width -= 10;
  return drawText(layout, 'P', text, {
    style,
    size: 12,
    align: 'center',
    x: box.x + (box.width - width) / 2,
    y: box.y,
    width,
  });
}

function drawNation(layout: Layout, box: Box): number {
  let y = drawText(layout, 'P', nation, { ...box, style: 'bold', size: 12, align: 'center' });
  y = drawText(layout, 'P', motto, { ...box, y, style: 'bold', size: 13, align: 'center' });
  const length = layout.document.font('bold').fontSize(13).widthOfString(motto);
  drawRule(layout, box.x + (box.width - length) / 2, y + 1, length);
  return y + 1;
}

/** Places for personal signatures, two in a row, the last at the lower right; recipients to the left of it when that is free. */
export function drawFoot(layout: Layout, filled: FilledDocument): void {
  const { document } = layout;
  const labels = footLabels(filled);
  document.y += 14;
  const half = (layout.width - 20) / 2;
  for (let i = filled.signers.length % 2 === 0 ? 0 : -1; i < filled.signers.length; i += 2) {
    const isLast = i + 2 >= filled.signers.length;
    const recipientsHeight = isLast && i < 0 ? heightOfRecipients(layout, labels, half) : 0;
    keepTogether(layout, Math.max(signatureHeight, recipientsHeight));
    const y = document.y;
    const place = (column: 0 | 1) => ({
      x: layout.left + column * (half + 20),
      y,
      width: half,
      height: signatureHeight,
    });
    const [first, second] = [filled.signers[i], filled.signers[i + 1]];
    if (first !== undefined) keepField(layout, personalField(first.role), place(0));
    if (second !== undefined) keepField(layout, personalField(second.role), place(1));
    if (recipientsHeight > 0) drawRecipients(layout, labels, { x: layout.left, y: y + 4, width: half });
    document.y = y + Math.max(signatureHeight, recipientsHeight) + rowGap;
  }
  if (filled.signers.length % 2 === 0)
    drawRecipients(layout, labels, { x: layout.left, y: document.y, width: layout.width });
}

interface FootLabels {
  title: string;
  recipients: string[];
}

function footLabels({ recipients, lang }: FilledDocument): FootLabels {
  // The administrator may have ended the lines already.
  const plain = recipients.map((recipient) => recipient.replace(/[;.]$/, ''));
  const ends = plain.map((recipient, i) => `- ${recipient}${i === plain.length - 1 ? '.' : ';'}`);
  return { title: lang === 'vi' ? 'Nơi nhận:' : 'Recipients:', recipients: ends };
}

function heightOfRecipients(layout: Layout, { title, recipients }: FootLabels, width: number): number {
  if (recipients.length === 0) return 0;
  const lines = recipients.map((recipient) => heightOf(layout, recipient, { style: 'regular', size: 11, width }));
  return (
    lines.reduce((sum, height) => sum + height, heightOf(layout, title, { style: 'boldItalic', size: 12, width })) + 4
  );
}

function drawRecipients(layout: Layout, { title, recipients }: FootLabels, box: Box): void {
  if (recipients.length === 0) return;
  let y = drawText(layout, 'P', title, { ...box, style: 'boldItalic', size: 12 });
  for (const recipient of recipients) y = drawText(layout, 'P', recipient, { ...box, y, style: 'regular', size: 11 });
}

/** From the second page on, its number in the middle of the upper margin (Decree 30/2020, Annex I, part I, 7). */
export function drawPageNumbers({ document, left, width }: Layout): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = start + 1; page < start + count; page++) {
    document.switchToPage(page);
    document.markContent('Artifact', { type: 'Pagination' });
    document
      .font('regular')
      .fontSize(13)
      .text(String(page + 1), left, 28, { width, align: 'center', lineBreak: false });
    document.endMarkedContent();
  }
}
