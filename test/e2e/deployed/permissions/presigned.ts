import { type Use, usesOf } from './uses-of.ts';

/** Which function signs the addresses that are fetched. */
type Signing = 'api' | 'console';

/** What applicants and officials do in a function's name, by addresses that it has signed: seen where the driver fetches them. */
export function watchPresigned(): { uses: (Use & { caller: Signing })[]; by: Signing; stop(): void } {
  const uses: (Use & { caller: Signing })[] = [];
  const fetchAsBefore = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
    const [account = '', , region = '', service = ''] = searchParams.get('X-Amz-Credential')?.split('/') ?? [];
    if (service !== '') {
      const method = init?.method ?? 'GET';
      const request = { account, region, service, method, path: pathname, header: () => '', body: Buffer.alloc(0) };
      uses.push(...usesOf(request).uses.map((use) => ({ ...use, caller: watch.by })));
    }
    return fetchAsBefore(input, init);
  };
  const watch = {
    uses,
    by: 'api' as Signing,
    stop: () => {
      globalThis.fetch = fetchAsBefore;
    },
  };
  return watch;
}
