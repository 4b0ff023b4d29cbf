/** The credentials by which a platform is let in. */
export interface RegisterClient {
  clientId: string;
  clientSecret: string;
}

/** How a sample system is reached at this address: with credentials where it wants a token. */
export function sampleEndpoint(base: string, path: string, client: RegisterClient | undefined, timeoutMs: number) {
  return {
    url: `${base}/${path}`,
    timeoutMs,
    ...(client && { credentials: { tokenUrl: `${base}/token`, ...client } }),
  };
}
