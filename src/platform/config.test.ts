import { describe, expect, test } from 'vitest';
import { describeConfig, readConfig } from './config.ts';
import { StartError } from './start-error.ts';

const key = '0123456789abcdef'.repeat(4);

describe('the settings', () => {
  test('an empty environment starts with the defaults, and no secret has one', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      dataDir: undefined,
      databaseUrl: undefined,
      redisUrl: undefined,
      masterKeyHex: undefined,
      lanes: 2,
      spreadFrom: 64,
      webhookPrivateNetworks: false,
      groupSizeMax: 512,
      queueLengthMax: 8192,
      requestTimeoutMs: 10_000,
      drainSeconds: 5,
      clockSkewMaxMs: 1_000,
      watchSeconds: 15,
      logLevel: 'info',
      logRequests: false,
    });
  });

  test('an empty variable is one that is not set, and variables of others are not read', () => {
    expect(readConfig({ PORT: '', MASTER_KEY: '', PATH: '/bin' })).toEqual(readConfig({}));
  });

  test.each([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535.'],
    ['PORT', '80 80', 'PORT must be a whole number from 0 to 65535.'],
    ['PORT', '0x50', 'PORT must be a whole number from 0 to 65535.'],
    ['HOST', 'a b', 'HOST must be a host name or an IP address.'],
    ['POS_PORT', '65536', 'POS_PORT must be a whole number from 0 to 65535.'],
    ['POS_LISTENERS', 'listeners.json', 'POS_LISTENERS must be a file, from the root: /….'],
    ['PROXY_ADDRESS', 'proxy.example', 'PROXY_ADDRESS must be an IP address.'],
    ['DATA_DIR', 'data', 'DATA_DIR must be a folder, from the root: /….'],
    ['DATABASE_URL', 'mysql://x', 'DATABASE_URL must be an address like postgresql://user@host/database.'],
    ['REDIS_URL', 'http://x', 'REDIS_URL must be an address like redis://host:6379.'],
    ['MASTER_KEY', 'abc', 'MASTER_KEY must be 64 hexadecimal digits.'],
    ['LANES', '0', 'LANES must be a whole number from 1 to 64.'],
    ['GROUP_SIZE_MAX', '-1', 'GROUP_SIZE_MAX must be a whole number from 1 to 4096.'],
    ['QUEUE_LENGTH_MAX', '1.5', 'QUEUE_LENGTH_MAX must be a whole number from 1 to 1000000.'],
    ['REQUEST_TIMEOUT_MS', '99', 'REQUEST_TIMEOUT_MS must be a whole number from 100 to 120000.'],
    ['LOG_REQUESTS', 'true', 'LOG_REQUESTS must be yes or no.'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be debug, info, warn, error or silent.'],
  ])('%s that cannot be used is one sentence without its value', (name, value, sentence) => {
    expect(() => readConfig({ [name]: value })).toThrow(new StartError(sentence));
  });

  test('what is printed holds neither the key nor a password, wherever the address carries it', () => {
    const config = readConfig({
      MASTER_KEY: key,
      DATABASE_URL: 'postgresql://someone:s3cret@db:5432/one_card?password=s3cret',
      REDIS_URL: 'redis://:s3cret@cache:6379',
    });
    const printed = JSON.stringify(describeConfig(config));
    expect(printed).toContain('postgresql://db:5432/one_card');
    expect(printed).not.toMatch(/s3cret|0123456789abcdef/);
  });
});
