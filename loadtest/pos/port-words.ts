import { StartError } from '#platform/start-error.ts';
import { SignOnRefused } from '#testing/pos/careful.ts';
import { NoAnswer, type Silence } from '#testing/pos/pos-line.ts';
import { KeysDoNotOpen } from '#testing/pos/terminal-keys.ts';
import type { LineNotes } from './line-notes.ts';
import { meaningOf } from './words.ts';

/** Who asked where, and what came of it so far. */
export interface AskedPort {
  readonly terminalId: number;
  readonly address: { readonly host: string; readonly port: number };
  readonly mac: string;
  readonly isTls: boolean;
  readonly notes: LineNotes;
}

/** The error as one sentence for the person at the terminal, where it is one that a person can put right. */
export function explained(error: unknown, asked: AskedPort): unknown {
  const sentence = sentenceOf(error, asked);
  return sentence === null ? error : new StartError(sentence);
}

function sentenceOf(error: unknown, asked: AskedPort): string | null {
  const { terminalId } = asked;
  if (error instanceof SignOnRefused)
    return `签到被拒绝。The sign-on of terminal ${terminalId} was refused: ${error.code} ${meaningOf(error.code)}.`;
  if (error instanceof KeysDoNotOpen)
    return `终端 ${terminalId} 的工作密钥用这里的主密钥打不开。The working keys of terminal ${terminalId} do not open under the master key it has here: name the file of its present one with --master-key-file.`;
  if (!(error instanceof NoAnswer)) return null;
  const at = where(asked);
  if (error.silence === 'not-connected' && asked.isTls && !isNobody(error.cause))
    return `与 ${at} 的 TLS 未能建立。TLS with ${at} did not come about (${codeOf(error.cause)}): name the authority of its certificate with --authority, or leave --tls away where that port has none.`;
  if (error.silence === 'not-connected')
    return `无法连接 ${at}:请先运行 npm start,并让它一直运行。No service answers at ${at}: run "npm start" and leave it running, or name its --host and --port.`;
  const { zh, en } = silences[error.silence];
  return (
    doubtOf(asked) ??
    `${at} ${zh}。No answer came, ${at} ${en}: run the command again, and the terminal goes on where it was.`
  );
}

/** What is to be suspected of a port that never answered, or takes no MAC of ours; null where nothing is. */
export function doubtOf(asked: AskedPort): string | null {
  const { notes, mac } = asked;
  const at = where(asked);
  if (notes.isMacRefused)
    return `${at} 应答 A0(MAC 校验失败):该端口用的可能不是 --mac ${mac};多次错误后须等一分钟。${at} answered A0, the MAC is wrong: that port may have another --mac than ${mac}, and after ten wrong ones it takes a minute until it looks at the next.`;
  if (notes.isHeard || notes.silence === null || notes.silence === 'not-connected') return null;
  const { zh, en } = silences[notes.silence];
  if (asked.isTls && notes.silence === 'closed')
    return `${at} ${zh}:该端口可能要求客户端证书,或方言、封装不同。${at} ${en}: that port may ask for another --certificate with its --key-file, or speak another --dialect or --framing, so asking again will not help.`;
  return `${at} ${zh}:该端口的方言、封装、MAC 或 TLS 可能不同,重试无用。${at} ${en}: that port may speak another --dialect, --framing, --mac or --tls, so asking again will not help.`;
}

const where = ({ address: { host, port } }: AskedPort): string => `${host}:${port}`;

const codeOf = (cause: unknown): string =>
  cause instanceof Error ? String((cause as NodeJS.ErrnoException).code ?? cause.message) : 'no reason';

/** The network's own words for an address where nothing listens. */
const nobody: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const isNobody = (cause: unknown): boolean => nobody.includes(codeOf(cause));

const silences: Readonly<
  Record<Exclude<Silence, 'not-connected'>, { readonly zh: string; readonly en: string }>
> = {
  closed: { zh: '断开了连接', en: 'ended the connection' },
  late: { zh: '在时限内没有应答', en: 'said nothing in time' },
  garbled: { zh: '的应答无法解读', en: 'said what cannot be read' },
  'not-genuine': { zh: '的应答 MAC 不符', en: 'gave an answer with a wrong MAC' },
};
