import { z } from 'zod';
import { defineSector } from '#sectors/contract.ts';
import { refusePayment, type SubsidyPurse, subsidyPurses, type Terms } from './rules/terms.ts';
import { readTerms } from './store.ts';

/** A programme's name for keys, files and history: "elder-2026". */
export const programmePattern = /^[a-z0-9]{1,16}(-[a-z0-9]{1,16}){0,2}$/;
/** The month, quarter or year paid for, as the agency writes it: "2026-11", "2026-Q4", "2026". */
export const periodPattern = /^20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]))?$/;

const termsKey = (participantId: number, programme: string) => `${participantId} ${programme}`;

/** A subsidy that an agency pays to a card account: it owes us what it loads. */
export const subsidies = defineSector<never, ReadonlyMap<string, Terms>>({
  name: 'subsidies',
  code: 6,
  direction: 'loads',
  ofRoom: true,
  loads: (detail) => detail['purse'] as SubsidyPurse,
  keeps: 'card-account',
  // A subsidy is owed to the person: that the plastic is lost, locked or not yet fetched changes nothing.
  needsGoodCard: false,
  detail: z.strictObject({
    programme: z.string().regex(programmePattern),
    period: z.string().regex(periodPattern),
    purse: z.enum(subsidyPurses),
  }),
  readTariffs: async (session) =>
    new Map((await readTerms(session)).map((row) => [termsKey(row.participantId, row.programme), row])),
  read: async () => new Map<bigint, never>(),
  plan: (request, terms) => {
    const { amountFen, detail, participantId } = request;
    if (amountFen === null) return 'amount-missing';
    const purse = detail['purse'] as SubsidyPurse;
    const agreed = terms.get(termsKey(participantId, detail['programme'] ?? ''));
    const refusal = refusePayment({ amountFen, purse }, agreed);
    if (refusal !== null) return refusal;
    if (request.purse(purse) === undefined) return 'purse-not-open';
    return { parts: [{ amountFen, purses: [purse], split: false }], others: [], state: null };
  },
  undo: () => null,
  write: async () => undefined,
});
