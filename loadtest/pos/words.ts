import type { PosKind } from '#testing/pos/terminal-state.ts';

/** What a slip calls a transaction. */
export const kindWords: Readonly<Record<PosKind, string>> = {
  payment: '消费 SALE',
  void: '消费撤销 VOID',
  refund: '退货 REFUND',
  adjustment: '离线结算调整 ADJUSTMENT',
  tip: '小费 TIP',
  authorise: '预授权 PRE-AUTHORISATION',
  'cancel-hold': '预授权撤销 PRE-AUTHORISATION VOID',
  capture: '预授权完成 PRE-AUTHORISATION COMPLETION',
  'cancel-capture': '预授权完成撤销 COMPLETION VOID',
};

/** Field 39 as people read it. */
const meanings: Readonly<Record<string, string>> = {
  '00': '交易成功 approved',
  '01': '请联系发卡机构 call the issuer',
  '03': '商户未登记 the merchant is not known',
  '05': '交易被拒绝 declined',
  '06': '交易出错 error',
  '09': '正在处理中 in progress',
  '12': '无效交易 not allowed as things stand',
  '13': '金额无效 the amount is not valid',
  '14': '卡号无效 no such card',
  '22': '原交易状态不符 the original cannot be taken back any more',
  '25': '找不到原交易 the original is not found',
  '30': '报文格式错误 the message is not well formed',
  '33': '卡片已过期 the card has expired',
  '38': '密码错误次数超限 too many wrong PINs',
  '40': '不支持的交易 this transaction is not supported',
  '41': '卡片已挂失 the card was reported lost',
  '42': '账户未开通 this purse is not open',
  '43': '被盗卡 the card was stolen',
  '51': '余额不足 insufficient funds',
  '54': '卡片已过期 the card has expired',
  '55': '密码错误,或需输入密码 the PIN is wrong or missing (--pin)',
  '57': '该卡不允许此交易 not allowed with this card',
  '58': '该终端不允许此交易 not allowed at this terminal',
  '61': '超出金额限制 over the amount limit',
  '62': '卡片受限 the card is restricted',
  '64': '与原交易金额不符 not the amount of the original',
  '65': '超出次数限制 too many transactions',
  '75': '密码错误次数超限 too many wrong PINs',
  '77': '批次号不一致,请重新签到 another batch is open: sign on again',
  '90': '日切处理中 the day is being closed',
  '91': '发卡机构暂不可用 the issuer is not there',
  '94': '流水号重复 this trace number was used for something else',
  '95': '对账不平 the totals do not agree',
  '96': '系统异常,请稍后再试 system error, try again',
  '97': '终端未登记 the terminal is not known',
  '98': '超时未应答 no answer in time',
  '99': '密码格式错误 the PIN block is not readable',
  A0: 'MAC 校验失败,请重新签到 the MAC is wrong: sign on again',
};

export const meaningOf = (code: string): string => meanings[code] ?? '交易失败 not approved';
