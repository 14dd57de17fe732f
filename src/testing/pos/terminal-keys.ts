import { randomBytes } from 'node:crypto';
import { writeSecurityControl } from '#iso8583/unionpay/field53.ts';
import type { KeyForm, MacMode } from '#terminals/keys/key-service.ts';
import { algorithmOf, type MacKey, macKey } from '#terminals/keys/rules/mac.ts';
import { encodePinBlock } from '#terminals/keys/rules/pin-block.ts';
import { checkValueOf, openField62 } from '#terminals/keys/rules/working-keys.ts';
import type { TerminalKeys } from './terminal-state.ts';

/** The host gave a terminal working keys under another master key than the one it has here. */
export class KeysDoNotOpen extends Error {
  override readonly name = 'KeysDoNotOpen';
  constructor() {
    super('the working keys do not open under the master key of this terminal');
  }
}

/** The working keys of a sign-on. Throws KeysDoNotOpen where a check value does not fit. */
export function openKeys(
  masterKey: string,
  { form, mode, field62 }: { readonly form: KeyForm; readonly mode: MacMode; readonly field62: string },
): TerminalKeys {
  const master = { algorithm: algorithmOf[mode], key: Buffer.from(masterKey, 'hex') };
  const opened = openField62(master, field62);
  if (opened === null) throw new KeysDoNotOpen();
  return { form, mode, pin: opened.pin.toString('hex'), mac: opened.mac.toString('hex') };
}

// A key that is ready costs six times as much as a MAC under it.
const ready = new WeakMap<TerminalKeys, MacKey>();

/** Eight bytes over everything of a message before its MAC. */
function macOf(keys: TerminalKeys, bytes: Uint8Array): Buffer {
  const key = ready.get(keys) ?? macKey(keys.mode, Buffer.from(keys.mac, 'hex'));
  ready.set(keys, key);
  return key.mac(bytes);
}

/** The MAC as it stands at the end of a message: its eight bytes, or their sixteen digits. */
export function macAt(keys: TerminalKeys, body: Uint8Array, start: number): Buffer {
  const mac = macOf(keys, body.subarray(0, start));
  const isText = body.length - start === mac.length * 2;
  return isText ? Buffer.from(mac.toString('hex').toUpperCase(), 'latin1') : mac;
}

/** Fields 52 and 53 of a PIN that was typed at the terminal. */
export function pinFields(
  keys: TerminalKeys,
  typed: { readonly pin: string; readonly cardNumber: string },
): { readonly 52: string; readonly 53: string } {
  const pinKey = { algorithm: algorithmOf[keys.mode], key: Buffer.from(keys.pin, 'hex') };
  const block = encodePinBlock(pinKey, { ...typed, fill: randomBytes(8) });
  return { 52: block.toString('hex').toUpperCase(), 53: securityControl(keys) };
}

function securityControl({ form }: TerminalKeys): string {
  const key = form === '001' ? 'single-length' : 'double-length';
  return writeSecurityControl({ pin: 'with-card-number', key, isTrackEncrypted: false });
}

/** What may be shown of working keys: their check values. */
export function checkValues(keys: TerminalKeys): { readonly pin: string; readonly mac: string } {
  const shown = (key: string) =>
    checkValueOf(algorithmOf[keys.mode], Buffer.from(key, 'hex')).toString('hex').toUpperCase();
  return { pin: shown(keys.pin), mac: shown(keys.mac) };
}
