import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { withLongPinBlock } from '#iso8583/layout/with-fields.ts';
import { StartError } from '#platform/start-error.ts';
import { openLine } from '#testing/pos/pos-line.ts';
import { openTerminal, type PosTerminal } from '#testing/pos/pos-terminal.ts';
import { notingLine } from './line-notes.ts';
import type { Where } from './options.ts';
import { doubtOf, explained } from './port-words.ts';
import type { SlipPlace } from './slip.ts';
import { openStateFile } from './state-file.ts';
import { readTlsFiles } from './tls-files.ts';

/** What the sign-ins of the demonstration say that a terminal here needs. */
export interface PosSignIns {
  /** "127.0.0.1:8583". */
  readonly pos?: string;
  readonly holders: readonly { readonly cardNumber: string; readonly paymentPin: string }[];
  readonly terminals: readonly {
    readonly terminalId: number;
    readonly participant: string;
    readonly participantEn: string;
    readonly sector: string;
    readonly masterKey?: string;
  }[];
}

/** A terminal with its memory, ready to be used. */
export interface Till {
  readonly terminal: PosTerminal;
  readonly place: SlipPlace;
  /** The error as one sentence, where it is one that a person can put right. */
  explain(error: unknown): unknown;
  /** What is to be suspected of the port; null where nothing is. */
  doubt(): string | null;
  close(): void;
}

const answerTimeoutMs = 15_000;
const defaultPort = 8583;
const keyPattern = /^[0-9a-fA-F]{32}$/;
const componentsMax = 2;

/** The signing terminals of the demonstration's story are left alone: their batches are the story's. */
export const defaultTerminals = ({ terminals }: PosSignIns): number[] =>
  terminals
    .filter(({ terminalId, sector }) => sector === 'shops' && terminalId % 10 === 2)
    .map(({ terminalId }) => terminalId)
    .filter((terminalId) => !blockedTerminals.includes(terminalId));

/** The lottery outlet takes no card. */
const blockedTerminals: readonly number[] = [1_000_072];

/** Opens a terminal of the demonstration. Throws StartError with what is to be done. */
export function openTill(signIns: PosSignIns, dataDir: string, where: Where): Till {
  const terminalId = where.terminalId ?? defaultTerminals(signIns)[0] ?? 0;
  const known = signIns.terminals.find((one) => one.terminalId === terminalId);
  if (known === undefined)
    throw new StartError(
      `演示中没有终端 ${terminalId}。There is no terminal ${terminalId} in the demonstration: demo-sign-ins.json lists them.`,
    );
  const masterKey = where.masterKeyFile === undefined ? known.masterKey : readKeyFile(where.masterKeyFile);
  if (masterKey === undefined && where.mac !== 'none')
    throw new StartError(
      '该终端没有主密钥。This terminal has no master key in the sign-ins: start the service again, or name a --master-key-file.',
    );
  const address = addressOf(signIns, where);
  const tls = where.tls === null ? {} : { tls: readTlsFiles(where.tls) };
  const participantId = Math.floor(terminalId / 10);
  const memory = openStateFile(join(dataDir, 'pos-terminals'), { terminalId, participantId });
  const dialect = dialects[where.dialect];
  const codec = compileCodec(where.mac === 'sm4' ? withLongPinBlock(dialect) : dialect);
  const { line, notes } = notingLine(
    openLine({ address: () => ({ ...address, ...tls }), framing: framings[where.framing], codec }),
    codec,
  );
  const asked = { terminalId, address, mac: where.mac, isTls: where.tls !== null, notes };
  const terminal = openTerminal({
    ...{ line, codec, state: memory.state, save: memory.save },
    ...{ masterKey: masterKey ?? '', mac: where.mac, form: '003' },
    sendsTime: false,
    timeoutMs: () => answerTimeoutMs,
  });
  const merchant = `${known.participant} ${known.participantEn}`;
  return {
    terminal,
    place: { merchant, terminalId, participantId },
    explain: (error) => explained(error, asked),
    doubt: () => doubtOf(asked),
    close: () => {
      line.close();
      memory.close();
    },
  };
}

function addressOf({ pos }: PosSignIns, { host, port }: Where): { host: string; port: number } {
  const [saidHost = '127.0.0.1', saidPort = String(defaultPort)] = pos?.split(':') ?? [];
  return { host: host ?? saidHost, port: port ?? Number(saidPort) };
}

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
