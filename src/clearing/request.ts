import type { CardRef } from '#cards/store.ts';
import { adjustsField } from '#idempotency/rules/adjusted-sale.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';
import { kindCodes as entryKindCodes } from '#ledger/rules/kinds.ts';
import type { Fen } from '#money/fen.ts';

/** What a request asks for, with the codes of the journal. */
export const kindCodes = entryKindCodes;

export type Kind = keyof typeof kindCodes;

const kindOfCodes = new Map(Object.entries(kindCodes).map(([name, code]) => [code as number, name as Kind]));

/** The kind of a code that the journal holds; one that is gone is a fault. */
export function kindOfCode(code: number): Kind {
  const kind = kindOfCodes.get(code);
  if (kind === undefined) throw new RangeError('a kind code that no kind has');
  return kind;
}

/** Another entry of the same card account that a request speaks of. */
interface OriginalRef {
  /** The original's id, for a capture, void or refund. */
  readonly id: bigint | null;
  /** The original's business key, for a reversal: the terminal never learnt an id. */
  readonly businessKey: PackedKey | null;
  /** A reversal whose original must be in the books: a cancellation is refused where a reversal leaves a tombstone. */
  readonly mustExist?: true;
}

/** Why a payment PIN that was typed does not stand for its holder. */
export type PinRefusal = 'pin-wrong' | 'pin-locked' | 'pin-not-set';
export type PinProof = 'right' | PinRefusal;

/** A request as every channel hands it over: the wire format has ended. */
export interface Request {
  readonly kind: Kind;
  readonly sector: string;
  readonly callerKey: PackedKey | null;
  readonly businessKey: PackedKey;
  readonly card: CardRef;
  readonly terminalId: number;
  readonly batchNumber: number;
  /**
   * Null where a tariff decides, and for a void. A reversal says what its original said. Where that said none, the
   * reversal may say none either, or, as field 4 of a 0400 does, what its original was about: what it moved on the
   * holder's purses (a ride's fare, a voided payment's amount), or for the void of an authorisation what that was over.
   * Any other amount is an original-mismatch, and so is none where the original said one.
   */
  readonly amountFen: Fen | null;
  /** The terminal's local time, "2026-11-22 08:30:00". */
  readonly localTime: string;
  readonly original: OriginalRef | null;
  /** The sector's own fields. */
  readonly detail: Readonly<Record<string, string>>;
  /** For a capture: whether what is left is freed. */
  readonly final: boolean;
  /**
   * The trace number of the sale of the same batch whose total a terminal changed: this is the difference alone, so it
   * is no sale or refund of its own in that batch's totals. Pinned with the request's own fields.
   */
  readonly adjusts?: number;
  /** What the holder's payment PIN proved, where one was typed. Never stored, and no part of what a repeat must say again. */
  readonly pin?: PinProof;
}

/** How long an authorisation holds money when nobody captures it: 7 days. */
export const holdLifeMs = 7 * 86_400_000;

/** Before it stands what the request said, after it what the sector noted; no field is empty, so neither contains it. */
const noteMark = ';;';

/** The fields of a text that `pinnedDetail` made, the request's own and what was noted; empty for none. */
export function detailFields(text: string | null): Record<string, string> {
  if (text === null) return {};
  const fields = text.split(';').filter((field) => field !== '');
  return Object.fromEntries(
    fields.map((field) => {
      const at = field.indexOf('=');
      return [field.slice(0, at), field.slice(at + 1)];
    }),
  );
}

/** What the request itself said of a text that `pinnedDetail` made: all that a repeat must say again. */
export function saidDetail(text: string | null): string | null {
  const at = text?.indexOf(noteMark) ?? -1;
  if (text === null || at < 0) return text;
  return at === 0 ? null : text.slice(0, at);
}

/** The request's own fields as they are kept, with what its sector noted: "line=5;;pass=T20". */
export function pinnedDetail(request: Request, note: Readonly<Record<string, string>>): string | null {
  const said = detailText(request);
  const noted = Object.entries(note).map(([name, value]) => `${name}=${value}`);
  return noted.length === 0 ? said : `${said ?? ''}${noteMark}${noted.sort().join(';')}`;
}

/** The request's own fields in one text, as they are compared: "final=1;line=5". */
export function detailText(request: Request): string | null {
  const fields = Object.entries(request.detail).map(([name, value]) => `${name}=${value}`);
  if (request.final) fields.push('final=1');
  if (request.adjusts !== undefined) fields.push(`${adjustsField}=${request.adjusts}`);
  return fields.length === 0 ? null : fields.sort().join(';');
}
