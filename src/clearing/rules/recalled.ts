import type { Outcome, Refusal } from '#clearing/outcome.ts';
import { kindOfCode, type Request } from '#clearing/request.ts';
import { differingField, type Said } from '#idempotency/rules/compare.ts';
import { said } from './repeat.ts';

const version = 1;

/**
 * A finished outcome as Redis keeps it, with what its request said and the key it is pinned under: only a true
 * repeat may be answered by it.
 */
export function keptOutcome(request: Request, outcome: Outcome): string {
  const what = said(request);
  return JSON.stringify([
    version,
    outcome.callerKey,
    what.businessKey,
    what.kind,
    what.sector,
    String(what.cardId),
    textOf(what.amountFen),
    textOf(what.originalId),
    what.localTime,
    what.detail,
    String(outcome.id),
    outcome.businessDate,
    outcome.refusal,
    outcome.legs.map((leg) => [String(leg.accountId), String(leg.amountFen), textOf(leg.balanceFen)]),
  ]);
}

/**
 * The outcome for a request that repeats exactly what was kept, or null: a key that is reused in any way, and
 * a text that is not ours, are left for the database to judge.
 */
export function recalledOutcome(kept: string, request: Request): Outcome | null {
  try {
    const row = parse(kept);
    return row === null || row[1] !== request.callerKey ? null : outcomeFrom(row, request);
  } catch {
    return null;
  }
}

function outcomeFrom(row: readonly unknown[], request: Request): Outcome | null {
  const before: Said = {
    businessKey: row[2] as string,
    kind: row[3] as number,
    sector: row[4] as number,
    cardId: BigInt(row[5] as string),
    amountFen: bigintOf(row[6]),
    originalId: bigintOf(row[7]),
    localTime: row[8] as string,
    detail: row[9] as string | null,
  };
  if (differingField(said(request), before) !== null) return null;
  return {
    status: 'decided',
    id: BigInt(row[10] as string),
    kind: kindOfCode(before.kind),
    cardAccountId: request.card.cardAccountId,
    businessDate: row[11] as string,
    refusal: row[12] as Refusal | null,
    legs: (row[13] as [string, string, string | null][]).map(([accountId, amountFen, balanceFen]) => ({
      accountId: BigInt(accountId),
      amountFen: BigInt(amountFen),
      balanceFen: bigintOf(balanceFen),
    })),
    amountFen: before.amountFen,
    callerKey: request.callerKey,
    replay: true,
  };
}

function parse(kept: string): readonly unknown[] | null {
  const row: unknown = JSON.parse(kept);
  return Array.isArray(row) && row[0] === version && row.length === 14 ? row : null;
}

function textOf(value: bigint | null): string | null {
  return value === null ? null : String(value);
}

function bigintOf(text: unknown): bigint | null {
  return typeof text === 'string' ? BigInt(text) : null;
}
