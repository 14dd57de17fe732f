import type { RecordLook } from '#audit/looks.ts';
import type { ResolveCard } from '#cards/resolve.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import type { Codec } from '#iso8583/codec.ts';
import type { Log } from '#platform/log.ts';
import type { Session } from '#platform/postgres.ts';
import type { BatchDesk } from '#terminals/batches/desk.ts';
import type { KeyService, MacMode } from '#terminals/keys/key-service.ts';

/** What the channel of ISO 8583 is built from, whatever its listeners speak. */
export interface PosParts {
  readonly clearing: Pick<Clearing, 'submit' | 'reference'>;
  readonly keys: KeyService;
  readonly batches: BatchDesk;
  readonly resolveCard: ResolveCard;
  readonly provePin: ProvePin;
  /** For look-ups that a terminal waits for. */
  readonly session: Session;
  /** Puts a look at a balance into the audit trail, before anything is shown. */
  readonly recordLook: RecordLook;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** A PIN as it was typed once: what the typing is known by, and the check value that the key service makes of it. */
export interface TypedPin {
  readonly envelope: string;
  readonly check: () => Buffer | null | Promise<Buffer | null>;
}

/** The request with what its PIN proves. */
export type ProvePin = (request: Request, typed: TypedPin) => Promise<Request | 'pin-block-invalid'>;

/** What of a listener its messages are read and answered by. */
export interface PosListener {
  readonly name: string;
  readonly codec: Codec;
  readonly mac: MacMode | 'none';
  readonly logMessages: boolean;
}
