import type { Secrets } from '#platform/secrets.ts';
import type { KeyForm, KeySession, MacMode, SignedBytes } from './key-service.ts';
import { type KeySet, type OpenedSeed, openKeySet } from './key-set.ts';
import { openSeed } from './sealed-keys.ts';
import type { KeyRow, UsedKeys } from './store.ts';

/** What one terminal's row says, opened. */
export interface KnownKeys {
  readonly used: KeySet | null;
  readonly offered: Offered | null;
  /** Of the row; below those that there are where there is none. */
  readonly revision: number;
}

interface Offered extends OpenedSeed {
  /** The sets that it may be used as in a mode; made when a message fits no other. */
  setsIn(mode: MacMode): readonly KeySet[];
}

export type KeySecrets = Pick<Secrets, 'sealKey' | 'openKey' | 'pinCheck'>;

const noRow = -1;
const forms: readonly KeyForm[] = ['003', '001', '004'];

/** Opens a row; what is known of it from before stays as it is, with its ciphers. */
export function openRow(secrets: KeySecrets, row: KeyRow | null, before: KnownKeys | undefined): KnownKeys {
  if (row === null) return { used: null, offered: null, revision: noRow };
  // What was asked for earlier may be answered later.
  if (before !== undefined && before.revision >= row.revision) return before;
  return {
    used: row.used === null ? null : openUsed(secrets, { ...row, used: row.used }, before),
    offered: row.offeredSealed === null ? null : openOffered(secrets, row.terminalId, row.offeredSealed),
    revision: row.revision,
  };
}

function openUsed(
  secrets: KeySecrets,
  { terminalId, used }: { readonly terminalId: number; readonly used: UsedKeys },
  before: KnownKeys | undefined,
): KeySet {
  const known = before?.used;
  if (known?.sealed.equals(used.sealed)) return known;
  // Those that were on offer a moment ago, with the cipher that proved them.
  const { offered = null } = before ?? {};
  const proved = offered?.sealed.equals(used.sealed) ? offered.setsIn(used.mode) : [];
  const taken = proved.find(({ form }) => form === used.form);
  if (taken !== undefined) return taken;
  const opened = { sealed: used.sealed, seed: openSeed(secrets, terminalId, used.sealed) };
  return openKeySet(opened, used, secrets.pinCheck);
}

function openOffered(secrets: KeySecrets, terminalId: number, sealed: Buffer): Offered {
  const opened = { sealed, seed: openSeed(secrets, terminalId, sealed) };
  const sets = new Map<MacMode, readonly KeySet[]>();
  return {
    ...opened,
    setsIn: (mode) => {
      const made = sets.get(mode);
      if (made !== undefined) return made;
      const all = forms.map((form) => openKeySet(opened, { form, mode }, secrets.pinCheck));
      sets.set(mode, all);
      return all;
    },
  };
}

export type Judgement =
  | { readonly kind: 'used'; readonly session: KeySession }
  /** A message under offered keys: they take the place of those in use, before it is admitted. */
  | { readonly kind: 'offered'; readonly set: KeySet }
  | { readonly kind: 'none'; readonly refusal: 'not-signed-on' | 'mac-wrong' };

/** Under which of the known keys a message stands. Keys of one mode never judge another's. */
export function judgeMac(known: KnownKeys, mode: MacMode, signed: SignedBytes): Judgement {
  const { used, offered } = known;
  if (used !== null && used.mode === mode && used.fits(signed)) return { kind: 'used', session: used };
  const set = offered?.setsIn(mode).find((found) => found.fits(signed));
  if (set !== undefined) return { kind: 'offered', set };
  const refusal = used === null && offered === null ? 'not-signed-on' : 'mac-wrong';
  return { kind: 'none', refusal };
}
