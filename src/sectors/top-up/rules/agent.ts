import { type Fen, fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';

/** How much cash an agent may take for loads on a day, and what it took on its latest. */
export interface AgentDay {
  readonly perDayFen: bigint;
  /** "2026-11-22", in Hainan's time. */
  readonly day: string;
  readonly usedFen: Fen;
}

/** The agent's day after a load; null for a bank, which has no limit of its own. The limit may be reached exactly. */
export function useLimit(
  load: { readonly amountFen: Fen; readonly nowMs: number },
  before: AgentDay | undefined,
): AgentDay | null | 'over-agent-limit' {
  if (before === undefined) return null;
  const day = hainanDay(load.nowMs);
  const usedFen = fen((before.day === day ? before.usedFen : 0n) + load.amountFen);
  return usedFen > before.perDayFen ? 'over-agent-limit' : { ...before, day, usedFen };
}

/** What is taken back on the day it was loaded may be loaded again; later it changes nothing. */
export function giveBackLimit(
  undone: { readonly amountFen: Fen; readonly loadedAtMs: number },
  before: AgentDay | undefined,
): AgentDay | null {
  if (before === undefined || before.day !== hainanDay(undone.loadedAtMs)) return null;
  const rest = before.usedFen - undone.amountFen;
  return { ...before, usedFen: fen(rest < 0n ? 0n : rest) };
}
