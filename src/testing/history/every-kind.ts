import type { CardRef } from '#cards/store.ts';
import { deskTerminalId } from '#clearing/compensate.ts';
import type { Request } from '#clearing/request.ts';
import { namedKey, reversalKey } from '#idempotency/rules/keys.ts';
import { openAccounts } from '#ledger/open-accounts.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import type { Session } from '#platform/postgres.ts';
import { saveTerms } from '#sectors/subsidies/store.ts';
import { insertAgents, insertRules } from '#sectors/top-up/store.ts';
import { insertConcessions } from '#sectors/transit/riders/store.ts';
import {
  insertCaps,
  insertConcessionTerms,
  insertDistanceFares,
  insertPassProducts,
  insertStations,
} from '#sectors/transit/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import { cardRef, town, townRequest } from '#testing/town.ts';

/** Requests get trace numbers one after the other, each test file its own. */
let traces = 0;

const agent = { participantId: 900_008, terminalId: 90_000_008, sector: 'top-up' } as const;
const agency = { participantId: 900_009, terminalId: 90_000_009, sector: 'subsidies' } as const;
const since = '2020-01-01';

/** Passes, distances, caps, categories, an agent, personal accounts: what a town does not have by itself. */
export async function openEverySector(owner: Session, cards: readonly CardRef[]): Promise<void> {
  await openAccounts(
    owner,
    cards.flatMap(({ cardAccountId: ownerId }) => [
      { ownerId, code: 'medical' as const },
      { ownerId, code: 'subsidy' as const },
    ]),
  );
  const { participantId } = agent;
  const both = [agent, agency];
  await enrolParticipants(
    owner,
    both.map(({ participantId: id, sector }) => ({ id, name: sector, nameEn: sector, sector, active: true })),
  );
  const terminal = { allowedKinds: terminalKinds, batchNumber: 1, active: true, keySealed: Buffer.alloc(1) };
  await insertTerminals(
    owner,
    both.map(({ terminalId: id, ...place }) => ({ ...terminal, ...place, id })),
  );
  const { programme } = town;
  await saveTerms(owner, [
    { participantId: agency.participantId, programme, purse: 'subsidy', perPaymentFen: 1_000n, active: true },
  ]);
  await insertAgents(owner, [{ participantId, perDayFen: 10_000_000n }]);
  const loads = { effectiveFrom: since, perLoadFen: 100_000n, balanceMaxFen: 90_000_000n };
  await insertRules(owner, [
    { ...loads, participantId, purse: 'online' },
    { ...loads, participantId: town.bankId, purse: 'medical' },
  ]);
  await openRides(owner);
  const grantedBy = { kind: 'staff', id: 2n };
  const grant = { category: 'student', fromDay: since, toDay: '2099-12-31', grantedBy, reason: 'seen' };
  await insertConcessions(
    owner,
    cards.map((card) => ({ ...card, ...grant })),
  );
}

async function openRides(owner: Session): Promise<void> {
  const from = { participantId: town.operatorId, effectiveFrom: since };
  const student = { category: 'student', rate: '0.5', ridesPerMonth: 60, beyondRate: '0.85' };
  await insertConcessionTerms(owner, [{ ...from, ...student }]);
  await insertCaps(owner, [{ ...from, perDayFen: 5_000n }]);
  const pass = { code: 'T2', kind: 'count', rides: 2, priceFen: 300n, validDays: 30, lines: ['9'] } as const;
  await insertPassProducts(owner, [{ ...from, ...pass }]);
  const rail = { participantId: town.operatorId, line: 'R1' };
  await insertStations(owner, [
    { ...rail, station: 'A', distanceM: 0 },
    { ...rail, station: 'B', distanceM: 9_000 },
  ]);
  await insertDistanceFares(owner, [{ ...rail, effectiveFrom: since, upToM: 10_000, fareFen: 300n }]);
}

export const payment = (card: number) => townRequest(traces++, { card: cardRef(card) });
export const tap = (card: number) => {
  const transit = { sector: 'transit', terminalId: town.operatorTerminal, detail: { line: '1' } };
  return townRequest(traces++, { ...transit, amountFen: null, card: cardRef(card) });
};
export const authorise = (card: number) => townRequest(traces++, { kind: 'authorise', card: cardRef(card) });
export const refundOf = (card: number, id: bigint) =>
  townRequest(traces++, {
    kind: 'refund',
    card: cardRef(card),
    amountFen: fen(1),
    original: { id, businessKey: null },
  });
const load = (card: number, terminalId: number, purse: string) => {
  const topUp = { kind: 'load', sector: 'top-up', terminalId, detail: { purse } } as const;
  return townRequest(traces++, { ...topUp, card: cardRef(card), amountFen: fen(1_000) });
};
const ride = (card: number, detail: Readonly<Record<string, string>>) => ({ ...tap(card), detail });
const buyPass = (card: number) => ({ ...ride(card, { pass: 'T2' }), amountFen: fen(300) });
const pay = (card: number, over: Partial<Request>) => ({ ...payment(card), ...over });
const settlement = { total: '2000', fund: '1200', mutualAid: '300', personalAccount: '400', cash: '100' };

/** Every sector and kind on one card: what is loaded and paid first, then all that speaks of it. */
export const beforehand = (card: number) => [
  load(card, town.bankTerminal, 'medical'),
  buyPass(card),
  authorise(card),
  ...Array.from({ length: 4 }, () => payment(card)),
];
/** All that speaks of what was approved beforehand: from the authorisation on, with its ids. */
export function everything(
  card: number,
  [authorised, ...paid]: readonly Request[],
  ids: readonly bigint[],
): Request[] {
  const [holdId, voidId, refundId, compensatedId] = ids;
  const of = (id: bigint | undefined) => ({ original: { id: id ?? 0n, businessKey: null } });
  const reversed = paid[3] as Request;
  if (authorised?.kind !== 'authorise') throw new Error('an authorisation comes first');
  return [
    payment(card),
    tap(card),
    ride(card, { line: 'R1', from: 'A', to: 'B' }),
    buyPass(card),
    ride(card, { line: '9' }),
    load(card, town.bankTerminal, 'online'),
    load(card, agent.terminalId, 'online'),
    pay(card, {
      ...{ sector: 'utilities', terminalId: town.utilityTerminal },
      detail: { bill: `W-${traces}`, period: '2026-10', customer: '****0001' },
    }),
    pay(card, { sector: 'medical', terminalId: town.pharmacyTerminal }),
    pay(card, {
      ...{ sector: 'medical', terminalId: town.hospitalTerminal, amountFen: fen(400) },
      detail: settlement,
    }),
    pay(card, {
      ...{ kind: 'load', sector: agency.sector, terminalId: agency.terminalId },
      detail: { programme: town.programme, period: '2026-11', purse: 'subsidy' },
    }),
    authorise(card),
    pay(card, { kind: 'capture', ...of(holdId), amountFen: fen(40), final: true }),
    pay(card, { kind: 'void', ...of(voidId), amountFen: null }),
    pay(card, { kind: 'refund', ...of(refundId) }),
    pay(card, {
      ...{ kind: 'compensation', ...of(compensatedId), terminalId: deskTerminalId, callerKey: null },
      ...{ businessKey: namedKey('compensation', String(compensatedId)), detail: { reason: 'other' } },
    }),
    {
      ...reversed,
      ...{ kind: 'reversal', callerKey: null, original: { id: null, businessKey: reversed.businessKey } },
      businessKey: reversalKey({
        ...{ terminalId: reversed.terminalId, batchNumber: 1, localDate: town.firstDay },
        traceNumber: traceOf(reversed),
      }),
    },
  ];
}
const traceOf = ({ businessKey }: Request) =>
  Number.parseInt(businessKey.replaceAll('-', '').slice(20, 26), 16);
