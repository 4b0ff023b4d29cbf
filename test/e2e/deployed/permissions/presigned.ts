import { type Use, usesOf } from './uses-of.ts';

/** What applicants and officials do in the API's name, by addresses that it has signed: seen where the driver fetches them. */
export function watchPresigned(): { uses: Use[]; stop(): void } {
  const uses: Use[] = [];
  const fetchAsBefore = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
    const [account = '', , region = '', service = ''] = searchParams.get('X-Amz-Credential')?.split('/') ?? [];
    if (service !== '') {
      const method = init?.method ?? 'GET';
      const request = { account, region, service, method, path: pathname, header: () => '', body: Buffer.alloc(0) };
      uses.push(...usesOf(request).uses);
    }
    return fetchAsBefore(input, init);
  };
  return {
    uses,
    stop: () => {
      globalThis.fetch = fetchAsBefore;
    },
  };
}
