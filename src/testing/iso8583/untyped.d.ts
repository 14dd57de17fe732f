/** What is used of two libraries that come without types. */
declare module 'iso_8583' {
  interface Format {
    readonly ContentType: string;
    readonly Label: string;
    readonly LenType: string;
    readonly MaxLen: number;
  }
  // It has no other export.
  class Iso8583 {
    constructor(message: Readonly<Record<string, string>> | null, formats: Readonly<Record<string, Format>>);
    getRawMessage(): Buffer | { readonly error: string };
    getIsoJSON(bytes: Buffer, options: { readonly lenHeader: false }): Record<string, string>;
  }
  export = Iso8583;
}

declare module 'jspos' {
  class FieldPackager {
    constructor(length: number, description: string, pad?: boolean);
  }
  export interface ISOMsg {
    setMTI(mti: string): void;
    setField(field: number, value: string): void;
    pack(): number[];
    unpack(bytes: ArrayLike<number>): void;
    getMTI(): string;
    getValue(field: number): unknown;
    getMaxField(): number;
  }
  export class ISOBasePackager {
    setFieldPackager(fields: readonly (FieldPackager | undefined)[]): void;
    createISOMsg(): ISOMsg;
  }
  export const packer: Readonly<Record<string, typeof FieldPackager>>;
}
