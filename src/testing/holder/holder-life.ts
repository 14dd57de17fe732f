import type { Clearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import { limits, loadRules, participants, purseRules, tariffs } from '#demo/hainan.ts';
import { businessKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import type { Session } from '#platform/postgres.ts';
import { insertLimits } from '#sectors/shops/store.ts';
import { insertPurseRules } from '#sectors/store.ts';
import { insertRules } from '#sectors/top-up/store.ts';
import { insertTariffs } from '#sectors/transit/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import { cardRef, town } from '#testing/town.ts';
import { hostileName } from './holder-books.ts';

const places = [
  ...participants,
  {
    id: 100_101,
    name: '琼山平价超市',
    nameEn: 'Qiongshan Market',
    sector: 'shops',
    active: true,
    mcc: '5411',
  },
  { id: 100_102, name: hostileName.zh, nameEn: hostileName.en, sector: 'shops', active: true },
] as const;
const desk = {
  id: 900_100,
  name: '一卡通服务台',
  nameEn: 'One-Card Service Desk',
  sector: 'desk',
  active: true,
};
const terminalOf = (participantId: number) => participantId * 10 + 1;

/** The places of the demonstration's Hainan, a supermarket, a desk, and a shop with a hostile name. */
export async function enrolPlaces(owner: Session, seal: (key: Buffer) => Buffer): Promise<void> {
  await enrolParticipants(owner, [...places, desk]);
  const terminal = ({ id, sector }: { id: number; sector: string }) => ({
    id: terminalOf(id),
    participantId: id,
    sector,
    allowedKinds: sector === 'desk' ? (['compensation'] as const) : terminalKinds,
    batchNumber: 1,
    active: true,
    keySealed: seal(Buffer.alloc(32)),
  });
  await insertTerminals(owner, [...places, desk].map(terminal));
  await insertLimits(owner, limits);
  await insertTariffs(owner, tariffs);
  await insertRules(owner, loadRules);
  await insertPurseRules(owner, purseRules);
}

/**
 * Some days of a holder: loads, rides, shopping that two purses pay, a refund, money set aside and partly taken,
 * a payment undone and a wrong charge given back. All of it through the one path.
 */
export async function liveSomeDays(clearing: Clearing, card: number): Promise<void> {
  const act = actsOf(clearing, card);
  await act('load', 300_001, { amountFen: fen(50_000), detail: { purse: 'online' } });
  await act('load', 300_001, { amountFen: fen(5_000), detail: { purse: 'e-purse' } });
  await act('load', 300_002, { amountFen: fen(30_000), detail: { purse: 'medical' } });
  await act('load', 300_003, { amountFen: fen(6_000), detail: { purse: 'subsidy' } });
  for (let ride = 0; ride < 10; ride++) {
    await act('payment', 200_001, { amountFen: null, detail: { line: String(20 + ride) } });
  }
  await act('payment', 100_102, { amountFen: fen(1_250) });
  const undone = await act('payment', 100_003, { amountFen: fen(2_800) });
  await act('reversal', 100_003, { amountFen: fen(2_800), ...undone.reversed });
  const wrong = await act('payment', 100_001, { amountFen: fen(5_100) });
  await act('compensation', desk.id, { amountFen: fen(5_000), sector: 'shops', original: wrong.original });
  const voided = await act('authorise', 100_002, { amountFen: fen(8_000) });
  await act('void', 100_002, { amountFen: null, original: voided.original });
  const held = await act('authorise', 100_002, { amountFen: fen(12_000) });
  await act('capture', 100_002, { amountFen: fen(4_500), original: held.original });
  const coffee = await act('payment', 100_003, { amountFen: fen(3_600) });
  await act('refund', 100_003, { amountFen: fen(1_800), original: coffee.original });
  await act('payment', 200_001, { amountFen: null, detail: { line: 'AIRPORT' } });
  await act('payment', 100_101, { amountFen: fen(8_880) });
}

let traces = 0;

function actsOf(clearing: Clearing, card: number) {
  return async (kind: Request['kind'], participantId: number, over: Partial<Request>) => {
    const terminalId = terminalOf(participantId);
    const trace: TraceKey = { terminalId, batchNumber: 1, traceNumber: ++traces, localDate: town.firstDay };
    const request: Request = {
      kind,
      sector: places.find((place) => place.id === participantId)?.sector ?? 'desk',
      callerKey: null,
      businessKey: businessKey(trace),
      card: cardRef(card),
      terminalId,
      batchNumber: 1,
      amountFen: null,
      localTime: `${town.firstDay} 08:00:00`,
      original: null,
      detail: {},
      final: false,
      ...over,
    };
    const answer = await clearing.submit({ request, isRepeat: false });
    if (answer.status !== 'decided' || answer.refusal !== null) {
      throw new Error(`a ${kind} of the town was not approved: ${JSON.stringify(answer, asText)}`);
    }
    const id = answer.id;
    return {
      original: { id, businessKey: null },
      reversed: { businessKey: reversalKey(trace), original: { id: null, businessKey: businessKey(trace) } },
    };
  };
}

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
