import type { CardRef } from '#cards/store.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { compensate } from '#clearing/compensate.ts';
import type { Request } from '#clearing/request.ts';
import { participants, terminalId } from '#demo/hainan.ts';
import { businessKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Session } from '#platform/postgres.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import type { HolderCard } from './holder-cards.ts';
import {
  bindBank,
  hostileName,
  hostileUtilityId,
  loadFromBank,
  operatorActor,
  payBillAt,
  paySubsidy,
  powerId,
  type Utilities,
  waterId,
} from './holder-errands.ts';

const hostileShop = 100_102;
/** The participants of the demonstration's Hainan whom the stories meet. */
const place = {
  snacks: 100_001,
  seafood: 100_002,
  coffee: 100_003,
  grocery: 100_004,
  bus: 200_001,
  rail: 200_003,
  bank: 300_001,
  insurer: 300_002,
  hospital: 500_001,
  pharmacy: 500_002,
} as const;

/** A shop whose name would do harm on a page that does not escape it. */
export async function enrolHostileShop(owner: Session, seal: (key: Buffer) => Buffer): Promise<void> {
  const shop = { name: hostileName.zh, nameEn: hostileName.en, sector: 'shops', active: true };
  await enrolParticipants(owner, [{ ...shop, id: hostileShop }]);
  await insertTerminals(owner, [
    {
      id: terminalId(hostileShop, 1),
      participantId: hostileShop,
      sector: 'shops',
      allowedKinds: terminalKinds,
      batchNumber: 1,
      active: true,
      keySealed: seal(Buffer.alloc(32)),
    },
  ]);
}

export interface Lives {
  readonly parts: HttpParts;
  readonly cards: Readonly<Record<HolderCard, CardRef>>;
  readonly utilities: Utilities;
}

/** What the town's holders have behind them, all of it by the rooms' own steps. */
export async function liveSomeDays(lives: Lives): Promise<void> {
  const { parts, cards, utilities } = lives;
  // The agency has another name for one of the two: approved with the rest, not paid.
  const grant = { programme: 'farm-support', period: '2026', amount: 38_000 };
  await paySubsidy(parts, { ...grant, holders: [{ card: 'lively', name: '乙' }, { card: 'other' }] });
  await liveLively(lives);
  await liveHostile(lives);
  const { fresh, other } = cards;
  await bindBank(parts, fresh);
  await load(actsOf(parts, other), 'online', 5_000);
  await payBillAt(parts, utilities, { utilityId: waterId, card: other, period: '2026-10', amount: 3_000 });
}

/** Shopping that two purses pay, rides of every price, a hospital, bills, subsidies, and money given back. */
async function liveLively({ parts, cards, utilities }: Lives): Promise<void> {
  const card = cards.lively;
  const act = actsOf(parts, card);
  await load(act, 'online', 80_000);
  await load(act, 'e-purse', 4_000);
  await load(act, 'medical', 30_000);
  await payVoidAndWrong(parts, card);
  await ride(act);
  const held = await act('authorise', place.seafood, { amountFen: fen(12_000) });
  await act('capture', place.seafood, { amountFen: fen(4_500), original: held.original });
  const allowance = { programme: 'elder-allowance', amount: 10_000, holders: [{ card: 'lively' }] } as const;
  await paySubsidy(parts, { ...allowance, period: '2026-10' });
  await payBillAt(parts, utilities, { utilityId: waterId, card, period: '2026-10', amount: 4_620 });
  await payBillAt(parts, utilities, {
    ...{ utilityId: powerId, card, period: '2026-10', amount: 13_875, writeOff: 'refuses' },
  });
  await bindBank(parts, card, 'good');
  await loadFromBank(parts, card, 20_000);
  await visitHospital(act);
  await paySubsidy(parts, { ...allowance, period: '2026-11' });
  await paySubsidy(parts, { ...allowance, period: '2026-12', waits: true });
  const coffee = await act('payment', place.coffee, { amountFen: fen(3_600) });
  await act('refund', place.coffee, { amountFen: fen(1_800), original: coffee.original });
  // The subsidy pays what it may, the holder the rest.
  await act('payment', place.grocery, { amountFen: fen(16_880) });
}

async function payVoidAndWrong(parts: HttpParts, card: CardRef): Promise<void> {
  const act = actsOf(parts, card);
  const undone = await act('payment', place.coffee, { amountFen: fen(2_800) });
  await act('reversal', place.coffee, { amountFen: fen(2_800), ...undone.reversed });
  const voided = await act('payment', place.snacks, { amountFen: fen(2_600) });
  await act('void', place.snacks, { amountFen: null, original: voided.original });
  const freed = await act('authorise', place.seafood, { amountFen: fen(8_000) });
  await act('void', place.seafood, { amountFen: null, original: freed.original });
  const wrong = await act('payment', place.snacks, { amountFen: fen(5_100) });
  const answer = await compensate(parts, {
    original: { cardAccountId: card.cardAccountId, id: wrong.original.id },
    amountFen: fen(2_550),
    reason: 'charged-twice',
    remark: '',
    key: `wrong charge ${wrong.original.id}`,
    by: operatorActor,
  });
  if (answer === 'not-found' || answer.status !== 'decided' || answer.refusal !== null)
    throw new Error('a wrong charge was not given back');
}

/** A fare, a transfer, a fare that the day's maximum cuts, one by distance, and one on a pass. */
async function ride(act: Act): Promise<void> {
  await act('payment', place.bus, { detail: { line: '21' } });
  await act('payment', place.bus, { detail: { line: '7' } });
  await act('payment', place.rail, { detail: { line: 'R1', from: 'HKDZ', to: 'MLAN' } });
  await act('payment', place.bus, { detail: { line: 'AIRPORT' } });
  await act('payment', place.rail, { amountFen: fen(6_000), detail: { pass: 'T20' } });
  await act('payment', place.rail, { detail: { line: 'R1', from: 'MLAN', to: 'CXGY' } });
}

/** The legs of a settlement, and medicine from the personal account. */
async function visitHospital(act: Act): Promise<void> {
  const detail = { total: '48600', fund: '34020', mutualAid: '3000', cash: '1000', personalAccount: '8580' };
  await act('payment', place.hospital, { amountFen: fen(10_580), detail });
  await act('payment', place.pharmacy, { amountFen: fen(4_250) });
}

async function liveHostile({ parts, cards, utilities }: Lives): Promise<void> {
  const card = cards.hostile;
  const act = actsOf(parts, card);
  await load(act, 'online', 50_000);
  await act('payment', hostileShop, { amountFen: fen(1_250) });
  await payBillAt(parts, utilities, { utilityId: hostileUtilityId, card, period: '2026-09', amount: 5_600 });
  // The bank never answers: the load stays under way.
  await bindBank(parts, card, 'breaksOff');
  await loadFromBank(parts, card, 10_000);
}

type Act = ReturnType<typeof actsOf>;

/** Who loads which purse. */
const loaders = { online: place.bank, 'e-purse': place.bank, medical: place.insurer } as const;

async function load(act: Act, purse: keyof typeof loaders, amount: number): Promise<void> {
  await act('load', loaders[purse], { amountFen: fen(amount), detail: { purse } });
}

let traces = 0;

/** Acts of a card at a participant's terminal, through the one path; what is not approved is a fault of the story. */
function actsOf({ clearing }: HttpParts, card: CardRef) {
  return async (kind: Request['kind'], participantId: number, over: Partial<Request>) => {
    const terminal = terminalId(participantId, 1);
    const today = hainanDay(Date.now());
    const trace: TraceKey = { terminalId: terminal, batchNumber: 1, traceNumber: ++traces, localDate: today };
    const request: Request = {
      kind,
      sector: participants.find(({ id }) => id === participantId)?.sector ?? 'shops',
      callerKey: null,
      businessKey: businessKey(trace),
      card,
      terminalId: terminal,
      batchNumber: 1,
      amountFen: null,
      localTime: `${today} 08:00:00`,
      original: null,
      detail: {},
      final: false,
      ...over,
    };
    const answer = await clearing.submit({ request, isRepeat: false });
    if (answer.status !== 'decided' || answer.refusal !== null) {
      throw new Error(`a ${kind} of the town was not approved: ${JSON.stringify(answer, asText)}`);
    }
    const { id } = answer;
    return {
      original: { id, businessKey: null },
      reversed: { businessKey: reversalKey(trace), original: { id: null, businessKey: businessKey(trace) } },
    };
  };
}

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
