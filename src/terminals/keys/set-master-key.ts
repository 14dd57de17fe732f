import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import type { MasterKey } from './rules/working-keys.ts';
import { type KeyWrap, sealMasterKey } from './sealed-keys.ts';
import { insertMasterKeys, replaceMasterKey } from './store.ts';

export interface GivenMasterKey {
  readonly terminalId: number;
  readonly master: MasterKey;
  /** Whether one that is there gives way, and with it the working keys that came under it. */
  readonly replace: boolean;
  readonly actor: Actor;
}

/** Sets a terminal's master key, and notes who did. Needs the owner's pool, and a terminal that there is. */
export async function setMasterKey(
  owner: Pool,
  wrap: KeyWrap,
  { terminalId, master, replace, actor }: GivenMasterKey,
): Promise<'set' | 'replaced' | 'has-one'> {
  const { algorithm } = master;
  const kept = { terminalId, algorithm, sealed: sealMasterKey(wrap, terminalId, master) };
  return inTransaction(owner, async (client) => {
    const session = sessionOf(client);
    const isFirst = (await insertMasterKeys(session, [kept])) === 1;
    if (!isFirst && !replace) return 'has-one';
    if (!isFirst) await replaceMasterKey(session, kept);
    const done = isFirst ? 'set' : 'replaced';
    const act = `terminal-key-${done}`;
    await recordAudit(session, [{ actor, act, subject: `terminal ${terminalId}`, reason: algorithm }]);
    return done;
  });
}
