import { createSecretKey, type KeyObject } from 'node:crypto';
import { refuseSignature, type SignatureRefusal, type SignedRequest } from './rules/signature.ts';
import { type SeenSignatures, seenSignatures } from './seen-signatures.ts';
import type { Terminal } from './store.ts';

export interface TerminalGate {
  /** The terminal that signed the request, or why it is not let in. */
  admit(
    request: SignedRequest & { readonly terminalId: string; readonly signature: string },
  ): Terminal | AdmitRefusal;
  /** Lets a signature be used again: its request was not decided. */
  giveBack(signature: string): void;
}

export type AdmitRefusal = SignatureRefusal | 'terminal-unknown' | 'signature-replayed';

export interface GateOptions {
  readonly terminals: () => ReadonlyMap<number, Terminal>;
  /** Opens a sealed key. */
  readonly open: (sealed: Buffer) => Buffer;
  readonly nowMs: () => number;
}

const signaturesPerGenerationMax = 2_000_000;

/** The gate that every signed request passes. Keys are opened once and kept only in memory. */
export function terminalGate({ terminals, open, nowMs }: GateOptions): TerminalGate {
  const seen: SeenSignatures = seenSignatures(signaturesPerGenerationMax);
  // By the sealed key itself, so that a terminal with a new key gets it at once.
  const keys = new WeakMap<Buffer, KeyObject>();
  const keyOf = (terminal: Terminal) => {
    let key = keys.get(terminal.keySealed);
    if (key === undefined) {
      key = createSecretKey(open(terminal.keySealed));
      keys.set(terminal.keySealed, key);
    }
    return key;
  };
  return {
    admit: (request) => {
      if (!/^\d{1,8}$/.test(request.terminalId)) return 'signature-missing';
      const terminal = terminals().get(Number(request.terminalId));
      if (terminal === undefined) return 'terminal-unknown';
      const refusal = refuseSignature(keyOf(terminal), request, nowMs());
      if (refusal !== null) return refusal;
      return seen.add(request.signature, nowMs()) ? terminal : 'signature-replayed';
    },
    giveBack: (signature) => seen.forget(signature),
  };
}
