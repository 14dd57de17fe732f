import type { Refusal } from '#clearing/outcome.ts';
import type { MessageClass } from './rules/message-type.ts';

/** Why a message is not answered with what it asked for, before or beside what the one path decides. */
type ChannelRefusal =
  | 'format'
  | 'not-supported'
  | 'terminal-unknown'
  | 'merchant-wrong'
  | 'mac-wrong'
  | 'not-signed-on'
  | 'no-master-key'
  | 'batch-unknown'
  | 'batch-not-settled'
  | 'card-unknown'
  | 'currency-wrong'
  | 'pin-block-invalid'
  | 'key-reused'
  | 'repeat-archived'
  | 'in-flight'
  | 'busy'
  | 'unknown'
  | 'fault';

type KnownRefusal = Refusal | ChannelRefusal;

/** A format error whose field is known: "format 57". */
type FormatOfField = `format ${number}`;

export type PosRefusal = KnownRefusal | FormatOfField;

/** Field 39 of 1987, and field 39 of 1993. */
interface Codes {
  readonly code: string;
  readonly actionCode: string;
}

const as = (code: string, actionCode: string): Codes => ({ code, actionCode });

/** What the rules decline and what the channel turns away. A refusal without a line here does not compile. */
const codes: Record<KnownRefusal, Codes> = {
  'insufficient-funds': as('51', '116'),
  'purse-not-open': as('42', '114'),
  'purse-not-allowed': as('57', '119'),
  'purpose-not-allowed': as('57', '119'),
  'merchant-category-not-allowed': as('57', '119'),
  // The terminal asks for the PIN again, and so it does where none was asked for.
  'pin-required': as('55', '112'),
  'pin-wrong': as('55', '117'),
  'pin-locked': as('75', '106'),
  'pin-not-set': as('57', '119'),
  'over-payment-limit': as('61', '121'),
  'over-day-limit': as('61', '121'),
  'over-balance-limit': as('61', '121'),
  'over-agent-limit': as('61', '121'),
  'too-many-passes': as('65', '123'),
  'too-many-holds': as('65', '123'),
  'legs-do-not-add-up': as('13', '110'),
  'amount-missing': as('13', '110'),
  'amount-wrong': as('13', '110'),
  'amount-not-expected': as('13', '110'),
  'refund-exceeds-original': as('13', '110'),
  'capture-exceeds-hold': as('13', '110'),
  'no-tariff': as('12', '902'),
  'station-unknown': as('12', '902'),
  'card-not-active': as('62', '125'),
  'card-locked': as('62', '104'),
  'card-replaced': as('62', '104'),
  'card-temporarily-lost': as('41', '104'),
  'card-lost': as('41', '104'),
  'card-closed': as('14', '125'),
  'card-expired': as('54', '101'),
  'terminal-not-active': as('58', '120'),
  'kind-not-allowed': as('58', '120'),
  'participant-not-active': as('03', '109'),
  'batch-mismatch': as('77', '915'),
  'original-not-found': as('25', '914'),
  'original-archived': as('25', '914'),
  'original-mismatch': as('12', '902'),
  'void-too-late': as('12', '902'),
  'not-returnable': as('12', '902'),
  'hold-not-open': as('12', '902'),
  'already-returned': as('22', '902'),
  'reversed-before-arrival': as('22', '902'),
  format: as('30', '904'),
  'not-supported': as('40', '115'),
  'terminal-unknown': as('97', '120'),
  'no-master-key': as('97', '120'),
  'merchant-wrong': as('03', '109'),
  // Each is answered by another sign-on.
  'mac-wrong': as('A0', '916'),
  'not-signed-on': as('A0', '917'),
  'batch-unknown': as('77', '915'),
  'batch-not-settled': as('95', '915'),
  'card-unknown': as('14', '111'),
  'currency-wrong': as('12', '902'),
  'pin-block-invalid': as('99', '126'),
  'key-reused': as('94', '913'),
  'repeat-archived': as('94', '913'),
  'in-flight': as('09', '923'),
  // Nobody knows what happened, or nothing did: the terminal repeats, or it reverses.
  busy: as('96', '909'),
  unknown: as('96', '909'),
  fault: as('96', '909'),
};

export const posRefusals = Object.keys(codes) as readonly KnownRefusal[];

/** What was asked for was done: 1993 says of which class it was. */
const approvals: Record<MessageClass, string> = {
  authorisation: '000',
  financial: '000',
  upload: '300',
  reversal: '400',
  reconciliation: '500',
  network: '800',
};

/** A refusal's word, and the field that it is about where that is known. */
export function wordOf(refusal: PosRefusal): { readonly word: KnownRefusal; readonly field: number | null } {
  return isOfField(refusal)
    ? { word: 'format', field: Number(refusal.slice('format '.length)) }
    : { word: refusal, field: null };
}

function isOfField(refusal: PosRefusal): refusal is FormatOfField {
  return refusal.startsWith('format ');
}

/** Field 39; null is approved. */
export function responseCode(
  refusal: PosRefusal | null,
  { version, messageClass }: { readonly version: 1987 | 1993; readonly messageClass: MessageClass },
): string {
  const refused = refusal === null ? null : codes[wordOf(refusal).word];
  if (version === 1993) return refused?.actionCode ?? approvals[messageClass];
  return refused?.code ?? '00';
}
