import type { MessageLayout } from '#iso8583/layout/layout.ts';
import { withFields } from '#iso8583/layout/with-fields.ts';
import { cupBcd } from './iso87.ts';

const text = { enc: 'gbk' } as const;

/**
 * UnionPay's terminals as they are met in shops, where they differ from the measured `cup-bcd`: the entry mode is padded
 * behind (05 10), totals and uploads (48) are digits in BCD, working keys (62) are bytes, and text is GBK.
 */
export const unionpayPos: MessageLayout = {
  ...withFields(cupBcd, {
    22: { pad: 'right' },
    43: text,
    44: { type: 'ans', ...text },
    48: { type: 'n', len: 322, enc: 'bcd', pad: 'right' },
    62: { type: 'b', enc: 'binary' },
    63: text,
  }),
  name: 'unionpay-pos',
};
