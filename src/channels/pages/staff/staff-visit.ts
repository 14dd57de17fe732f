import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { clientAddress } from '#access/rules/client-address.ts';
import type { StaffRole } from '#access/staff/store.ts';
import type { Actor } from '#audit/rules/event.ts';
import type { Language } from '#channels/pages/texts/texts.ts';
import type { StaffTexts } from './texts/zh.ts';

/** A member of staff who has signed in. */
export interface Member {
  readonly id: bigint;
  readonly role: StaffRole;
  readonly displayName: string;
  /** Whether the password has to be changed before anything else is done. */
  readonly mustChange: boolean;
}

/** One call of a staff page: in which language, what its forms must carry, and whose it is. */
export interface StaffVisit {
  readonly language: Language;
  readonly texts: StaffTexts;
  /** The path that was asked for, with its query: where the switch of language leads back to. */
  readonly path: string;
  readonly formToken: string;
  readonly visitSecret: string;
  /** The token of the cookie, whether it is still good or not; empty without one. */
  readonly sessionToken: string;
  readonly member: Member | null;
}

export interface SignedIn extends StaffVisit {
  readonly member: Member;
}

export interface StaffEnv {
  readonly Bindings: { readonly incoming?: IncomingMessage };
  readonly Variables: { visit: StaffVisit };
}

export type StaffContext = Context<StaffEnv>;
export type Fields = Readonly<Record<string, string>>;

/** The member of staff as the audit trail names them. */
export function actorOf({ member }: SignedIn): Actor {
  return { kind: 'staff', id: member.id };
}

/** What forms and confirmations of this visit are made with. */
export function secretsOf({ visitSecret, sessionToken }: StaffVisit) {
  return { visit: visitSecret, session: sessionToken };
}

/** Where the connection comes from, or whom the proxy before us speaks for. */
export function staffAddressOf(c: StaffContext, proxyAddress: string | undefined): string {
  const peer = c.env?.incoming?.socket?.remoteAddress ?? '';
  return clientAddress({ peer, forwardedFor: c.req.header('x-forwarded-for') ?? '' }, proxyAddress);
}
