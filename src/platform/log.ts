import { type DestinationStream, pino } from 'pino';
import type { Config } from './config.ts';
import { currentRequestId } from './requests/current-request.ts';
import { maskFields, maskText } from './rules/mask.ts';

type Fields = Readonly<Record<string, unknown>>;

/** JSON lines. Every field passes the mask first; there is no way around it. */
export interface Log {
  /** Whether lines of `debug` are written: where they are not, what is dear to say need not be said. */
  readonly isDebug?: boolean;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/** A log to stderr, or to the stream given: stdout is for people. A line that cannot be masked says "unprintable" and nothing else. */
export function openLog(level: Config['logLevel'], stream?: DestinationStream): Log {
  const settings = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  const writer = pino(settings, stream ?? pino.destination({ fd: 2, sync: true }));
  const write = (severity: Exclude<keyof Log, 'isDebug'>, message: string, fields: Fields = {}) => {
    if (!writer.isLevelEnabled(severity)) return;
    const line = maskLine(message, fields);
    writer[severity](line.fields, line.message);
  };
  return {
    isDebug: writer.isLevelEnabled('debug'),
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

/** The same log for what serves one request: each line says which, as `requestId`. Nobody's work is said to be nobody's. */
export function withRequestIds(log: Log): Log {
  const named = (fields?: Fields): Fields | undefined => {
    const requestId = currentRequestId();
    return requestId === undefined ? fields : { requestId, ...fields };
  };
  return {
    ...(log.isDebug === undefined ? {} : { isDebug: log.isDebug }),
    debug: (message, fields) => log.debug(message, named(fields)),
    info: (message, fields) => log.info(message, named(fields)),
    warn: (message, fields) => log.warn(message, named(fields)),
    error: (message, fields) => log.error(message, named(fields)),
  };
}

/** The mask fails closed: what it throws on (a getter that throws, a proxy) may be the very thing to hide. */
function maskLine(message: string, fields: Fields): { message: string; fields: Record<string, unknown> } {
  try {
    return { message: maskText(message), fields: { fields: maskFields(fields) } };
  } catch {
    return { message: 'unprintable', fields: {} };
  }
}
