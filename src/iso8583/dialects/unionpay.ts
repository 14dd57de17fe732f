import type { FieldLayout, MessageLayout } from '#iso8583/layout/layout.ts';
import { cupBcd } from './iso87.ts';

const text = { enc: 'gbk' } as const;

/**
 * UnionPay's terminals as they are met in shops, where they differ from the measured `cup-bcd`: the entry mode is padded
 * behind (05 10), totals and uploads (48) are digits in BCD, working keys (62) are bytes, and text is GBK.
 */
export const unionpayPos: MessageLayout = {
  ...cupBcd,
  name: 'unionpay-pos',
  fields: {
    ...cupBcd.fields,
    ...changed({
      22: { pad: 'right' },
      43: text,
      44: { type: 'ans', ...text },
      48: { type: 'n', len: 322, enc: 'bcd', pad: 'right' },
      62: { type: 'b', enc: 'binary' },
      63: text,
    }),
  },
};

function changed(changes: Readonly<Record<string, Partial<FieldLayout>>>): Record<string, FieldLayout> {
  const fields = Object.entries(changes).map(
    ([field, change]) => [field, { ...cupBcd.fields[field], ...change } as FieldLayout] as const,
  );
  return Object.fromEntries(fields);
}
