/** Why a line of a file is not paid before clearing is asked. */
export const fileCauses = {
  'line-malformed': { zh: '行格式不正确', en: 'The line is not as the file format says' },
  'id-number-wrong': { zh: '社会保障号码不正确', en: 'This is no social-security number' },
  'amount-wrong': { zh: '金额不正确', en: 'The amount is no whole number of fen above nought' },
  'over-line-max': { zh: '超过该项目单笔上限', en: 'Over what the programme pays at once' },
  'person-unknown': { zh: '查无此人', en: 'Nobody with this number has a card' },
  'name-differs': { zh: '姓名与社会保障号码不符', en: 'The name is not that of the number' },
  'card-not-usable': { zh: '卡账户不可用', en: 'The card account cannot be paid to' },
  'duplicate-person': {
    zh: '同一项目同一期间已由其他行列入或发放',
    en: 'Listed or paid for this programme and period by another line',
  },
} as const;
export type FileCause = keyof typeof fileCauses;

/** What clearing may refuse a load for, as the agency reads it. Others are shown by their code. */
const clearingCauses: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  'card-closed': { zh: '卡已注销', en: 'The card is closed' },
  'no-tariff': { zh: '项目已停止发放', en: 'The programme is over' },
  'purse-not-allowed': { zh: '该项目不发放至此账户', en: 'The programme does not pay into this purse' },
  'over-payment-limit': { zh: '超过单笔限额', en: 'Over the limit for one payment' },
  'terminal-not-active': { zh: '机构终端未启用', en: "The agency's terminal is not active" },
  'participant-not-active': { zh: '机构未启用', en: 'The agency is not active' },
  'kind-not-allowed': { zh: '机构终端无发放权限', en: "The agency's terminal may not pay out" },
  'batch-mismatch': { zh: '机构终端批次号不符', en: "The agency's terminal is in another batch" },
};

/** A cause in both languages: every failed line has one that people can act on. */
export function causeTexts(cause: string): { readonly zh: string; readonly en: string } {
  const known = fileCauses[cause as FileCause] ?? clearingCauses[cause];
  return known ?? { zh: `被拒绝:${cause}`, en: `Refused: ${cause}` };
}
