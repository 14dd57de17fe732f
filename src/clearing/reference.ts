import { readParticipants } from '#participants/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { sectors } from '#sectors/all.ts';
import { readPurseRules } from '#sectors/store.ts';
import { readTerminals } from '#terminals/store.ts';
import type { Reference } from './rules/state.ts';

const versionText: Statement = {
  name: 'clearing-reference-version',
  text: 'select version from platform.reference_version',
};

/** Reference data in memory. Every group checks its version in its own transaction, so no group is decided by an old one. */
export interface ReferenceKeeper {
  current(): Reference;
  /** Reads everything anew; called when a group met a newer version. */
  reload(): Promise<Reference>;
  /** Reads everything anew if the version has changed. */
  refresh(): Promise<void>;
}

/** Reads the reference data and keeps it. The version is read first: what changes meanwhile is read again. */
export async function keepReference(session: Session): Promise<ReferenceKeeper> {
  let reference = await read(session);
  let reloading: Promise<Reference> | null = null;
  const reload = () => {
    reloading ??= read(session)
      .then((fresh) => {
        reference = fresh;
        return fresh;
      })
      .finally(() => {
        reloading = null;
      });
    return reloading;
  };
  return {
    current: () => reference,
    reload,
    refresh: async () => {
      if ((await readVersion(session)) !== reference.version) await reload();
    },
  };
}

async function readVersion(session: Session): Promise<bigint> {
  return (await session.run(versionText)).rows[0]?.[0] as bigint;
}

async function read(session: Session): Promise<Reference> {
  const version = await readVersion(session);
  const [terminals, participants, purseRules, tariffs] = await Promise.all([
    readTerminals(session),
    readParticipants(session),
    readPurseRules(session),
    Promise.all(sectors.map(async (sector) => [sector.name, await sector.readTariffs(session)] as const)),
  ]);
  return { version, terminals, participants, purseRules, tariffs: new Map(tariffs) };
}
