import { randomBytes } from 'node:crypto';
import type { Role } from '#access/store.ts';
import { admitToken, openSession } from '#access/tokens.ts';
import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import { signRequest } from '#terminals/rules/signature.ts';
import type { RouteCaller } from '#testing/http/who-may-call.ts';
import type { House } from './house.ts';
import type { Outgoing } from './wire.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

/** Somebody or something that calls. */
export interface Caller {
  readonly name: RouteCaller;
  /** A holder's card account, a participant's number, a member of staff; 0 for the others. */
  readonly subject: bigint;
  /** What proves who calls. A terminal signs the very bytes. */
  prove(outgoing: Omit<Outgoing, 'headers'>, as: Signing): Promise<Pairs>;
  /** The proof is not taken any more: the next call has a new one. */
  renew(): void;
}

interface Signing {
  readonly terminalId: number;
  /** The idempotency key, as it stands in the header; empty where there is none. */
  readonly key: string;
}

/** Holders whose cards the demonstration loads; the first of them lose their cards in the course of the run. */
const holderCards = [0, 1, 2, 3];
const participants = [600_001, 300_001, 400_001, 100_001];
const staff: readonly (readonly [Role, bigint])[] = [
  ['administrator', 1n],
  ['operator', 2n],
  ['operator', 4n],
  ['finance', 3n],
  ['finance', 5n],
  ['auditor', 6n],
];

/** Each kind of caller, some of them more than once. */
export function openCallers(house: House): Caller[] {
  return [
    nobody,
    terminals(house),
    ...staff.map(([role, subject]) => bearer(house, role, subject)),
    ...holderCards.map((card) => bearer(house, 'holder', firstCardAccountId + BigInt(card))),
    ...participants.map((id) => bearer(house, 'participant', BigInt(id))),
  ];
}

const nobody: Caller = { name: 'nobody', subject: 0n, prove: async () => [], renew: () => undefined };

function terminals({ signIns }: House): Caller {
  const keys = new Map(signIns.terminals.map(({ terminalId, key }) => [terminalId, Buffer.from(key, 'hex')]));
  let last = 0;
  return {
    ...nobody,
    name: 'terminal',
    prove: async ({ method, target, body }, { terminalId, key }) => {
      // Two calls within a millisecond would carry the same signature.
      last = Math.max(last + 1, Date.now());
      const time = String(last);
      const signed = { method, path: target, time, key, body: body ?? Buffer.alloc(0) };
      return [
        ['terminal-id', String(terminalId)],
        ['request-time', time],
        ['request-signature', signRequest(keys.get(terminalId) ?? Buffer.alloc(32), signed)],
      ];
    },
  };
}

const expiresAt = new Date('2099-01-01T00:00:00Z');
const tokenBytes = 24;

function bearer({ owner }: House, role: Role, subject: bigint): Caller {
  let token: string | null = null;
  const open = async () => {
    const who = { role, subjectId: subject };
    // Participants have keys, everybody else sessions.
    if (role !== 'participant') return (await openSession(owner, { ...who, mustChange: false })).token;
    const key = randomBytes(tokenBytes).toString('base64url');
    await admitToken(owner, { ...who, token: key, expiresAt });
    return key;
  };
  return {
    name: role,
    subject,
    prove: async () => {
      token ??= await open();
      return [['authorization', `Bearer ${token}`]];
    },
    renew: () => {
      token = null;
    },
  };
}
