import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import type { Framing } from '#iso8583/framing/framing.ts';
import { isFramingFault, readFraming } from '#iso8583/framing/read-framing.ts';
import type { FieldLayout, MessageLayout } from '#iso8583/layout/layout.ts';
import { isLayoutFault, readLayout } from '#iso8583/layout/read-layout.ts';
import { withFields, withLongPinBlock } from '#iso8583/layout/with-fields.ts';
import { parseJson } from '#platform/rules/parse-json.ts';
import { StartError } from '#platform/start-error.ts';
import type { Listener, ListenerTls } from './listener.ts';
import { type ListenerWords, readWords, type SaidWords } from './listener-words.ts';

const listenersMax = 64;

/** The listeners of a settings file; its own paths are relative to it. A mistake is a StartError of one sentence. */
export function readListeners(file: string): Listener[] {
  const json = readJson(file, 'POS_LISTENERS');
  const said = isObject(json) && Object.keys(json).length === 1 ? json['listeners'] : undefined;
  if (!Array.isArray(said) || said.length === 0 || said.length > listenersMax)
    throw new StartError(
      `The file ${file} of POS_LISTENERS must be {"listeners": [...]}, with 1 to ${listenersMax} of them.`,
    );
  const listeners = said.map((one, at) => {
    const name =
      isObject(one) && typeof one['name'] === 'string' ? JSON.stringify(one['name'].slice(0, 40)) : at + 1;
    const called = `The listener ${name} of POS_LISTENERS`;
    return build(one, { called, folder: dirname(file), portSetting: `its port in the file ${file}` });
  });
  refuseTwice(listeners);
  return listeners;
}

/** A listener of our own making, with the defaults of a file's. */
export function listenerOf(said: SaidWords): Listener {
  return build(said, { called: `The listener ${said.name}`, folder: '/', portSetting: 'POS_PORT' });
}

interface Place {
  /** How the listener is called where something is wrong with it. */
  readonly called: string;
  readonly folder: string;
  readonly portSetting: string;
}

function build(json: unknown, place: Place): Listener {
  const words = readWords(json);
  if (typeof words === 'string') throw wrong(place, words);
  const { name, host, port, mac, logMessages, inFlightMax, connectionsMax } = words;
  if (mac === 'none' && !isLoopback(host))
    throw wrong(
      place,
      'mac may be none on a loopback host only: without a MAC, whoever reaches the port pays in the name of any terminal.',
    );
  const layout = layoutOf(words, place);
  return {
    ...{ name, host, port, mac, logMessages, inFlightMax, connectionsMax, layout },
    portSetting: place.portSetting,
    codec: compileCodec(layout),
    framing: framingOf(words, place),
    idleMs: words.idleSeconds * 1_000,
    messageMs: words.messageSeconds * 1_000,
    tls: words.tls === undefined ? null : readTls(words.tls, place),
  };
}

function layoutOf({ dialect, layout, fields, mac }: ListenerWords, place: Place): MessageLayout {
  if ((dialect === undefined) === (layout === undefined))
    throw wrong(place, 'it must have a dialect or a layout, and not both.');
  const chosen =
    layout === undefined
      ? dialectOf(dialect ?? '', place)
      : readJson(resolve(place.folder, layout), 'layout', place);
  const checked = checkedLayout(chosen, { ...place, word: 'layout' });
  const read = mac === 'sm4' ? withLongPinBlock(checked) : checked;
  if (fields === undefined) return read;
  const changes = fields as Record<string, Partial<FieldLayout>>;
  return checkedLayout(withFields(read, changes), { ...place, word: 'fields' });
}

function dialectOf(name: string, place: Place): MessageLayout {
  const names = Object.keys(dialects);
  if (!names.includes(name)) throw wrong(place, `dialect must be one of ${names.join(', ')}.`);
  return dialects[name as keyof typeof dialects];
}

function checkedLayout(json: unknown, place: Place & { readonly word: string }): MessageLayout {
  const read = readLayout(json);
  if (isLayoutFault(read)) throw wrong(place, `${place.word}: ${read.fault}`);
  return read;
}

function framingOf({ framing, frameBytesMax }: ListenerWords, place: Place): Framing {
  const read = readFraming(framing);
  if (isFramingFault(read)) throw wrong(place, `framing: ${read.fault}`);
  if (frameBytesMax === undefined) return read;
  const limited = readFraming({ ...read, frameBytesMax });
  if (isFramingFault(limited)) throw wrong(place, `frameBytesMax: ${limited.fault}`);
  return limited;
}

function readTls(paths: NonNullable<ListenerWords['tls']>, place: Place): ListenerTls {
  const read = (path: string, word: string) => readBytes(resolve(place.folder, path), word, place);
  const certificate = read(paths.certificate, 'tls.certificate');
  const key = read(paths.key, 'tls.key');
  const clientAuthority =
    paths.clientAuthority === undefined ? null : read(paths.clientAuthority, 'tls.clientAuthority');
  try {
    createSecureContext({
      cert: certificate,
      key,
      ...(clientAuthority === null ? {} : { ca: clientAuthority }),
    });
  } catch (error) {
    // What OpenSSL says of a key is nobody's business.
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(place, `tls: these are no certificate and key in PEM that belong together (${code}).`);
  }
  return { certificate, key, clientAuthority };
}

function refuseTwice(listeners: readonly Listener[]): void {
  const [names, places] = [new Set<string>(), new Set<string>()];
  for (const { name, host, port } of listeners) {
    const place = `${host}:${port}`;
    if (names.has(name)) throw new StartError(`POS_LISTENERS has two listeners of the name ${name}.`);
    if (port !== 0 && places.has(place)) throw new StartError(`POS_LISTENERS has two listeners on ${place}.`);
    names.add(name);
    places.add(place);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function readJson(file: string, word: string, place?: Place): unknown {
  const read = parseJson(readBytes(file, word, place).toString('utf8'));
  if ('json' in read) return read.json;
  const { line, column } = read.wrongAt;
  throw wrongFile(place, word, `the file ${file} is no JSON: see line ${line}, column ${column}.`);
}

function readBytes(file: string, word: string, place?: Place): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrongFile(place, word, `the file ${file} cannot be read (${code}).`);
  }
}

function wrongFile(place: Place | undefined, word: string, sentence: string): StartError {
  return place === undefined ? new StartError(`${word}: ${sentence}`) : wrong(place, `${word}: ${sentence}`);
}

function wrong({ called }: Place, sentence: string): StartError {
  return new StartError(`${called}: ${sentence}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
