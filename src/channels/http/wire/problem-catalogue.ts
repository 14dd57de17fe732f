import { type SubsidyProblem, subsidyProblems } from '#channels/http/subsidies/subsidy-problems.ts';
import type { Refusal } from '#clearing/outcome.ts';
import type { AdmitRefusal } from '#terminals/authenticate.ts';

/** One kind of problem: its HTTP status and what it is called, in both languages. */
export interface ProblemKind {
  readonly status: 400 | 401 | 402 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 431 | 500 | 503;
  readonly title: string;
  readonly titleZh: string;
}

const kind = (status: ProblemKind['status'], title: string, titleZh: string): ProblemKind => ({
  status,
  title,
  titleZh,
});

/** What the rules decline. A refusal without a line here does not compile. */
const refusalProblems: Record<Refusal, ProblemKind> = {
  'insufficient-funds': kind(402, 'The purse cannot pay this', '余额不足'),
  'purse-not-open': kind(422, 'The card account has no such purse', '账户未开通'),
  'purse-not-allowed': kind(403, 'This purse may not be loaded here', '不允许向该账户充值'),
  'purpose-not-allowed': kind(
    403,
    'Money of this purpose may not be spent here: a subsidy buys only what it is meant for',
    '专项资金不能在此消费:补贴只能用于指定用途',
  ),
  'over-payment-limit': kind(403, 'Over the limit for one payment', '超过单笔限额'),
  'over-day-limit': kind(403, 'Over the limit for one day', '超过当日限额'),
  'over-balance-limit': kind(403, 'The purse may not hold so much', '超过账户余额上限'),
  'no-tariff': kind(422, 'No tariff or limit is in force for this', '无有效资费或限额'),
  'amount-missing': kind(422, 'An amount is needed here', '缺少金额'),
  'amount-not-expected': kind(422, 'The tariff says the amount here', '金额由资费决定,不应填写'),
  'card-not-active': kind(403, 'The card is not active', '卡未启用'),
  'card-lost': kind(403, 'The card was reported lost', '卡已挂失'),
  'card-locked': kind(403, 'The card is locked', '卡已锁定'),
  'card-closed': kind(403, 'The card is closed', '卡已注销'),
  'card-expired': kind(403, 'The card has expired', '卡已过期'),
  'terminal-not-active': kind(403, 'The terminal is not active', '终端未启用'),
  'participant-not-active': kind(403, 'The participant is not active', '机构未启用'),
  'kind-not-allowed': kind(403, 'The terminal may not do this', '终端无此交易权限'),
  'batch-mismatch': kind(409, 'The terminal is in another batch', '终端批次号不符'),
  'original-not-found': kind(404, 'There is no such original', '原交易不存在'),
  'original-mismatch': kind(422, 'The original is another transaction', '与原交易不符'),
  'not-returnable': kind(422, 'This kind of transaction is not taken back this way', '该交易不能退回'),
  'already-returned': kind(409, 'The original was given back already', '原交易已退回'),
  'refund-exceeds-original': kind(422, 'Refunds may not exceed the original', '退货金额超过原交易'),
  'hold-not-open': kind(409, 'The authorisation is finished', '预授权已结束'),
  'capture-exceeds-hold': kind(422, 'More than the authorisation holds', '完成金额超过预授权'),
  'too-many-holds': kind(409, 'The purse carries too many authorisations', '预授权笔数过多'),
  'reversed-before-arrival': kind(409, 'The transaction was reversed before it came', '交易到达前已被冲正'),
};

/** Why a signed request is not let in. */
const admitProblems: Record<AdmitRefusal, ProblemKind> = {
  'signature-missing': kind(
    401,
    'Terminal-Id, Request-Time and Request-Signature are needed',
    '缺少终端号、时间或签名',
  ),
  'signature-wrong': kind(401, 'The signature does not fit the request', '签名不正确'),
  'signature-replayed': kind(
    401,
    'This signature was used already: sign each attempt anew',
    '签名已使用,请重新签名',
  ),
  'terminal-unknown': kind(401, 'No such terminal', '终端不存在'),
  'clock-skew': kind(401, 'The time of the request is more than five minutes off', '请求时间偏差超过五分钟'),
};

/** Everything else that a caller may be told. */
const channelProblems = {
  'invalid-request': kind(400, 'The request is not as the interface says', '请求格式不正确'),
  'invalid-json': kind(
    400,
    'The body is not JSON in UTF-8 with each name once',
    '请求体不是 UTF-8 编码的 JSON,或字段重复',
  ),
  'idempotency-key-missing': kind(400, 'An Idempotency-Key is needed', '缺少幂等键'),
  'idempotency-key-invalid': kind(
    400,
    'The Idempotency-Key is no text of 1 to 255 characters',
    '幂等键不正确',
  ),
  'body-too-large': kind(413, 'The body is too large', '请求体过大'),
  'body-too-slow': kind(408, 'The request did not come in time', '请求接收超时'),
  'headers-too-large': kind(431, 'The headers are too large', '请求头过大'),
  'not-json': kind(415, 'The body must be application/json', '请求体类型必须是 application/json'),
  'token-missing': kind(401, 'A bearer token is needed', '缺少访问令牌'),
  'not-yours': kind(403, 'Not for this caller', '无权访问'),
  'not-found': kind(404, 'There is nothing here', '资源不存在'),
  'method-not-allowed': kind(405, 'Not with this method', '不支持该请求方法'),
  'card-unknown': kind(404, 'No such card', '卡不存在'),
  'day-unknown': kind(404, 'No such business day', '营业日不存在'),
  'day-not-open-yet': kind(409, 'This business day is not open yet', '营业日尚未开始'),
  'cut-off-busy': kind(503, 'The cut-off did not get its turn: try again', '日切繁忙,请重试'),
  'key-reused': kind(422, 'The key was used for another request', '幂等键已用于其他请求'),
  'request-in-flight': kind(409, 'The first request with this key is still on its way', '同一请求正在处理中'),
  busy: kind(503, 'Too busy: nothing was done, try again', '系统繁忙,未作任何处理,请重试'),
  'outcome-unknown': kind(
    503,
    'The outcome is not known: repeat with the same key',
    '结果未知,请用同一幂等键重试',
  ),
  fault: kind(500, 'A fault of ours: repeat with the same key', '系统故障,请用同一幂等键重试'),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = Refusal | SubsidyProblem | AdmitRefusal | keyof typeof channelProblems;

/** The one catalogue: every code that a caller can meet. */
export const problemCatalogue: Readonly<Record<ProblemCode, ProblemKind>> = {
  ...refusalProblems,
  ...admitProblems,
  ...channelProblems,
  ...subsidyProblems,
};
