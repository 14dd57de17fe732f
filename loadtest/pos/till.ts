import { join } from 'node:path';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { withLongPinBlock } from '#iso8583/layout/with-fields.ts';
import { openLine } from '#testing/pos/pos-line.ts';
import { openTerminal, type PosTerminal } from '#testing/pos/pos-terminal.ts';
import { openStateFile } from './files/state-file.ts';
import { readTlsFiles } from './files/tls-files.ts';
import { notingLine } from './line-notes.ts';
import type { Where } from './options.ts';
import { doubtOf, explained } from './port-words.ts';
import { type PosSignIns, terminalOf } from './sign-ins.ts';
import type { SlipPlace } from './slip.ts';

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

/** Opens a terminal. Throws StartError with what is to be done. */
export function openTill(signIns: PosSignIns, dataDir: string, where: Where): Till {
  const { terminalId, participantId, merchant, masterKey } = terminalOf(signIns, where);
  const address = addressOf(signIns, where);
  const tls = where.tls === null ? {} : { tls: readTlsFiles(where.tls) };
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
    ...{ masterKey, mac: where.mac, form: '003' },
    sendsTime: false,
    timeoutMs: () => answerTimeoutMs,
  });
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
