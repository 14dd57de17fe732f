/** What the runner tells one run of k6: one JSON text in its environment, so that no argument shows it. */
export interface Order {
  /** "http://127.0.0.1:8080", one per instance of the service. */
  readonly addresses: readonly string[];
  /** Closed: so many users who wait for their answer. Open: so many visits begin a second, whatever is answered. */
  readonly pace: { readonly users: number } | { readonly perSecond: number };
  readonly seconds: number;
  /** Users of an open run at the most; a visit for which there is none is dropped, and counted. */
  readonly usersMax: number;
  readonly cards: number;
  /** Shops that are paid; 1 is the hot participant. */
  readonly shops: number;
  readonly gates: number;
  /** Cards whose holders are signed in, from card 0 on. */
  readonly holders: number;
  /** How often each payment is sent at once, over as many ways. */
  readonly copies: number;
  /** No two runs on one world have the same: terminals' dates follow from it, and so their trace numbers. */
  readonly run: number;
  /** Where k6 writes its figures. */
  readonly summaryFile: string;
}

export const order = JSON.parse(__ENV['ORDER'] ?? '{}') as Order;
