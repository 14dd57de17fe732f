import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { readTlsFiles } from './tls-files.ts';

const pem = (name: string) => join(import.meta.dirname, '../../../fixtures/tls', name);
const files = { certificate: pem('terminal.pem'), key: pem('terminal.key'), authority: pem('authority.pem') };

describe('the certificate that a terminal shows', () => {
  test('is read with its key and the authority of the host; without them nothing is', () => {
    expect(Object.keys(readTlsFiles(files))).toEqual(['cert', 'key', 'ca']);
    expect(readTlsFiles({ certificate: undefined, key: undefined, authority: undefined })).toEqual({});
  });

  test.for([
    ['without its key', { ...files, key: undefined }, '--key-file are given together'],
    ['with another key', { ...files, key: pem('stranger.key') }, 'not that of the certificate'],
    ['that is none', { ...files, certificate: pem('README.md') }, 'no PEM'],
    ['that is not there', { ...files, certificate: '/nowhere.pem' }, '/nowhere.pem of --certificate'],
  ] as const)('is refused in a sentence %s', ([, said, sentence]) => {
    expect(() => readTlsFiles(said)).toThrow(StartError);
    expect(() => readTlsFiles(said)).toThrow(sentence);
  });
});
