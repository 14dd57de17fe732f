import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './files/make-folder.ts';
import { createSecretFile } from './files/secret-file.ts';
import { StartError } from './start-error.ts';

/** What the master key is good for. The key itself does not leave this file. */
export interface Secrets {
  /** 16 bytes under which a card number is found without being stored. */
  cardNumberDigest(number: string): Buffer;
  /** 16 bytes under which a person is found by the social-security number. */
  personDigest(idNumber: string): Buffer;
  /** 8 bytes that stand for a card on the hot list; a terminal makes the same from `hotListKey`. */
  hotMark(cardNumber: string): Buffer;
  /** What terminals are given to compare cards with the hot list: HMAC-SHA256 over the number, its first 8 bytes. */
  hotListKey(): Buffer;
  /** 16 bytes that a payment PIN is verified by (as an HSM's PIN verification value): useless without the key. */
  pinCheck(cardAccountId: bigint, pin: string): Buffer;
  /** What of a password is hashed and kept: without the key nobody can try six digits on a stolen hash. */
  passwordPepper(subject: string, password: string): Buffer;
  /** 16 bytes that stand for whoever tries to sign in, known or not. */
  subjectDigest(subject: string): Buffer;
  /** Encrypts a person's data; `openPersonal` opens it. Another key than the terminals'. */
  sealPersonal(plain: string): Buffer;
  openPersonal(sealed: Buffer): string;
  /** Encrypts what staff sign in with; `openStaff` opens it. */
  sealStaff(plain: Buffer): Buffer;
  openStaff(sealed: Buffer): Buffer;
  /** A name for Redis that does not tell what it stands for. */
  redisName(text: string): string;
  /** Encrypts a terminal's key: version byte, nonce, tag, cipher text. The same plain text never seals alike. */
  seal(plain: Buffer): Buffer;
  /** Opens what `seal` made; throws if it was changed or sealed under another key. */
  open(sealed: Buffer): Buffer;
  /** Encrypts a key that a POS terminal uses (master or working key); `openKey` opens it. Another key than `seal`'s. */
  sealKey(plain: Buffer): Buffer;
  openKey(sealed: Buffer): Buffer;
  /** Encrypts what webhooks are signed with; `openWebhook` opens it. */
  sealWebhook(plain: Buffer): Buffer;
  openWebhook(sealed: Buffer): Buffer;
  /** Encrypts what a browser keeps for us and cannot read; `openCookie` opens it. */
  sealCookie(plain: Buffer): Buffer;
  openCookie(sealed: Buffer): Buffer;
  /** 32 bytes for a demonstration's sign-in, the same at every start; nothing else may be derived from it. */
  demoSecret(label: string): Buffer;
  /** 16 hexadecimal digits that tell two master keys apart and reveal neither. */
  keyCheckValue(): string;
}

const keyPattern = /^[0-9a-fA-F]{64}$/;
const digestBytes = 16;
const hotMarkBytes = 8;
const sealVersion = Buffer.from([1]);
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Opens the secrets of the master key given, or of the one in the data folder, which the first start makes
 * (0600). Instances that share a database need the same key: compare `keyCheckValue` before serving.
 */
export function openSecrets(source: { masterKeyHex?: string | undefined; dataDir: string }): Secrets {
  const masterKey = Buffer.from(source.masterKeyHex ?? readOrCreateKey(source.dataDir), 'hex');
  if (masterKey.length !== 32) throw new Error('the master key has 32 bytes');
  // As key objects: with plain bytes each HMAC would cost seven times as much.
  const digestKey = createSecretKey(subkey(masterKey, 'card-number-index'));
  const wrapKey = subkey(masterKey, 'terminal-key-wrap');
  const nameKey = createSecretKey(subkey(masterKey, 'redis-name'));
  const personKey = createSecretKey(subkey(masterKey, 'person-index'));
  const hotListKey = subkey(masterKey, 'hot-list');
  const hotKey = createSecretKey(hotListKey);
  const pinKey = createSecretKey(subkey(masterKey, 'pin-check'));
  const passwordKey = createSecretKey(subkey(masterKey, 'password-pepper'));
  const subjectKey = createSecretKey(subkey(masterKey, 'sign-in-subject'));
  const personalKey = subkey(masterKey, 'personal-data');
  const staffKey = subkey(masterKey, 'staff-secret');
  const posKey = subkey(masterKey, 'pos-key-wrap');
  const webhookKey = subkey(masterKey, 'webhook-key-wrap');
  const cookieKey = subkey(masterKey, 'cookie');
  const checkValue = subkey(masterKey, 'key-check').subarray(0, 8).toString('hex');
  return {
    cardNumberDigest: (number) => hmac(digestKey, number),
    personDigest: (idNumber) => hmac(personKey, idNumber),
    hotMark: (number) => hmac(hotKey, number).subarray(0, hotMarkBytes),
    hotListKey: () => Buffer.from(hotListKey),
    pinCheck: (cardAccountId, pin) => hmac(pinKey, `${cardAccountId} ${pin}`),
    passwordPepper: (subject, password) => hmac(passwordKey, `${subject}\n${password}`),
    subjectDigest: (subject) => hmac(subjectKey, subject),
    sealPersonal: (plain) => seal(personalKey, Buffer.from(plain, 'utf8')),
    openPersonal: (sealed) => open(personalKey, sealed).toString('utf8'),
    sealStaff: (plain) => seal(staffKey, plain),
    openStaff: (sealed) => open(staffKey, sealed),
    redisName: (text) => hmac(nameKey, text).toString('base64url'),
    seal: (plain) => seal(wrapKey, plain),
    open: (sealed) => open(wrapKey, sealed),
    sealKey: (plain) => seal(posKey, plain),
    openKey: (sealed) => open(posKey, sealed),
    sealWebhook: (plain) => seal(webhookKey, plain),
    openWebhook: (sealed) => open(webhookKey, sealed),
    sealCookie: (plain) => seal(cookieKey, plain),
    openCookie: (sealed) => open(cookieKey, sealed),
    demoSecret: (label) => subkey(masterKey, `demo/${label}`),
    keyCheckValue: () => checkValue,
  };
}

const keyFile = (dataDir: string) => join(dataDir, 'master.key');

/** Whether there is a key without one being made. */
export function hasMasterKey(source: { masterKeyHex?: string | undefined; dataDir: string }): boolean {
  return source.masterKeyHex !== undefined || existsSync(keyFile(source.dataDir));
}

function readOrCreateKey(dataDir: string): string {
  makeFolder(dataDir);
  const file = keyFile(dataDir);
  const key = createSecretFile(file, randomBytes(32).toString('hex'));
  if (!keyPattern.test(key)) throw new StartError(`The file ${file} does not hold a master key: restore it.`);
  return key;
}

/** One key per purpose (HKDF, RFC 5869), so that none can stand in for another. */
function subkey(masterKey: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `one-card/${label}`, 32));
}

function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, digestBytes);
}

function seal(key: Buffer, plain: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(sealVersion);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([sealVersion, nonce, cipher.getAuthTag(), body]);
}

function open(key: Buffer, sealed: Buffer): Buffer {
  const bodyStart = 1 + nonceBytes + tagBytes;
  if (sealed.length < bodyStart || sealed[0] !== sealVersion[0]) throw new Error('not a sealed value');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(sealVersion).setAuthTag(sealed.subarray(1 + nonceBytes, bodyStart));
  return Buffer.concat([decipher.update(sealed.subarray(bodyStart)), decipher.final()]);
}
