import { parseCsvLine } from '#platform/rules/read-csv.ts';
import type { TakenRefusal } from './judge-issue.ts';
import { type CardWish, refuseWish, type ShapeRefusal } from './new-card.ts';

/** The first line of a file of cards. */
export const fileHeader = 'cardNumber,idNumber,name,product,expiresOn';
const fieldCount = 5;

/** Why a line of a file is not issued. */
export type LineError = ShapeRefusal | TakenRefusal;

/** Whether this is the first line of a file of ours; a byte order mark before it is let pass. */
export function isHeader(line: string | null): boolean {
  return line !== null && line.replace(/^\uFEFF/, '') === fileHeader;
}

/** A line as the card that it asks for, or why it is none. */
export function readFileLine(
  line: string | null,
  on: { readonly today: string; readonly products: { has(code: string): boolean } },
): CardWish | LineError {
  const fields = line === null ? null : parseCsvLine(line);
  if (fields?.length !== fieldCount) return 'line-malformed';
  const [cardNumber = '', idNumber = '', name = '', product = '', expiresOn = ''] = fields;
  const wish = { cardNumber, idNumber, name, product, expiresOn };
  return refuseWish(wish, on) ?? wish;
}

/** What to do about a line, in both languages. It says nothing of what stands in the line. */
export const lineErrorTexts: Readonly<Record<LineError, { readonly zh: string; readonly en: string }>> = {
  'line-malformed': {
    zh: '该行应有五个字段(UTF-8,RFC 4180 引号),姓名不得为空;请更正后重新提交',
    en: 'The line needs five fields in UTF-8, quoted as RFC 4180 says, with a name: correct it and hand it in again',
  },
  'card-number-wrong': {
    zh: '卡号应为 9 至 19 位数字或大写字母;请核对卡号',
    en: 'A card number has 9 to 19 digits or capital letters: check the number',
  },
  'id-number-wrong': {
    zh: '社会保障号码应为 18 位,出生日期和校验位须正确;请核对证件',
    en: 'A social-security number has 18 characters, a date of birth and a check digit that fit: check the document',
  },
  'product-unknown': {
    zh: '卡产品不存在;请使用已登记的产品代码',
    en: 'There is no such product: use the code of one that is set up',
  },
  'expiry-wrong': {
    zh: '有效期应为今天起三十年以内的日期,格式如 2036-12-31',
    en: 'The expiry is a day from today to thirty years on, written like 2036-12-31',
  },
  'card-number-taken': {
    zh: '卡号已属于另一张卡;请核对,不要重复制卡',
    en: 'The number belongs to a card that exists: check it, and do not issue it twice',
  },
  'person-has-card': {
    zh: '该人员已持有此类卡;如需新卡请办理补换卡',
    en: 'The person has a card of this product: a new one is a replacement',
  },
  'duplicate-in-file': {
    zh: '本文件中前面的行已为同一卡号或同一人员制卡;请删除重复行',
    en: 'An earlier line of this file issued this number, or this product to this person: take the line out',
  },
};
