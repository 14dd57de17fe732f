import { lasting } from '#channels/pages/staff/rules/lasting.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import type { WordGroup } from '#channels/pages/staff/texts/words-zh.ts';
import type { StaffTexts } from '#channels/pages/staff/texts/zh.ts';
import type { Cell, CellContext, Tone } from './list.ts';

export const text = (value: string | null, href?: string): Cell =>
  linked({ kind: 'text', text: value ?? '' }, href);
export const mono = (value: string | number | bigint | null, href?: string): Cell =>
  linked({ kind: 'mono', text: value === null ? '' : String(value) }, href);
export const count = (value: number | bigint | null, href?: string): Cell =>
  value === null ? text('') : linked({ kind: 'count', count: value }, href);
export const money = (fen: bigint | null, href?: string): Cell => linked({ kind: 'money', fen }, href);
export const moment = (at: Date | null): Cell => ({ kind: 'moment', at });

function linked(cell: Cell, href: string | undefined): Cell {
  return href === undefined ? cell : { ...cell, href };
}

/** A code by its word. */
export function word({ visit }: CellContext, group: WordGroup, code: string | null): Cell {
  return text(code === null ? '' : wordIn(visit.texts, group, code));
}

export function words({ visit }: CellContext, group: WordGroup, codes: readonly string[]): Cell {
  return text(codes.map((code) => wordIn(visit.texts, group, code)).join(visit.texts.listSeparator));
}

/** A state by its word, with a colour that only repeats what the word says. */
export function badge({ visit }: CellContext, group: WordGroup, code: string): Cell {
  return { kind: 'badge', text: wordIn(visit.texts, group, code), tone: toneOf(group, code) };
}

export const yesNo = (is: boolean) => (is ? 'yes' : 'no');

/** How long something waits. */
export function age({ visit, nowMs }: CellContext, since: Date | null): Cell {
  return text(since === null ? '' : lastingText(visit.texts, since.getTime(), nowMs));
}

export function lastingText(texts: StaffTexts, sinceMs: number, nowMs: number): string {
  const { days, hours, minutes } = lasting(sinceMs, nowMs);
  return texts.lasting(days, hours, minutes);
}

/** A participant by its number and name. */
export function participant({ nameOf }: CellContext, id: number | null, href?: string): Cell {
  return text(id === null ? '' : `${id} ${nameOf(id)}`.trim(), href);
}

const tones: Readonly<Record<string, Tone>> = {
  'status active': 'ok',
  'status not-active': 'wait',
  'status temporarily-lost': 'wait',
  'status lost': 'off',
  'status locked': 'off',
  'status expired': 'off',
  'active yes': 'ok',
  'active no': 'off',
  'force now': 'ok',
  'force later': 'wait',
  'day open': 'wait',
  'day closed': 'ok',
  'batch open': 'ok',
  'batch unbalanced': 'off',
  'answer balanced': 'ok',
  'answer unbalanced': 'off',
  'verdict blocked': 'off',
  'verdict limits': 'wait',
  'bill reserved': 'wait',
  'bill abandoning': 'wait',
  'bill paid': 'wait',
  'bill returning': 'off',
  'disbursement paid': 'ok',
  'disbursement proposed': 'wait',
  'disbursement published': 'wait',
  'disbursement returned': 'off',
  'disbursement partly-paid': 'off',
  'disbursement corrected': 'wait',
  'lamp green': 'ok',
  'lamp red': 'off',
  'lamp stale': 'wait',
};

export function toneOf(group: WordGroup, code: string): Tone {
  return tones[`${group} ${code}`] ?? 'quiet';
}
