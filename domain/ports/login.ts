/** Login of a person at an issuer outside, by a browser: authorisation code with PKCE (OpenID Connect Core 3.1, RFC 7636). */
export interface Login {
  /** Where to send the browser, and what must be kept for its return, out of the browser's reach. */
  begin(redirectUri: string): Promise<{ url: string; kept: KeptLogin }>;
  /** The browser is back at this address. Throws `TaskRetryable` where the issuer does not answer. */
  finish(returned: string, kept: KeptLogin): Promise<LoginOutcome>;
}

export interface KeptLogin {
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
}

export type LoginOutcome =
  | {
      ok: true;
      /** Of the ID token, all of it verified. */
      subject: string;
      unit?: string;
      role?: string;
      /** The personal number that the claims prove. */
      personalId?: string;
      /** When the person logged in, if the issuer says, seconds since the epoch. */
      authenticatedAt?: number;
    }
  | { ok: false; reason: LoginRefusal };

/** `denied`: by the person or the issuer; the others are an attack or a defect, and nobody is logged in. */
export type LoginRefusal = 'denied' | 'another-browser' | 'another-issuer' | 'code-refused' | 'token-invalid';
