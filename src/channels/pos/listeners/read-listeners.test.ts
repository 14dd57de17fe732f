import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { withFields } from '#iso8583/layout/with-fields.ts';
import { StartError } from '#platform/start-error.ts';
import { listenerOf, readListeners } from './read-listeners.ts';

const certificates = join(import.meta.dirname, '../../../../fixtures/tls');
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-listeners-'));
  file = join(folder, 'listeners.json');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shops = { name: 'shops', port: 8583, dialect: 'cup-bcd', framing: 'unionpay-pos', mac: 'cup-ecb' };
const write = (name: string, content: unknown) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
const read = (...listeners: unknown[]) => {
  write('listeners.json', { listeners });
  return readListeners(file);
};

describe('a file of listeners', () => {
  test('says where each listens and what it speaks; what it does not say has a default', () => {
    const [one] = read(shops);
    expect(one).toMatchObject({
      ...{
        name: 'shops',
        host: '127.0.0.1',
        port: 8583,
        portSetting: `its port in the file ${file}`,
        mac: 'cup-ecb',
        logMessages: false,
        tls: null,
      },
      ...{ idleMs: 600_000, messageMs: 15_000, inFlightMax: 32, connectionsMax: 10_000 },
      ...{ framing: framings['unionpay-pos'], layout: dialects['cup-bcd'] },
    });
    expect(one?.codec.layout).toEqual(dialects['cup-bcd']);
  });

  test('changes single fields of a dialect, and the size of a frame', () => {
    const [one] = read({ ...shops, fields: { 22: { pad: 'left' } }, frameBytesMax: 1_000 });
    expect(one?.layout.fields['22']).toEqual({ ...dialects['cup-bcd'].fields['22'], pad: 'left' });
    expect(one?.layout.fields['11']).toEqual(dialects['cup-bcd'].fields['11']);
    expect(one?.framing.frameBytesMax).toBe(1_000);
  });

  test('has layouts and certificates in files beside it, and framings in words', () => {
    write('ours.json', { ...dialects['ascii-binmap'], name: 'ours' });
    const { dialect: _, ...rest } = shops;
    const tls = {
      certificate: join(certificates, 'server.pem'),
      key: join(certificates, 'server.key'),
      clientAuthority: join(certificates, 'authority.pem'),
    };
    const [one] = read({ ...rest, layout: 'ours.json', framing: { ...framings.post }, tls });
    expect([one?.layout.name, one?.framing]).toEqual(['ours', framings.post]);
    expect(one?.tls?.clientAuthority?.toString()).toContain('BEGIN CERTIFICATE');
  });

  test('may have one of our own making in its place', () => {
    expect(listenerOf({ ...shops, mac: 'sm4', logMessages: true })).toMatchObject({
      mac: 'sm4',
      logMessages: true,
    });
  });

  test('of SM4 has PIN blocks of 16 bytes without being told, unless its fields say otherwise', () => {
    const bytes = (over: object) => read({ ...shops, ...over })[0]?.layout.fields['52']?.len;
    expect([bytes({}), bytes({ mac: 'sm4' }), bytes({ mac: 'sm4', fields: { 52: { len: 8 } } })]).toEqual([
      8, 16, 8,
    ]);
    write('own-block.json', withFields(dialects['cup-bcd'], { 52: { type: 'an', len: 32, enc: 'ascii' } }));
    const { dialect: _, ...rest } = shops;
    const [own] = read({ ...rest, mac: 'sm4', layout: 'own-block.json' });
    expect(own?.layout.fields['52']).toMatchObject({ type: 'an', len: 32 });
  });
});

describe('a mistake in a file of listeners is one sentence with the listener and the word:', () => {
  const the = 'The listener "shops" of POS_LISTENERS: ';
  test.each<[string, object, string]>([
    ['a port that is none', { port: 70_000 }, `${the}port must be a whole number from 0 to 65535.`],
    ['a word that is not there', { mac: undefined }, `${the}mac must be cup-ecb, x9.19, sm4 or none.`],
    ['a word that nobody knows', { ports: 1 }, `${the}"ports" is no word of a listener.`],
    ['a time of nothing', { idleSeconds: 0 }, `${the}idleSeconds must be a whole number from 1 to 86400.`],
    [
      'a dialect that nobody speaks',
      { dialect: 'klingon' },
      `${the}dialect must be one of unionpay-pos, cup-bcd, ascii-binmap, ebcdic, ascii-hexmap, iso93.`,
    ],
    ['two layouts', { layout: 'ours.json' }, `${the}it must have a dialect or a layout, and not both.`],
    ['no layout', { dialect: undefined }, `${the}it must have a dialect or a layout, and not both.`],
    [
      'no MAC where others can come',
      { mac: 'none', host: '0.0.0.0' },
      `${the}mac may be none on a loopback host only: without a MAC, whoever reaches the port pays in the name of any terminal.`,
    ],
    [
      'a certificate without its key',
      { tls: { certificate: 'a.pem' } },
      `${the}tls.key must be the path of a file.`,
    ],
  ])('%s', (_, over, sentence) => {
    expect(() => read({ ...shops, ...over })).toThrow(new StartError(sentence));
  });

  test.each<[string, object, RegExp]>([
    [
      'a framing',
      { framing: 'smoke' },
      /^The listener "shops" of POS_LISTENERS: framing: There is no framing/,
    ],
    ['a frame', { frameBytesMax: 70_000 }, /POS_LISTENERS: frameBytesMax: .*65535\.$/],
    ['a field', { fields: { 22: { enc: 'morse' } } }, /POS_LISTENERS: fields: .*22.*\.$/],
    [
      'a layout that is not there',
      { dialect: undefined, layout: 'none.json' },
      /POS_LISTENERS: layout: the file \/.*\/none\.json cannot be read \(ENOENT\)\.$/,
    ],
    [
      'a key that is another’s',
      { tls: { certificate: join(certificates, 'server.pem'), key: join(certificates, 'terminal.key') } },
      /POS_LISTENERS: tls: these are no certificate and key in PEM that belong together \(ERR_\w+\)\.$/,
    ],
  ])('%s', (_, over, sentence) => {
    expect(() => read({ ...shops, ...over })).toThrow(sentence);
  });

  test('a listener without a name is called by its place', () => {
    expect(() => read(shops, { ...shops, name: 'A B' })).toThrow(
      'The listener "A B" of POS_LISTENERS: name must be lower-case letters, digits and hyphens, a letter first, at most 32.',
    );
    expect(() => read(shops, 7)).toThrow('The listener 2 of POS_LISTENERS: it must be an object.');
  });

  test('two of one name, or on one port', () => {
    expect(() => read(shops, { ...shops, port: 1 })).toThrow(
      'POS_LISTENERS has two listeners of the name shops.',
    );
    expect(() => read(shops, { ...shops, name: 'other' })).toThrow(
      'POS_LISTENERS has two listeners on 127.0.0.1:8583.',
    );
    const free = read({ ...shops, port: 0 }, { ...shops, name: 'other', port: 0 });
    expect(free).toHaveLength(2);
  });

  test('a file that is not there, is no JSON, or has none', () => {
    expect(() => readListeners(join(folder, 'none'))).toThrow(
      `POS_LISTENERS: the file ${join(folder, 'none')} cannot be read (ENOENT).`,
    );
    write('listeners.json', '{"listeners": [\n  { "name": "shops", port: 8583 }\n]}');
    expect(() => readListeners(file)).toThrow(
      `POS_LISTENERS: the file ${file} is no JSON: see line 2, column 22.`,
    );
    expect(() => read()).toThrow(
      `The file ${file} of POS_LISTENERS must be {"listeners": [...]}, with 1 to 64 of them.`,
    );
  });
});
