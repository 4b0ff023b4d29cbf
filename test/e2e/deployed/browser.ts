/** What a browser is shown. */
export interface Page {
  at: URL;
  status: number;
  headers: Headers;
  text: string;
  bytes: Uint8Array<ArrayBuffer>;
}

type Fields = Readonly<Record<string, string | File>>;

const HOPS = 8;

/** A browser that knows HTTP, cookies, links and forms. `base`: where the pages' public address leads on this machine. */
export class Browser {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  /** Names of the cookies that it keeps. */
  get cookies(): string[] {
    return [...this.#cookies.keys()];
  }

  /** Follows where it is led. */
  async open(address: string, init: { method: 'POST'; body: FormData | URLSearchParams } | object = {}): Promise<Page> {
    let next = this.#resolve(address);
    let sending: RequestInit = init;
    for (let hop = 0; hop < HOPS; hop += 1) {
      const isOurs = next.href.startsWith(this.#base);
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { 'accept-language': 'en', ...(isOurs && cookie !== '' && { cookie }) };
      const response = await fetch(next, { ...sending, headers, redirect: 'manual' });
      for (const set of isOurs ? response.headers.getSetCookie() : []) this.#keep(set);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const location = response.headers.get('location');
      if (location === null)
        return {
          at: next,
          status: response.status,
          headers: response.headers,
          text: Buffer.from(bytes).toString('utf8'),
          bytes,
        };
      next = this.#resolve(location);
      sending = {};
    }
    throw new Error(`${address}: expected a page, was led on ${HOPS} times`);
  }

  /** Sends the form of a page that goes to this address, with what is entered and the button that is pressed. */
  async send(page: Page, action: string, fields: Fields): Promise<Page> {
    const forms = [...page.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)];
    const found = forms.find(([, head = '']) => attribute(head, 'action') === action);
    if (!found)
      throw new Error(`${page.at.pathname}: expected a form to ${action}, got ${page.status}\n${wordsOf(page)}`);
    const [, head = '', body = ''] = found;
    const isFiles = attribute(head, 'enctype') === 'multipart/form-data';
    const data = isFiles ? new FormData() : new URLSearchParams();
    for (const [, input = ''] of body.matchAll(/<input\b([^>]*)>/g))
      if (attribute(input, 'type') === 'hidden') data.append(attribute(input, 'name'), attribute(input, 'value'));
    // A file stands in no form that is not for files.
    for (const [name, value] of Object.entries(fields)) data.append(name, value as string);
    return this.open(action, { method: 'POST', body: data });
  }

  #resolve(address: string): URL {
    if (address.startsWith('/')) return new URL(`${this.#base}${address}`);
    const url = new URL(address);
    return url.host.includes('.execute-api.') ? new URL(`${this.#base}${url.pathname}${url.search}`) : url;
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (/max-age=0/i.test(set)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** Whether there is something to enter under this name. */
export function asksFor({ text }: Page, name: string): boolean {
  return [...text.matchAll(/<(?:input|select|textarea)\b([^>]*)>/g)].some(
    ([, field = '']) => attribute(field, 'name') === name && attribute(field, 'type') !== 'hidden',
  );
}

/** The value of a hidden field. */
export function hiddenField({ text }: Page, name: string): string {
  const inputs = [...text.matchAll(/<input\b([^>]*)>/g)].map(([, input = '']) => input);
  const found = inputs.find((input) => attribute(input, 'name') === name && attribute(input, 'type') === 'hidden');
  return attribute(found ?? '', 'value');
}

/** What stands on a page, for whoever has to know why it is not the one that was expected. */
export function wordsOf({ text }: Pick<Page, 'text'>): string {
  const main = /<main\b[\s\S]*<\/main>/.exec(text)?.[0] ?? text;
  return main
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 1_500);
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = new RegExp(`\\b${name}="([^"]*)"`).exec(tag) ?? [];
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
