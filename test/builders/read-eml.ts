/** What a recipient sees of a message (RFC 5322, 2045, 2047). */
export interface ReadMail {
  headers: Readonly<Record<string, string>>;
  to: string;
  subject: string;
  text: string;
  attachments: { fileName: string; mediaType: string; bytes: Uint8Array }[];
}

export function readEml(eml: string): ReadMail {
  const { headers, body } = part(eml.replaceAll('\r\n', '\n'));
  const parts = partsOf(headers, body);
  const text = parts.find(({ headers: own }) => own['content-type']?.startsWith('text/plain') && !isAttached(own));
  return {
    headers,
    to: headers['to'] ?? '',
    subject: words(headers['subject'] ?? ''),
    text: text ? decoded(text).toString() : '',
    attachments: parts
      .filter(({ headers: own }) => isAttached(own))
      .map((own) => ({
        fileName: fileName(own.headers['content-disposition'] ?? ''),
        mediaType: own.headers['content-type']?.split(';')[0] ?? '',
        bytes: decoded(own),
      })),
  };
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

function part(text: string): Part {
  const end = text.indexOf('\n\n');
  const lines = text
    .slice(0, end)
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { headers, body: text.slice(end + 2) };
}

function partsOf(headers: Part['headers'], body: string): Part[] {
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return [{ headers, body }];
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((each) => part(each.slice(1)));
}

function isAttached(headers: Part['headers']): boolean {
  return headers['content-disposition']?.startsWith('attachment') === true;
}

/** As RFC 2231 has it, in pieces where it is long. */
function fileName(disposition: string): string {
  const pieces = [...disposition.matchAll(/filename\*\d\*=(?:utf-8'')?([^;]+)/g)].map(([, piece = '']) => piece);
  return pieces.length > 0 ? decodeURIComponent(pieces.join('')) : (/filename="?([^";]+)/.exec(disposition)?.[1] ?? '');
}

function decoded({ headers, body }: Part): Buffer {
  const encoding = headers['content-transfer-encoding'];
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body);
  return quotedPrintable(body.replaceAll('=\n', ''));
}

function words(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      (kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64')
        : quotedPrintable(word.replaceAll('_', ' '))
      ).toString(),
    );
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
