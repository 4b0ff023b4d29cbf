/** Media types that uploads may have. */
export type SniffedType =
  | 'application/pdf'
  | 'image/png'
  | 'image/jpeg'
  | 'application/zip'
  | 'application/json'
  | 'application/xml'
  | 'text/plain';

const MAGIC: readonly (readonly [SniffedType, readonly number[]])[] = [
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['application/zip', [0x50, 0x4b, 0x03, 0x04]],
];

/** What the bytes are, by their first ones (WHATWG MIME Sniffing, section 6) and, for text, by all of them. `undefined`: nothing that is accepted. */
export function sniffMediaType(bytes: Uint8Array): SniffedType | undefined {
  const found = MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte));
  if (found) return found[0];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  if (text === '' || hasControls(text)) return undefined;
  if (isJson(text)) return 'application/json';
  if (/^\s*<\?xml\s/.test(text)) return 'application/xml';
  // Markup that a browser might run is not plain text.
  return /^\s*</.test(text) ? undefined : 'text/plain';
}

function hasControls(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return true;
  }
  return false;
}

/** Text of more characters is not parsed to see whether it is JSON: 50 MB of brackets are more than a gigabyte of lists. Nothing reads what is in an upload of that type. */
const MOST_PARSED = 1_000_000;

function isJson(text: string): boolean {
  const [, first] = /^\s*([[{])/.exec(text) ?? [];
  if (first === undefined) return false;
  if (text.length > MOST_PARSED) return text.trimEnd().endsWith(first === '[' ? ']' : '}');
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
