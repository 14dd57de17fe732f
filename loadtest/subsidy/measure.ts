import type { Clearing } from '#clearing/open.ts';
import { linesInFlightMax, payBatch } from '#disbursements/pay-batch.ts';
import type { DisbursementParts } from '#disbursements/ports.ts';
import { lineRequest } from '#disbursements/rules/line-request.ts';
import { readProgress } from '#disbursements/store.ts';
import { sessionOf } from '#platform/postgres.ts';
import { agency, approvedToRun, goodFile, imported, programme } from '#testing/subsidies/subsidy-town.ts';
import { cardRef } from '#testing/town.ts';

/** What both ways of paying work on. */
export interface Desk {
  readonly clearing: Clearing;
  readonly parts: DisbursementParts;
  readonly lines: number;
}

const amountFen = 9_000;

/** A file of subsidies from the agency's bytes to the last payment written back; seconds of each. */
export async function measureRun(
  { clearing, parts, lines }: Desk,
  period: string,
): Promise<{ importSeconds: number; approveSeconds: number; perSecond: number }> {
  const startedAt = performance.now();
  const batchId = await imported(parts, period, goodFile(lines, { amount: amountFen }));
  const importedAt = performance.now();
  await approvedToRun(parts, batchId);
  const approvedAt = performance.now();
  const fault = (error: unknown) => console.error('a line:', error);
  const end = await payBatch({ pool: parts.pool, clearing, fault }, batchId);
  const paidAt = performance.now();
  const { paid } = await readProgress(sessionOf(parts.pool), batchId);
  if (end !== 'paid' || paid.count !== lines)
    throw new Error(`the run ended "${end}" with ${paid.count} paid`);
  return {
    importSeconds: (importedAt - startedAt) / 1000,
    approveSeconds: (approvedAt - importedAt) / 1000,
    perSecond: lines / ((paidAt - approvedAt) / 1000),
  };
}

/** The same loads handed to clearing directly, as many in flight: what the run can come to at best. */
export async function measureDirect({ clearing, lines }: Desk, round: number): Promise<number> {
  const batch = {
    id: -BigInt(round),
    programme: programme.code,
    period: '2029-01',
    purse: programme.purse,
    terminalId: agency.terminal,
    localTime: '2026-11-22 08:00:00',
  };
  let next = 0;
  const sender = async () => {
    while (next < lines) {
      const card = next++;
      const line = { ...cardRef(card), lineNo: card + 1, attempt: 1, amountFen: BigInt(amountFen) };
      const answer = await clearing.submit({ request: lineRequest(batch, line, 1), isRepeat: false });
      if (answer.status !== 'decided' || answer.refusal !== null) throw new Error('a load was not approved');
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: linesInFlightMax }, sender));
  return lines / ((performance.now() - startedAt) / 1000);
}

/** What the agency owes is what its people's purses hold: each payment of the bench once. */
export async function checkMoney({ parts, lines }: Desk, payments: number): Promise<void> {
  const { rows } = await parts.pool.query<{ loaded: bigint; people: number }>(
    'select sum(balance_fen)::bigint as loaded, count(*)::int as people from ledger.accounts where code = 6',
  );
  const due = BigInt(payments) * BigInt(amountFen);
  if (rows[0]?.loaded !== due || rows[0]?.people !== lines)
    throw new Error(
      `wrong money: ${rows[0]?.loaded} fen with ${rows[0]?.people} people where ${due} are due`,
    );
}
