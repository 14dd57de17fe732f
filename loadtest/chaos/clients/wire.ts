/** Who signs a request, and with which key (in hex). */
export interface Signer {
  readonly terminalId: number;
  readonly key: string;
}

/** What is posted, the same at every attempt. */
export interface Post {
  readonly path: string;
  readonly idempotencyKey: string;
  readonly body: object;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface Sending {
  readonly address: string;
  readonly timeoutMs: number;
  readonly retryAttempt: number;
}

/** The HTTP client as this run needs it; the entry hands it in. */
export interface Wire {
  post(signer: Signer, what: Post, sending: Sending): Promise<WireAnswer>;
  call(
    token: string,
    what: { readonly method: 'GET' | 'POST'; readonly url: string },
    timeoutMs: number,
  ): Promise<WireAnswer>;
}
