import Iso8583 from 'iso_8583';
import { ISOBasePackager, packer } from 'jspos';
import type { FieldLayout, MessageLayout } from '#iso8583/layout/layout.ts';
import type { Message } from '#iso8583/message.ts';

/** Another implementation, with a layout of ours told in its words. */
export interface Oracle {
  readonly name: 'iso_8583' | 'jspos';
  encode(message: Message): Buffer;
  decode(bytes: Buffer): Message;
  /** The same work without what we do around it, for measuring. */
  writing(message: Message): () => unknown;
  reading(bytes: Buffer): () => unknown;
}

/** iso_8583 knows text with a binary bitmap: `ascii-binmap`. */
export function iso8583Oracle(layout: MessageLayout): Oracle {
  const formats = Object.fromEntries(
    Object.entries(layout.fields).map(([number, field]) => [number, formatOf(field)]),
  );
  return {
    name: 'iso_8583',
    encode({ mti, fields }) {
      const written = new Iso8583({ ...definedOf(fields), 0: mti }, formats).getRawMessage();
      if (Buffer.isBuffer(written)) return written;
      throw new Error(`iso_8583: ${written.error}`);
    },
    decode(bytes) {
      const read = new Iso8583(null, formats).getIsoJSON(bytes, { lenHeader: false });
      if (read['error'] !== undefined) throw new Error(`iso_8583: ${read['error']}`);
      const { 0: mti = '', ...fields } = read;
      return { mti, fields };
    },
    writing({ mti, fields }) {
      const values = { ...definedOf(fields), 0: mti };
      return () => new Iso8583(values, formats).getRawMessage();
    },
    reading: (bytes) => () => new Iso8583(null, formats).getIsoJSON(bytes, { lenHeader: false }),
  };
}

function formatOf({ type, len, var: variable }: FieldLayout) {
  const lenTypes = { 2: 'llvar', 3: 'lllvar' } as const;
  return {
    // Its own types: digits with a sign are x+n, and what bytes are counted in is hexadecimal digits.
    ContentType: type === 'xn' ? 'x+n' : type,
    Label: 'field',
    LenType: variable === undefined ? 'fixed' : lenTypes[variable],
    MaxLen: type === 'b' ? 2 * len : len,
  };
}

/** jspos knows digits in BCD and the rest as text: `cup-bcd`. */
export function jsposOracle(layout: MessageLayout): Oracle {
  const packager = new ISOBasePackager();
  const numbers = Object.keys(layout.fields).map(Number);
  packager.setFieldPackager(
    Array.from({ length: 129 }, (_, number) => {
      if (number === 0) return packagerOf('IFB_NUMERIC', 4, true);
      if (number === 1) return packagerOf('IFB_BITMAP', 16, false);
      const field = layout.fields[number];
      return field && packagerOf(packagerNameOf(field), field.len, field.pad !== 'right');
    }),
  );
  return {
    name: 'jspos',
    encode({ mti, fields }) {
      const message = packager.createISOMsg();
      message.setMTI(mti);
      for (const [number, value] of Object.entries(definedOf(fields)))
        message.setField(Number(number), value);
      return Buffer.from(message.pack());
    },
    decode(bytes) {
      const message = packager.createISOMsg();
      message.unpack(bytes);
      const values = numbers.map((number) => [number, message.getValue(number)] as const);
      const found = values.filter(([, value]) => value !== undefined && value !== null);
      return {
        mti: message.getMTI(),
        fields: Object.fromEntries(found.map(([number, value]) => [number, textOf(value)])),
      };
    },
    writing({ mti, fields }) {
      const values = Object.entries(definedOf(fields)).map(
        ([number, value]) => [Number(number), value] as const,
      );
      return () => {
        const message = packager.createISOMsg();
        message.setMTI(mti);
        for (const [number, value] of values) message.setField(number, value);
        return message.pack();
      };
    },
    reading: (bytes) => () => packager.createISOMsg().unpack(bytes),
  };
}

function packagerOf(name: string, length: number, pad: boolean) {
  const Packager = packer[name];
  if (Packager === undefined) throw new Error(`jspos has no ${name}`);
  return new Packager(length, 'field', pad);
}

function packagerNameOf({ type, var: variable }: FieldLayout): string {
  const length = { 0: '', 2: 'LL', 3: 'LLL' }[variable ?? 0];
  if (type === 'xn') return 'IFB_AMOUNT';
  if (type === 'b') return `IFB_${length}BINARY`;
  if (type === 'n' || type === 'z') return variable === undefined ? 'IFB_NUMERIC' : `IFB_${length}NUM`;
  return variable === undefined ? 'IF_CHAR' : `IFB_${length}CHAR`;
}

/** Binary values are lists of bytes there. */
function textOf(value: unknown): string {
  return Array.isArray(value) ? Buffer.from(value).toString('hex').toUpperCase() : String(value);
}

function definedOf(fields: Message['fields']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
