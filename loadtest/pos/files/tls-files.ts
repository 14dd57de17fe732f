import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { StartError } from '#platform/start-error.ts';

/** PEM files as the command names them. */
export interface TlsFiles {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Who must have signed the host's certificate; undefined for the authorities that Node knows. */
  readonly authority: string | undefined;
}

/** What a connection shows and believes. Throws StartError. */
export function readTlsFiles({ certificate, key, authority }: TlsFiles): ConnectionOptions {
  if ((certificate === undefined) !== (key === undefined))
    throw new StartError(
      '--certificate 与 --key-file 须同时给出。--certificate and --key-file are given together.',
    );
  const options = {
    ...(certificate === undefined ? {} : { cert: read('certificate', certificate) }),
    ...(key === undefined ? {} : { key: read('key-file', key) }),
    ...(authority === undefined ? {} : { ca: read('authority', authority) }),
  };
  try {
    createSecureContext(options);
  } catch {
    throw new StartError(
      '证书或密钥文件不是有效的 PEM,或二者不相配。The files of --certificate, --key-file and --authority are no PEM, or the key is not that of the certificate.',
    );
  }
  return options;
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new StartError(`文件 ${file} 无法读取。The file ${file} of --${option} cannot be read.`);
  }
}
