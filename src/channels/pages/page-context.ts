import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { clientAddress } from '#access/rules/client-address.ts';
import type { Appearance } from './cookies.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/zh.ts';

/** One person's call of a page: how it looks, what it says, and what its forms must carry. */
export interface Visit extends Appearance {
  readonly texts: Texts;
  /** The path that was asked for, with its query: where the switches lead back to. */
  readonly path: string;
  readonly formToken: string;
  readonly visitSecret: string;
  /** The token of the cookie, whether it is still good or not; empty without one. */
  readonly sessionToken: string;
  /** Whether the cookie's token was asked after and is good. */
  readonly signedIn: boolean;
  /** Whether a query password that was given for once has to be changed before anything else is done. */
  readonly mustChange: boolean;
}

/** A visit of someone who has signed in. */
export interface Holder extends Visit {
  readonly cardAccountId: bigint;
}

export interface PageEnv {
  readonly Bindings: { readonly incoming?: IncomingMessage };
  readonly Variables: { visit: Visit; requestId: string };
}

export type PageContext = Context<PageEnv>;

/** What a form sent: every field once, as text. */
export type Fields = Readonly<Record<string, string>>;

export function textsIn(appearance: Appearance): Texts {
  return textsOf[appearance.language];
}

/** Where the connection comes from, or whom the proxy before us speaks for. */
export function addressOf(c: PageContext, proxyAddress: string | undefined): string {
  const peer = c.env?.incoming?.socket?.remoteAddress ?? '';
  return clientAddress({ peer, forwardedFor: c.req.header('x-forwarded-for') ?? '' }, proxyAddress);
}
