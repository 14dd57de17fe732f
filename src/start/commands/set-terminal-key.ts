import { randomBytes } from 'node:crypto';
import { systemActor } from '#audit/rules/event.ts';
import type { Config } from '#platform/config.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';
import type { KeyAlgorithm } from '#terminals/keys/key-service.ts';
import { checkValueOf, type MasterKey, splitKey, withOddParity } from '#terminals/keys/rules/working-keys.ts';
import { setMasterKey } from '#terminals/keys/set-master-key.ts';
import { readTerminals } from '#terminals/store.ts';
import { withOwner } from './with-owner.ts';

/** As a person writes it. */
export interface TerminalKeyOrder {
  readonly terminal: string;
  readonly algorithm: string;
  readonly replace: boolean;
}

const algorithms: readonly KeyAlgorithm[] = ['3des', 'sm4'];
const keyBytes = 16;

/**
 * Makes a POS terminal's master key at the machine and gives the text to show, once: two components that are XORed
 * in the terminal, so that neither of the two people who type them knows the key. Throws StartError for a terminal
 * that there is not, an algorithm that is none, and a key that is there and was not to be replaced.
 */
export async function setTerminalKey(config: Config, order: TerminalKeyOrder): Promise<string> {
  const algorithm = algorithms.find((found) => found === order.algorithm);
  if (algorithm === undefined) throw new StartError(`An algorithm is one of ${algorithms.join(', ')}.`);
  if (!/^\d{1,8}$/.test(order.terminal)) throw new StartError('A terminal has a number of up to 8 digits.');
  return withOwner(config, async (owner, secrets) => {
    const terminalId = Number(order.terminal);
    const master = makeMasterKey(algorithm);
    await keep(owner, secrets, { terminalId, master, replace: order.replace });
    return shownOnce(terminalId, master);
  });
}

function makeMasterKey(algorithm: KeyAlgorithm): MasterKey {
  const random = randomBytes(keyBytes);
  return { algorithm, key: algorithm === '3des' ? withOddParity(random) : random };
}

async function keep(
  owner: Pool,
  secrets: Secrets,
  given: { readonly terminalId: number; readonly master: MasterKey; readonly replace: boolean },
): Promise<void> {
  const { terminalId } = given;
  const known = (await readTerminals(sessionOf(owner))).has(terminalId);
  if (!known) throw new StartError(`没有终端 ${terminalId}。There is no terminal ${terminalId}.`);
  const done = await setMasterKey(owner, secrets, { ...given, actor: systemActor });
  if (done === 'has-one')
    throw new StartError(
      `终端 ${terminalId} 已有主密钥。Terminal ${terminalId} has a master key: say --replace to end it, and within a minute its working keys.`,
    );
}

function shownOnce(terminalId: number, { algorithm, key }: MasterKey): string {
  const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
  const check = (bytes: Uint8Array) => shown(checkValueOf(algorithm, bytes));
  const [one, other] = splitKey(key, randomBytes(keyBytes));
  return [
    `终端 ${terminalId} 的主密钥(${algorithm}),两个分量异或而成,仅显示一次。`,
    `The master key of terminal ${terminalId} (${algorithm}) is the XOR of its two components, shown once:`,
    `  分量一 component 1   ${shown(one)}   check value ${check(one)}`,
    `  分量二 component 2   ${shown(other)}   check value ${check(other)}`,
    `  主密钥校验值 check value of the key   ${check(key)}`,
    '',
  ].join('\n');
}
