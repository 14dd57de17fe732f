import { asciiBinmap, asciiHexmap, cupBcd, ebcdic } from './dialects/iso87.ts';
import { iso93 } from './dialects/iso93.ts';
import { unionpayPos } from './dialects/unionpay.ts';
import type { MessageLayout } from './layout/layout.ts';

export type DialectName = 'unionpay-pos' | 'cup-bcd' | 'ascii-binmap' | 'ebcdic' | 'ascii-hexmap' | 'iso93';

/** The layouts that a listener may be given by name. */
export const dialects: Readonly<Record<DialectName, MessageLayout>> = {
  'unionpay-pos': unionpayPos,
  'cup-bcd': cupBcd,
  'ascii-binmap': asciiBinmap,
  ebcdic,
  'ascii-hexmap': asciiHexmap,
  iso93,
};
