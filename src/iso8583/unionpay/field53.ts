import { isDigits } from './digits.ts';
import type { FieldFault } from './field-fault.ts';

/** What field 53 says about the secrets of a message: "2600000000000000" of a PIN with the card number in its block. */
export interface SecurityControl {
  /** The PIN block of field 52: none, ANSI X9.8 without the card number, or with it. */
  readonly pin: 'none' | 'without-card-number' | 'with-card-number';
  readonly key: 'single-length' | 'double-length';
  readonly isTrackEncrypted: boolean;
}

const pins = ['none', 'without-card-number', 'with-card-number'] as const;
const keys: Readonly<Record<string, SecurityControl['key']>> = { '0': 'single-length', '6': 'double-length' };

/** Reads 16 digits: 53.1 the PIN block, 53.2 the key, 53.3 whether tracks are encrypted, and 13 zeros. */
export function readSecurityControl(value: string): SecurityControl | FieldFault {
  if (!isDigits(value)) return fault('wrong-content', null);
  if (value.length !== 16) return fault('wrong-length', null);
  const [pin, key, track] = [pins[Number(value[0])], keys[value[1] ?? ''], value[2] ?? ''];
  if (pin === undefined) return fault('wrong-content', '53.1');
  if (key === undefined) return fault('wrong-content', '53.2');
  if (track !== '0' && track !== '1') return fault('wrong-content', '53.3');
  if (!/^0+$/.test(value.slice(3))) return fault('wrong-content', '53.4');
  return { pin, key, isTrackEncrypted: track === '1' };
}

/** The 16 digits. */
export function writeSecurityControl({ pin, key, isTrackEncrypted }: SecurityControl): string {
  const control = [pins.indexOf(pin), key === 'double-length' ? 6 : 0, isTrackEncrypted ? 1 : 0];
  return control.join('').padEnd(16, '0');
}

function fault(error: FieldFault['error'], subField: string | null): FieldFault {
  return { error, field: 53, subField };
}
