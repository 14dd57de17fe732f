import type { Bearer } from '#access/store.ts';
import { systemActor } from '#audit/rules/event.ts';
import { putUtilities } from '#bills/utilities/store.ts';
import type { CardRef } from '#cards/store.ts';
import { actorOf } from '#channels/http/bearer.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { type programmes, terminalId } from '#demo/hainan.ts';
import { utilities } from '#demo/utilities.ts';
import { decideBatch, proposeBatch, startRun } from '#disbursements/approve-batch.ts';
import { importBatch } from '#disbursements/import-batch.ts';
import { payBatch } from '#disbursements/pay-batch.ts';
import { publishBatch } from '#disbursements/publish-batch.ts';
import { fileHeader } from '#disbursements/rules/file-text.ts';
import { callerKey } from '#idempotency/rules/keys.ts';
import { bindAccount, connectBanks } from '#load-orders/bindings.ts';
import { requestLoad } from '#load-orders/request-load.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { hainanTime } from '#platform/calendar.ts';
import type { Session } from '#platform/postgres.ts';
import { startStandInBank } from '#start/stand-in-bank.ts';
import { insertTerminals } from '#terminals/store.ts';
import { startUtility, type UtilityBehaviour, type UtilityServer } from '#testing/servers/utility-server.ts';
import { testStaff } from '#testing/staff.ts';
import { type HolderCard, personOf } from './holder-cards.ts';

/** Names that would do harm on a page that does not escape them. */
export const hostileName = {
  zh: '<img src=x onerror=alert(1)>海鲜"&\'店',
  en: '<script>alert(1)</script> "Seafood" & \'Co\'',
} as const;

export const hostileUtilityId = 400_009;
const [water, power] = utilities;
const townUtilities = [
  water,
  power,
  { ...water, id: hostileUtilityId, name: hostileName.zh, nameEn: hostileName.en },
];
export const waterId = water.id;
export const powerId = power.id;
const billPlace = 9;
const lateMs = 100;

/** The utilities of the town, each with a real server. */
export type Utilities = ReadonlyMap<number, UtilityServer>;

export async function startUtilities(owner: Session, seal: (key: Buffer) => Buffer): Promise<Utilities> {
  await enrolParticipants(owner, townUtilities);
  const servers = new Map<number, UtilityServer>();
  for (const { id } of townUtilities) servers.set(id, await startUtility(id, lateMs));
  await insertTerminals(
    owner,
    townUtilities.map(({ id, sector }) => ({
      id: terminalId(id, billPlace),
      participantId: id,
      sector,
      allowedKinds: ['payment', 'refund', 'reversal'],
      batchNumber: 1,
      active: true,
      keySealed: seal(Buffer.alloc(32)),
    })),
  );
  await putUtilities(
    owner,
    [...servers].map(([id, { baseUrl, key }]) => ({
      participantId: id,
      terminalId: terminalId(id, billPlace),
      baseUrl,
      keySealed: seal(key),
      queryTimeoutMs: 2_000,
      writeOffTimeoutMs: 2_000,
      active: true,
    })),
  );
  return servers;
}

let bills = 0;

/** Pays a new bill before a grocer's terminal; the utility meets the write-off as it is told to. */
export async function payBillAt(
  { bills: desk, clearing }: HttpParts,
  utilities: Utilities,
  bill: {
    readonly utilityId: number;
    readonly card: CardRef;
    readonly period: string;
    readonly amount: number;
    readonly writeOff?: UtilityBehaviour;
  },
): Promise<void> {
  const { utilityId, card, period, amount, writeOff } = bill;
  const traceNumber = ++bills;
  const billNumber = `B${period.replace('-', '')}${String(traceNumber).padStart(4, '0')}`;
  const customerNumber = String(1_000_000_000 + utilityId + traceNumber);
  const behaviours = writeOff === undefined ? {} : { 'write-offs': writeOff };
  const due = [{ billNumber, period, amount, penalty: 0 }];
  await utilities.get(utilityId)?.setCustomer(customerNumber, due, behaviours);
  const terminal = clearing.reference.current().terminals.get(terminalId(100_004, 1));
  if (terminal === undefined) throw new Error('the terminal of the grocer is not there');
  const answer = await desk.pay({
    ...{ terminal, card, utilityId, customerNumber, billNumber, purse: null, batchNumber: 1, traceNumber },
    ...{ amountFen: BigInt(amount), localTime: hainanTime(Date.now()) },
    callerKey: callerKey(String(terminal.id), `bill ${traceNumber}`),
  });
  if (answer.status !== 'payment') throw new Error(`a bill was not paid: ${JSON.stringify(answer)}`);
}

const operator: Bearer = { role: 'operator', subjectId: testStaff.operator };
const finance: Bearer = { role: 'finance', subjectId: testStaff.finance };
export const operatorActor = actorOf(operator);

/** A programme's list for a period, approved by two members of staff; paid unless it shall wait. */
export async function paySubsidy(
  { disbursements, clearing }: HttpParts,
  list: {
    readonly programme: (typeof programmes)[number]['code'];
    readonly period: string;
    readonly amount: number;
    /** Whom it pays; an agency may have another name for them than we have. */
    readonly holders: readonly { readonly card: HolderCard; readonly name?: string }[];
    readonly waits?: boolean;
  },
): Promise<void> {
  const { programme, period, amount, holders, waits = false } = list;
  const lines = holders.map(({ card, name = personOf(card).name }, i) =>
    [i + 1, personOf(card).idNumber, name, amount].join(),
  );
  const bytes = Buffer.from([fileHeader, ...lines, ''].join('\n'));
  const batch = await importBatch(disbursements, { programme, period, bytes }, operatorActor);
  if (typeof batch === 'string') throw new Error(`a list was refused: ${batch}`);
  const steps = [
    await publishBatch(disbursements, batch.id, operatorActor),
    await proposeBatch(disbursements, batch.id, operator),
    await decideBatch(disbursements, {
      batchId: batch.id,
      decision: 'approved',
      reason: '',
      checker: finance,
    }),
    await startRun(disbursements, batch.id, operatorActor),
  ];
  if (steps[2] !== 'approved' || steps[3] !== 'running') throw new Error(`a list stopped: ${steps.join()}`);
  if (waits) return;
  const fault = (error: unknown) => {
    throw error;
  };
  await payBatch({ pool: disbursements.pool, clearing, fault }, batch.id);
}

const bank = { participantId: 300_001, clientId: 46 } as const;

/** The bank of the town: the stand-in of fixtures/bank. */
export async function startTownBank(owner: Session, seal: (key: Buffer) => Buffer) {
  const key = Buffer.alloc(32, 46);
  const standIn = await startStandInBank({ key, clientId: bank.clientId, lateMs, balanceFen: 10_000_000 });
  await connectBanks(owner, [{ ...bank, address: standIn.address, keySealed: seal(key) }]);
  return standIn;
}

/** How an account of the stand-in behaves: well, or so that every call to it breaks off. */
const accounts = { good: '9100000004601', breaksOff: '9100109004602' } as const;

export async function bindBank(
  { pool, secrets }: HttpParts,
  { cardAccountId }: CardRef,
  behaviour: keyof typeof accounts = 'good',
): Promise<void> {
  const { participantId } = bank;
  const bound = { cardAccountId, participantId, accountNumber: accounts[behaviour], consentVersion: '1' };
  await bindAccount(pool, { ...bound, actor: systemActor }, secrets.sealPersonal);
}

let loads = 0;

/** A load from the bound account, as the holder orders it; where it stands when the bank has answered or not. */
export async function loadFromBank(
  { loadOrders }: HttpParts,
  { cardAccountId }: CardRef,
  amount: number,
): Promise<void> {
  const wish = { cardAccountId, purse: 'online', amountFen: fen(amount) } as const;
  const answer = await requestLoad(loadOrders, {
    ...wish,
    callerKey: callerKey(`holder ${cardAccountId}`, `load ${++loads}`),
    actor: { kind: 'holder', id: cardAccountId },
  });
  if (answer.status !== 'ordered') throw new Error(`a load was not ordered: ${answer.status}`);
}
