import type { ProposeRefusal } from '#access/four-eyes.ts';
import type { DecideRefusal } from '#access/rules/four-eyes.ts';
import type { SignInRefused } from '#access/sign-in/attempt.ts';
import type { BillRefusal } from '#bills/pay-bill.ts';
import type { DueRefusal } from '#bills/rules/due-bill.ts';
import type { UtilityRefusal } from '#bills/save-utility.ts';
import type { ActivateRefusal } from '#cards/life/activate.ts';
import type { IssueRefusal } from '#cards/rules/judge-issue.ts';
import { type SubsidyProblem, subsidyProblems } from '#channels/http/subsidies/subsidy-problems.ts';
import type { Refusal } from '#clearing/outcome.ts';
import type { AdmitRefusal } from '#terminals/authenticate.ts';
import type { EndpointRefusal, RotationRefusal } from '#webhooks/endpoints/keep-endpoints.ts';
import type { TestRefusal } from '#webhooks/messages/send-test.ts';
import { kind, type ProblemKind } from './problem-kind.ts';

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
  'pin-required': kind(
    403,
    'A payment of this amount needs the PIN: send it as a new one, with the PIN',
    '超过免密限额,请输入密码后重新发起交易',
  ),
  'pin-wrong': kind(
    403,
    'The PIN is wrong: ask for it again and send a new transaction',
    '支付密码错误,请重新输入后发起新交易',
  ),
  'pin-locked': kind(403, 'The PIN is locked after too many wrong ones', '支付密码已锁定,请到服务网点解锁'),
  'pin-not-set': kind(409, 'The card account has no payment PIN', '未设置支付密码'),
  'merchant-category-not-allowed': kind(
    403,
    'This card may not pay at merchants of this kind',
    '该卡不能在此类商户消费',
  ),
  'over-payment-limit': kind(403, 'Over the limit for one payment', '超过单笔限额'),
  'over-day-limit': kind(403, 'Over the limit for one day', '超过当日限额'),
  'over-balance-limit': kind(403, 'The purse may not hold so much', '超过账户余额上限'),
  'over-agent-limit': kind(403, 'The agent has taken in all it may today', '代理点当日充值额度已用完'),
  'legs-do-not-add-up': kind(
    422,
    'The parts of the settlement do not add up to its total',
    '结算各项金额之和与总额不符',
  ),
  'no-tariff': kind(422, 'No tariff or limit is in force for this', '无有效资费或限额'),
  'amount-missing': kind(422, 'An amount is needed here', '缺少金额'),
  'amount-wrong': kind(422, 'The amount is not the price of what is bought', '金额与售价不符'),
  'station-unknown': kind(422, 'The line has no such station', '线路无此站点'),
  'too-many-passes': kind(409, 'The card account has as many passes as it may have', '票种数量已达上限'),
  'amount-not-expected': kind(422, 'The tariff says the amount here', '金额由资费决定,不应填写'),
  'card-not-active': kind(403, 'The card is not active', '卡未启用'),
  'card-temporarily-lost': kind(403, 'The card was reported lost for the time being', '卡已口头挂失'),
  'card-lost': kind(403, 'The card was reported lost', '卡已挂失'),
  'card-locked': kind(403, 'The card is locked', '卡已锁定'),
  'card-replaced': kind(403, 'The card was replaced by another', '卡已被补换'),
  'card-closed': kind(403, 'The card is closed', '卡已注销'),
  'card-expired': kind(403, 'The card has expired', '卡已过期'),
  'terminal-not-active': kind(403, 'The terminal is not active', '终端未启用'),
  'participant-not-active': kind(403, 'The participant is not active', '机构未启用'),
  'kind-not-allowed': kind(403, 'The terminal may not do this', '终端无此交易权限'),
  'batch-mismatch': kind(409, 'The terminal is in another batch', '终端批次号不符'),
  'original-not-found': kind(404, 'There is no such original', '原交易不存在'),
  'original-archived': kind(
    409,
    'The original is so old that its entry is in the archive',
    '原交易年代久远,已归档',
  ),
  'original-mismatch': kind(422, 'The original is another transaction', '与原交易不符'),
  'void-too-late': kind(
    409,
    'Only on its own business day: refund it instead',
    '已过当日,不能撤销,请办理退货',
  ),
  'not-returnable': kind(422, 'This kind of transaction is not taken back this way', '该交易不能退回'),
  'already-returned': kind(
    409,
    'The original was given back already, wholly or in part',
    '原交易已全部或部分退回',
  ),
  'refund-exceeds-original': kind(422, 'Refunds may not exceed the original', '退货金额超过原交易'),
  'hold-not-open': kind(409, 'The authorisation is finished', '预授权已结束'),
  'capture-exceeds-hold': kind(422, 'More than the authorisation holds', '完成金额超过预授权'),
  'too-many-holds': kind(409, 'The purse carries too many authorisations', '预授权笔数过多'),
  'reversed-before-arrival': kind(409, 'The transaction was reversed before it came', '交易到达前已被冲正'),
};

/** Why a card is not issued, or a step of its life not taken. */
const cardProblems: Record<
  IssueRefusal | Exclude<ActivateRefusal['kind'], 'busy' | 'password-too-simple'>,
  ProblemKind
> = {
  'card-unknown': kind(404, 'No such card', '卡不存在'),
  'step-not-allowed': kind(409, 'Not with a card of this status', '当前卡状态不允许此操作'),
  'secrets-needed': kind(
    422,
    'A first card is activated with a query password and a payment PIN',
    '首次启用须设置查询密码和支付密码',
  ),
  'purse-not-empty': kind(409, 'A purse still has money or a hold', '账户仍有余额或预授权'),
  'id-number-wrong': kind(422, 'This is no social-security number', '社会保障号码不正确'),
  'expiry-wrong': kind(422, 'The expiry is no day a card can be good until', '有效期不正确'),
  'card-number-taken': kind(409, 'Another card has this number', '卡号已被使用'),
  'person-has-card': kind(409, 'The person has a card of this product', '该人员已持有此类卡'),
  'product-unknown': kind(422, 'No such card product', '卡产品不存在'),
  'application-unknown': kind(404, 'No such application', '申请不存在'),
  'application-done': kind(409, 'A card was issued for this application', '该申请已制卡'),
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

/** Why somebody is not signed in, or has to do something first. None tells whether a card or a name exists. */
const signInProblems = {
  'sign-in-wrong': kind(401, 'The sign-in is not right', '登录信息不正确'),
  'sign-in-delayed': kind(429, 'Too many wrong tries: wait before the next', '错误次数过多,请稍后再试'),
  'sign-in-locked': kind(429, 'Locked after too many wrong tries', '错误次数过多,登录已锁定'),
  'too-many-tries': kind(429, 'Too many tries from this address', '该地址登录过于频繁'),
  'password-too-simple': kind(422, 'This is too simple, or not new', '口令过于简单或与原口令相同'),
  'password-change-first': kind(403, 'The password has to be changed first', '请先修改初始口令'),
} as const satisfies Record<
  Exclude<SignInRefused['refusal'], 'busy'> | 'password-too-simple' | 'password-change-first',
  ProblemKind
>;

/** What the second person is told. */
const proposalProblems: Record<Exclude<ProposeRefusal | DecideRefusal, 'not-yours'>, ProblemKind> = {
  'proposal-open': kind(409, 'It is proposed or approved already', '该事项已提交复核或已通过'),
  'proposal-unknown': kind(404, 'No such proposal', '复核事项不存在'),
  'proposal-decided': kind(409, 'It was decided already', '该事项已复核'),
  'own-proposal': kind(403, 'Whoever proposed it may not decide it', '经办人不能复核本人提交的事项'),
  'content-changed': kind(409, 'It is not what was proposed any more', '内容已变更,与提交时不符'),
};

/** Why a bill is not paid, or a utility not kept. */
const billProblems: Record<
  Exclude<BillRefusal | DueRefusal | UtilityRefusal, Refusal> | 'bill-abandoned',
  ProblemKind
> = {
  'utility-terminal-unfit': kind(
    422,
    'The terminal does not belong to the utility, or may not pay and give back',
    '终端不属于该缴费单位,或无缴费与退款权限',
  ),
  'utility-key-missing': kind(422, 'A new utility needs a key', '新缴费单位缺少密钥'),
  'utility-unknown': kind(404, 'No such utility, or it takes no payments now', '缴费单位不存在或已停用'),
  'utility-silent': kind(
    503,
    'The utility does not answer: no money was moved, repeat with the same key',
    '缴费单位无应答,未扣款,请用同一幂等键重试',
  ),
  'bill-unknown': kind(
    404,
    'The utility knows no such customer, or no such bill that is due',
    '客户或待缴账单不存在',
  ),
  'bill-amount-changed': kind(
    409,
    'Another amount is due: pay the `due` of a new query, which has the penalty in it',
    '应缴金额不符:请重新查询,按应缴合计 due(含滞纳金)缴纳',
  ),
  'bill-paid': kind(409, 'The bill was paid', '账单已缴'),
  'bill-being-paid': kind(409, 'Somebody is paying this bill now', '账单正在缴费中'),
  'bill-abandoned': kind(
    409,
    'The payment was given up before any money was taken: begin a new one',
    '缴费已放弃,未扣款,请重新发起',
  ),
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
  'pin-envelope-invalid': kind(
    400,
    'The PIN is not sealed by this terminal for this transaction',
    '密码密文无效,或不属于本终端本笔交易',
  ),
  'headers-too-large': kind(431, 'The headers are too large', '请求头过大'),
  'not-json': kind(415, 'The body must be application/json', '请求体类型必须是 application/json'),
  'token-missing': kind(401, 'A bearer token is needed', '缺少访问令牌'),
  'too-many-calls': kind(429, 'Too many calls: wait before the next', '请求过于频繁,请稍后再试'),
  'not-yours': kind(403, 'Not for this caller', '无权访问'),
  'not-found': kind(404, 'There is nothing here', '资源不存在'),
  'method-not-allowed': kind(405, 'Not with this method', '不支持该请求方法'),
  'name-taken': kind(409, 'This sign-in name is taken', '登录名已被使用'),
  'staff-unknown': kind(404, 'No such member of staff', '人员不存在'),
  'own-account': kind(409, 'Nobody locks himself out', '不能锁定本人账号'),
  'participant-unknown': kind(404, 'No such participant', '参与机构不存在'),
  'key-unknown': kind(404, 'No such key', '接口密钥不存在'),
  'category-unknown': kind(422, 'No operator knows this category', '优待类别不存在'),
  'days-not-allowed': kind(
    422,
    'It begins today or within a year, and does not end before it begins',
    '起止日期不正确:须自今日起一年内开始,且不早于开始日结束',
  ),
  'too-many-concessions': kind(409, 'Too many categories begin in the future', '待生效的优待类别过多'),
  'day-unknown': kind(404, 'No such business day', '营业日不存在'),
  'day-not-open-yet': kind(409, 'This is not the open business day', '不是当前营业日'),
  'day-not-closed': kind(409, 'This business day is not closed yet', '营业日尚未日切'),
  'day-file-not-ready': kind(404, 'The file of this day is not made yet', '当日对账文件尚未生成'),
  'cut-off-busy': kind(503, 'The cut-off did not get its turn: try again', '日切繁忙,请重试'),
  'books-not-looked-at': kind(
    404,
    'Nobody has looked at the books yet: try again',
    '账簿尚未检查,请稍后再试',
  ),
  'load-not-failed': kind(
    409,
    'The load has not failed: it goes on by itself or is finished',
    '该充值未处于失败状态',
  ),
  'bank-binding-missing': kind(422, 'No bank account is bound to this card account', '未绑定银行账户'),
  'too-often': kind(429, 'This was asked for too often: wait a minute', '操作过于频繁,请稍后再试'),
  'repeat-archived': kind(
    409,
    'This was approved before, on a business day that is archived by now: nothing was done again',
    '该交易此前已获批准,所属营业日已归档,未重复处理',
  ),
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

/** What a participant cannot do with the places that it is told at. */
const webhookProblems: Record<
  EndpointRefusal | RotationRefusal | Exclude<TestRefusal, 'too-often'> | 'message-unknown',
  ProblemKind
> = {
  'endpoint-unknown': kind(404, 'No such endpoint', '推送地址不存在'),
  'endpoint-url-not-allowed': kind(
    422,
    'An endpoint is an https address of the public Internet, without user, password or fragment',
    '推送地址须为公网 https 地址,且不含用户名、密码和片段',
  ),
  'too-many-endpoints': kind(
    409,
    'No more endpoints: disable one first',
    '推送地址数量已达上限,请先停用一个',
  ),
  'too-many-rotations': kind(
    429,
    'The keys of your endpoints were changed too often in a day: try again later',
    '一天内更换密钥次数已达上限,请稍后再试',
  ),
  'endpoint-disabled': kind(409, 'The endpoint is disabled: enable it first', '推送地址已停用,请先启用'),
  'message-unknown': kind(404, 'No such message', '推送消息不存在'),
};

export type ProblemCode =
  | Refusal
  | AdmitRefusal
  | SubsidyProblem
  | keyof typeof cardProblems
  | keyof typeof billProblems
  | keyof typeof signInProblems
  | keyof typeof proposalProblems
  | keyof typeof webhookProblems
  | keyof typeof channelProblems;

/** The one catalogue: every code that a caller can meet. */
export const problemCatalogue: Readonly<Record<ProblemCode, ProblemKind>> = {
  ...refusalProblems,
  ...cardProblems,
  ...admitProblems,
  ...signInProblems,
  ...proposalProblems,
  ...billProblems,
  ...channelProblems,
  ...subsidyProblems,
  ...webhookProblems,
};
