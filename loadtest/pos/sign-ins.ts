import { existsSync, readFileSync } from 'node:fs';
import { StartError } from '#platform/start-error.ts';
import type { Where } from './options.ts';

/** What the sign-ins of the demonstration say that a terminal here needs. */
export interface PosSignIns {
  /** "127.0.0.1:8583". */
  readonly pos?: string;
  readonly holders: readonly { readonly cardNumber: string; readonly paymentPin?: string }[];
  readonly terminals: readonly {
    readonly terminalId: number;
    readonly participant: string;
    readonly participantEn: string;
    readonly sector: string;
    readonly masterKey?: string;
  }[];
}

/** Who a terminal is, and the master key that it has; empty where it needs none. */
export interface TerminalWords {
  readonly terminalId: number;
  readonly participantId: number;
  readonly merchant: string;
  readonly masterKey: string;
}

/** The demonstration's sign-ins, with the card of a file in the place of its cards where one is named. Throws StartError. */
export function readSignIns(file: string, { merchant, cardFile }: Where): PosSignIns {
  if (!existsSync(file) && merchant === undefined)
    throw new StartError(
      `没有演示登录文件,请先运行 npm start。There are no demonstration sign-ins in ${file}: run "npm start" first, and leave it running.`,
    );
  const signIns: PosSignIns = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as PosSignIns)
    : { holders: [], terminals: [] };
  if (cardFile === undefined) return signIns;
  const cardNumber = readCardNumber(cardFile);
  const known = signIns.holders.find((holder) => holder.cardNumber === cardNumber);
  return { ...signIns, holders: [known ?? { cardNumber }] };
}

/** The signing terminals of the demonstration's story are left alone: their batches are the story's. */
export const defaultTerminals = ({ terminals }: PosSignIns): number[] =>
  terminals
    .filter(({ terminalId, sector }) => sector === 'shops' && terminalId % 10 === 2)
    .map(({ terminalId }) => terminalId)
    .filter((terminalId) => !blockedTerminals.includes(terminalId));

/** The lottery outlet takes no card. */
const blockedTerminals: readonly number[] = [1_000_072];

/** The terminal that is asked for: one of the demonstration, or of the merchant that is named. Throws StartError. */
export function terminalOf(signIns: PosSignIns, where: Where): TerminalWords {
  const terminalId = where.terminalId ?? defaultTerminals(signIns)[0];
  if (terminalId === undefined)
    throw new StartError('请用 --terminal 指明终端编号。Name the terminal with --terminal.');
  const known = signIns.terminals.find((one) => one.terminalId === terminalId);
  if (known === undefined && where.merchant === undefined)
    throw new StartError(
      `演示中没有终端 ${terminalId}。There is no terminal ${terminalId} in the demonstration: demo-sign-ins.json lists them, and one of your own is named with its --merchant and --master-key-file.`,
    );
  const masterKey = where.masterKeyFile === undefined ? known?.masterKey : readKeyFile(where.masterKeyFile);
  if (masterKey === undefined && where.mac !== 'none')
    throw new StartError(
      '该终端没有主密钥。This terminal has no master key in the sign-ins: start the service again, or name a --master-key-file.',
    );
  return {
    terminalId,
    participantId: where.merchant ?? Math.floor(terminalId / 10),
    merchant: known === undefined ? '—' : `${known.participant} ${known.participantEn}`,
    masterKey: masterKey ?? '',
  };
}

const keyPattern = /^[0-9a-fA-F]{32}$/;
const componentsMax = 2;

/** A master key, or the two components that `terminal-key` shows, a line each: their XOR is the key. */
function readKeyFile(file: string): string {
  let lines: string[] = [];
  try {
    lines = readFileSync(file, 'utf8').trim().split(/\s+/);
  } catch {
    // The sentence below says it.
  }
  const isKey = lines.length <= componentsMax && lines.every((line) => keyPattern.test(line));
  if (isKey && lines.length > 0) {
    const key = lines.reduce((sum, line) => sum ^ BigInt(`0x${line}`), 0n);
    return key.toString(16).padStart(32, '0');
  }
  throw new StartError(
    `主密钥文件 ${file} 无法读取,或内容不是 32 位十六进制数(或两行,每行一个分量)。The master key file ${file} cannot be read, or does not hold 32 hexadecimal digits, or two lines of them: the components of the key.`,
  );
}

const cardNumberPattern = /^\d{12,19}$/;

function readCardNumber(file: string): string {
  const text = textOf(file);
  if (cardNumberPattern.test(text)) return text;
  throw new StartError(
    `卡号文件 ${file} 无法读取,或内容不是一个卡号。The card file ${file} cannot be read, or does not hold one card number.`,
  );
}

/** Empty where it cannot be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
