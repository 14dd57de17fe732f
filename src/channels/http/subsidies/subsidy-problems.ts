import type { ProposeRefusal } from '#access/four-eyes.ts';
import type { DecideRefusal } from '#access/rules/four-eyes.ts';
import { kind, type ProblemKind } from '#channels/http/wire/problem-kind.ts';
import type { CorrectRefusal } from '#disbursements/correct-lines.ts';
import type { ImportRefusal } from '#disbursements/import-batch.ts';
import type { ProgrammeRefusal } from '#disbursements/programmes.ts';

/** Why something about subsidies is refused, beyond what every caller may be told. */
export type SubsidyProblem =
  | Exclude<ImportRefusal | CorrectRefusal | ProgrammeRefusal | ProposeRefusal | DecideRefusal, 'not-yours'>
  | 'publication-runs'
  | 'nothing-to-pay'
  | 'not-csv';

/** A refusal without a line here does not compile. */
export const subsidyProblems: Readonly<Record<SubsidyProblem, ProblemKind>> = {
  'programme-unknown': kind(404, 'No such programme', '补贴项目不存在'),
  'programme-not-active': kind(409, 'The programme is over', '补贴项目已停用'),
  'programme-differs': kind(
    409,
    'A programme keeps its agency, terminal and purse',
    '项目的机构、终端和账户不可更改',
  ),
  'terminal-not-of-agency': kind(
    422,
    'The terminal is none of the agency for subsidies',
    '终端不属于该机构或不可发放补贴',
  ),
  'not-csv': kind(415, 'The body must be text/csv', '请求体类型必须是 text/csv'),
  'file-not-text': kind(422, 'The file is not UTF-8', '文件不是 UTF-8 编码'),
  'file-header-wrong': kind(
    422,
    'The first line must be line,idNumber,name,amount',
    '文件首行必须是 line,idNumber,name,amount',
  ),
  'file-empty': kind(422, 'The file has no lines', '文件没有数据行'),
  'file-too-long': kind(413, 'The file has more than 100,000 lines', '文件超过十万行'),
  'correction-line-wrong': kind(
    422,
    'Each line must name a line of the batch that was not paid, once',
    '每行必须对应批次中一条未发放的记录,且不得重复',
  ),
  'batch-unknown': kind(404, 'No such batch', '批次不存在'),
  'batch-step-not-allowed': kind(409, 'Not with a batch in this state', '当前批次状态不允许此操作'),
  'publication-runs': kind(409, 'The list is still published: people may object', '名单仍在公示期内'),
  'nothing-to-pay': kind(409, 'No line of the batch can be paid', '批次中没有可发放的记录'),
  'proposal-open': kind(409, 'Another proposal for this waits for its decision', '已有待复核的申请'),
  'proposal-unknown': kind(404, 'No such proposal', '复核申请不存在'),
  'proposal-decided': kind(409, 'The proposal was decided already', '复核申请已处理'),
  'own-proposal': kind(403, 'A second person must decide this', '经办人不得复核本人提交的内容'),
  'content-changed': kind(409, 'It is not what was proposed any more', '内容已变更,与提交时不符'),
};
