import { create as createQr, type QRCode } from 'qrcode';
import { TaskTerminal } from '../../domain/failures.ts';
import type { FilledBlock } from '../../domain/template/fill-template.ts';
import { bodySize, drawArtifact, drawText, heightOf, keepTogether, mm, type Layout } from './page-layout.ts';

const gap = 5;
const cellPadding = 4;

/** Draws one block at the cursor and leaves the cursor below it. */
export function drawBlock(layout: Layout, block: FilledBlock): void {
  switch (block.kind) {
    case 'paragraph':
      drawText(layout, 'P', block.text, { style: 'regular', size: bodySize, align: 'justify', indent: mm(10) });
      break;
    case 'centred':
      drawText(layout, 'P', block.text, { style: 'bold', size: bodySize, align: 'center' });
      break;
    case 'fields':
      within(layout, 'Table', () => block.rows.forEach((row) => drawField(layout, row)));
      break;
    case 'list':
      within(layout, 'L', () => block.items.forEach((item, i) => drawItem(layout, item, i + 1)));
      break;
    case 'table':
      within(layout, 'Table', () => drawTable(layout, block));
      break;
    case 'qr':
      drawQr(layout, block.content, block.caption);
      break;
  }
  layout.document.y += gap;
}

/** Puts what is drawn under an element of its own. */
function within(layout: Layout, tag: string, draw: () => void): void {
  const outer = layout.parent;
  const element = layout.document.struct(tag);
  outer.add(element);
  layout.parent = element;
  draw();
  element.end();
  layout.parent = outer;
}

function drawField(layout: Layout, { label, value }: { label: string; value: string }): void {
  const split = layout.width * 0.36;
  const labelStyle = { style: 'regular', size: bodySize, x: layout.left, width: split - 8 } as const;
  const valueStyle = { style: 'bold', size: bodySize, x: layout.left + split, width: layout.width - split } as const;
  const text = /[:?]$/.test(label) ? label : `${label}:`;
  keepTogether(layout, Math.max(heightOf(layout, text, labelStyle), heightOf(layout, value, valueStyle)));
  const y = layout.document.y;
  within(layout, 'TR', () => {
    const labelEnd = drawText(layout, 'TH', text, { ...labelStyle, y });
    const valueEnd = drawText(layout, 'TD', value, { ...valueStyle, y });
    layout.document.y = Math.max(labelEnd, valueEnd) + 3;
  });
}

function drawItem(layout: Layout, item: string, number: number): void {
  const indent = mm(10);
  keepTogether(layout, heightOf(layout, item, { style: 'regular', size: bodySize, width: layout.width - indent }));
  const y = layout.document.y;
  within(layout, 'LI', () => {
    drawText(layout, 'Lbl', `${number}.`, { style: 'regular', size: bodySize, x: layout.left, y, width: indent });
    layout.document.y = y;
    drawText(layout, 'LBody', item, {
      style: 'regular',
      size: bodySize,
      x: layout.left + indent,
      y,
      width: layout.width - indent,
    });
  });
  layout.document.y += 2;
}

function drawTable(layout: Layout, { columns, rows }: Extract<FilledBlock, { kind: 'table' }>): void {
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  const widths = columns.map(({ share }) => (layout.width * share) / shares);
  drawRow(layout, { cells: columns.map(({ title }) => title), widths, isHead: true });
  for (const cells of rows) drawRow(layout, { cells, widths, isHead: false });
}

function drawRow(layout: Layout, row: { cells: readonly string[]; widths: readonly number[]; isHead: boolean }): void {
  const { document } = layout;
  const style = { style: row.isHead ? 'bold' : 'regular', size: 12, align: row.isHead ? 'center' : 'left' } as const;
  const inner = (i: number) => (row.widths[i] ?? 0) - 2 * cellPadding;
  const height =
    Math.max(...row.cells.map((cell, i) => heightOf(layout, cell, { ...style, width: inner(i) }))) + 2 * cellPadding;
  keepTogether(layout, height);
  const y = document.y;
  within(layout, 'TR', () => {
    let x = layout.left;
    row.cells.forEach((cell, i) => {
      const width = row.widths[i] ?? 0;
      drawArtifact(layout, () => document.rect(x, y, width, height).lineWidth(0.5).stroke());
      drawText(layout, row.isHead ? 'TH' : 'TD', cell, {
        ...style,
        x: x + cellPadding,
        y: y + cellPadding,
        width: inner(i),
      });
      x += width;
    });
  });
  document.y = y + height;
}

function modulesOf(content: string): QRCode['modules'] {
  try {
    return createQr(content, { errorCorrectionLevel: 'M' }).modules;
  } catch (error) {
    throw new TaskTerminal(`expected what a QR code has room for, got ${content.length} characters`, { cause: error });
  }
}

/** A QR code in vectors, 26 mm wide with the quiet zone of four modules that ISO/IEC 18004 asks for, and its caption beside it. */
function drawQr(layout: Layout, content: string, caption: string | undefined): void {
  const { document, left, width } = layout;
  const modules = modulesOf(content);
  const side = mm(26);
  const module = side / (modules.size + 8);
  keepTogether(layout, side);
  const y = document.y;
  const figure = document.struct('Figure', { alt: content }, () => {
    for (let row = 0; row < modules.size; row++) {
      for (let column = 0; column < modules.size; column++) {
        if (modules.get(row, column))
          document.rect(left + (column + 4) * module, y + (row + 4) * module, module, module);
      }
    }
    document.fill('black');
  });
  layout.parent.add(figure);
  figure.end();
  if (caption !== undefined)
    drawText(layout, 'Caption', caption, {
      style: 'italic',
      size: 11,
      x: left + side + 8,
      y: y + side / 4,
      width: width - side - 8,
    });
  document.y = y + side;
}
