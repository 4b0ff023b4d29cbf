/** An element of the documents that we write: every name has a prefix, and no attribute is outside its element's own vocabulary. */
export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly (XmlElement | string)[];
}

/** What the prefixes stand for: a document that means something else by one of them is not ours. */
const NAMESPACES: Readonly<Record<string, string>> = {
  asic: 'http://uri.etsi.org/02918/v1.2.1#',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  manifest: 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0',
  registration: 'urn:onetrack:registration:1',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
};
const DEEPEST = 32;
/** A signature over all files that a container may hold has 200, and one for each certificate and statement. */
const MOST_ELEMENTS = 2_000;

/** An element; children that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (XmlElement | string | undefined)[]
): XmlElement {
  return { name, attributes, children: children.filter((child) => child !== undefined) };
}

/**
 * The element in Exclusive XML Canonicalization 1.0 (W3C, 18 July 2002), as if it stood alone: each prefix is declared where it is first used. Canonical
 * form is built here, not computed from somebody's document: a part of a document that this writes, written alone, is that part's canonical form.
 */
export function writeXml(root: XmlElement): string {
  return write(root, new Set());
}

function write({ name, attributes, children }: XmlElement, declared: ReadonlySet<string>): string {
  const used = [name, ...Object.keys(attributes)].flatMap((each) => prefixOf(each) ?? []);
  const fresh = [...new Set(used)].filter((prefix) => !declared.has(prefix)).toSorted();
  const inside = new Set([...declared, ...fresh]);
  const spaces = fresh.map((prefix) => ` xmlns:${prefix}="${namespaceOf(prefix)}"`);
  const rest = Object.entries(attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ` ${key}="${escape(value, /[&<"\t\n\r]/g)}"`);
  const content = children.map((child) =>
    typeof child === 'string' ? escape(child, /[&<>\r]/g) : write(child, inside),
  );
  return `<${name}${spaces.join('')}${rest.join('')}>${content.join('')}</${name}>`;
}

function prefixOf(name: string): string | undefined {
  return name.includes(':') ? name.slice(0, name.indexOf(':')) : undefined;
}

function namespaceOf(prefix: string): string {
  const found = NAMESPACES[prefix];
  if (found === undefined) throw new Error(`expected a prefix of ${Object.keys(NAMESPACES).join(', ')}, got ${prefix}`);
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
/** Whatever begins like one: how far it is read does not hang on where the next one ends. */
const ENTITY = /&[^;&]{0,5};?/g;
const CHARACTERS = new Map(Object.entries(ENTITIES).map(([character, entity]) => [entity, character]));

function escape(text: string, what: RegExp): string {
  if (/[^\P{Cc}\t\n\r]/u.test(text)) throw new Error('expected text without control characters, which XML cannot hold');
  return text.replace(what, (character) => ENTITIES[character] ?? character);
}

const TAG = /<(\/?)([a-z]+:[A-Za-z0-9]+)((?: [A-Za-z:-]+="[^"<>]*"){0,16})>|([^<]+)/y;
const ATTRIBUTE = / ([A-Za-z:-]+)="([^"<>]*)"/g;

/**
 * Reads a document that `writeXml` has written, and no other: what it reads it writes again and compares, so that nothing in it can be read in two ways.
 * No declaration, comment, processing instruction, entity or foreign namespace passes.
 */
export function readXml(text: string): XmlElement {
  const root = parse(text);
  if (writeXml(root) !== text) throw new Error('expected canonical XML of our own vocabulary, got another form');
  return root;
}

interface Open extends XmlElement {
  children: (XmlElement | string)[];
}

function parse(text: string): XmlElement {
  const top: Open = { name: '', attributes: {}, children: [] };
  const open = [top];
  const tag = new RegExp(TAG);
  let elements = 0;
  while (tag.lastIndex < text.length) {
    const at = tag.lastIndex;
    const found = tag.exec(text);
    const parent = open.at(-1);
    if (found === null || parent === undefined || open.length > DEEPEST)
      throw new Error(`expected canonical XML, got something else at character ${at}`);
    const [, closes, name = '', attributes = '', words] = found;
    if (words !== undefined) parent.children.push(unescape(words));
    else if (closes === '/') {
      if (parent.name !== name) throw new Error(`expected the end of ${parent.name || 'nothing'}, got that of ${name}`);
      open.pop();
    } else {
      expectFew(++elements);
      const child: Open = { name, attributes: attributesOf(attributes), children: [] };
      parent.children.push(child);
      open.push(child);
    }
  }
  const [root, ...more] = top.children;
  if (open.length !== 1 || root === undefined || typeof root === 'string' || more.length > 0)
    throw new Error('expected one XML element, got none, more, or one that does not end');
  return root;
}

function expectFew(elements: number): void {
  if (elements > MOST_ELEMENTS) throw new Error(`expected canonical XML of at most ${MOST_ELEMENTS} elements`);
}

/** Declarations are left out: where they stand is known, and compared when it is written again. */
function attributesOf(text: string): Record<string, string> {
  const all = [...text.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, unescape(value)] as const);
  return Object.fromEntries(all.filter(([key]) => !key.startsWith('xmlns:')));
}

function unescape(text: string): string {
  return text.replace(ENTITY, (entity) => {
    const character = CHARACTERS.get(entity);
    if (character === undefined) throw new Error(`expected an entity of canonical XML, got ${entity}`);
    return character;
  });
}

/** The child elements of this name. */
export function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => typeof child !== 'string').filter((child) => child.name === name);
}

/** The one descendant by these names, each a child of the one before; throws where there is none or more than one. */
export function descend(root: XmlElement, ...names: readonly string[]): XmlElement {
  return names.reduce((parent, name) => {
    const [child, ...more] = childrenOf(parent, name);
    if (child === undefined || more.length > 0) throw new Error(`expected one ${name} in ${parent.name}`);
    return child;
  }, root);
}

/** The text of an element that holds nothing else. */
export function textOf({ name, children }: XmlElement): string {
  const [text = '', ...more] = children;
  if (typeof text !== 'string' || more.length > 0) throw new Error(`expected text in ${name}, and nothing else`);
  return text;
}
