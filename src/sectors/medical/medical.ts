import { z } from 'zod';
import { fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import { defineSector, type SectorRequest } from '#sectors/contract.ts';
import { effectiveOn, groupedBy } from '#sectors/rules/effective.ts';
import { legsOf } from './rules/legs.ts';
import { type Institution, settle } from './rules/settle.ts';
import { readInstitutions } from './store.ts';

const amountText = z.string().regex(/^(0|[1-9]\d{0,10})$/, 'an amount in fen');
/** The legs of a hospital's settlement, all of them: written as text, they are pinned and shown to the holder. */
const settlementLegs = z.strictObject({
  total: z.string().regex(/^[1-9]\d{0,10}$/, 'an amount in fen, not nought'),
  fund: amountText,
  mutualAid: amountText,
  cash: amountText,
  personalAccount: amountText,
});

type Institutions = ReadonlyMap<string, readonly Institution[]>;

/**
 * Payments in hospitals and pharmacies. Without legs: the personal account first, the holder's own money after it.
 * With the legs of the national platform's settlement: each payer exactly its part.
 */
export const medical = defineSector<never, Institutions>({
  name: 'medical',
  code: 5,
  direction: 'pays',
  keeps: 'card-account',
  detail: z.union([settlementLegs, z.strictObject({})]),
  readTariffs: async (session) =>
    groupedBy(await readInstitutions(session), (institution) => String(institution.participantId)),
  read: async () => new Map<bigint, never>(),
  plan: (request, institutions) => {
    const { amountFen, rule } = request;
    const institution = institutionOf(request, institutions);
    if (rule === null || institution === undefined) return 'no-tariff';
    const legs = legsOf(request.detail);
    if (legs !== null) {
      // A settlement that the funds pay alone takes nothing from the card and carries no amount.
      const settled = settle(legs, amountFen ?? fen(0), { institution, rule });
      return typeof settled === 'string' ? settled : { ...settled, state: null };
    }
    if (amountFen === null) return 'amount-missing';
    return { parts: [{ ...rule, amountFen }], others: [], state: null };
  },
  undo: () => null,
  redo: () => null,
  write: async () => undefined,
});

function institutionOf(request: SectorRequest, institutions: Institutions): Institution | undefined {
  return effectiveOn(institutions.get(String(request.participantId)), hainanDay(request.nowMs));
}
