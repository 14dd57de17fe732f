/** What people call the fields: in Chinese as terminals' manuals do, and in English. */
const names: Readonly<Record<number, string>> = {
  2: '卡号 card',
  3: '处理码 processing code',
  4: '金额 amount',
  5: '清算金额 settlement amount',
  6: '持卡人扣账金额 billing amount',
  7: '传输时间 transmitted',
  8: '持卡人手续费 billing fee',
  9: '清算汇率 settlement rate',
  10: '扣账汇率 billing rate',
  11: '流水号 trace',
  12: '时间 time',
  13: '日期 date',
  14: '有效期 expiry',
  15: '清算日期 settlement date',
  16: '兑换日期 conversion date',
  17: '受理日期 capture date',
  18: '商户类型 merchant type',
  19: '受理国家 acquirer country',
  20: '发卡国家 issuer country',
  21: '转发国家 forwarder country',
  22: '输入方式 entry mode',
  23: '卡序列号 card sequence',
  24: '功能码 function code',
  25: '条件码 condition code',
  26: 'PIN 获取码 capture code',
  28: '手续费 fee',
  30: '原始金额 original amounts',
  32: '受理机构 acquirer',
  33: '转发机构 forwarder',
  34: '扩展主账号 extended account',
  35: '二磁道 second track',
  36: '三磁道 third track',
  37: '检索参考号 reference',
  38: '授权码 approval',
  39: '应答码 response',
  40: '自定义 private',
  41: '终端号 terminal',
  42: '商户号 merchant',
  43: '商户名称地址 name and place',
  44: '附加响应 additional response',
  45: '一磁道 first track',
  46: '自定义 private',
  47: '自定义 private',
  48: '附加数据 additional data',
  49: '币种 currency',
  50: '清算币种 settlement currency',
  51: '扣账币种 billing currency',
  52: '个人密码 entered number',
  53: '安全控制 security',
  54: '余额 balances',
  55: 'IC 卡数据 chip data',
  56: '自定义 private',
  57: '行业数据 sector data',
  58: '自定义 private',
  59: '自定义 private',
  60: '自定义 private',
  61: '原始信息 original',
  62: '自定义 private',
  63: '自定义 private',
  64: '报文鉴别码 signature',
  66: '对账代码 settlement code',
  70: '网络管理码 network code',
  74: '贷记笔数 credits',
  75: '贷记冲正笔数 reversed credits',
  76: '借记笔数 debits',
  77: '借记冲正笔数 reversed debits',
  86: '贷记金额 credit amount',
  87: '贷记冲正金额 reversed credit amount',
  88: '借记金额 debit amount',
  89: '借记冲正金额 reversed debit amount',
  90: '原始数据 original',
  95: '替代金额 replacement amounts',
  97: '净额 net amount',
  99: '清算机构 settlement institution',
  100: '接收机构 receiver',
  102: '转出账户 from account',
  103: '转入账户 to account',
  128: '报文鉴别码 signature',
};

/** How the version of 1993 differs. */
const namesOf1993: Readonly<Record<number, string>> = {
  12: '交易时间 local time',
  25: '原因码 reason code',
  26: '商户类型 merchant type',
  39: '动作码 action code',
  56: '原始数据 original',
};

/** What a field is called in both languages; some have another name in 1993 (version 1). */
export function nameOf(field: number, version: 0 | 1): string {
  return (version === 1 ? namesOf1993[field] : undefined) ?? names[field] ?? '未知 unknown';
}

const classes: Readonly<Record<string, string>> = {
  1: '授权 authorisation',
  2: '金融 financial',
  3: '文件 file',
  4: '冲正 reversal',
  5: '对账 reconciliation',
  6: '管理 administration',
  7: '费用 fee',
  8: '网络 network',
};
const functions: Readonly<Record<string, string>> = {
  0: '请求 request',
  1: '应答 answer',
  2: '通知 advice',
  3: '通知应答 advice answered',
  4: '告知 notification',
};

/** "0200 金融 financial 请求 request"; **** for what is no message type. */
export function typeLine(mti: string): string {
  if (!/^[01]\d{3}$/.test(mti)) return '****';
  const [, kind = '', what = '', origin = ''] = mti;
  const repeat = ['1', '3', '5'].includes(origin) ? ' 重发 repeat' : '';
  return `${mti} ${classes[kind] ?? '****'} ${functions[what] ?? '****'}${repeat}`;
}
