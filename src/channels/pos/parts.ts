import type { RecordLook } from '#audit/looks.ts';
import type { ResolveCard } from '#cards/resolve.ts';
import type { Clearing } from '#clearing/open.ts';
import type { TypedPin } from '#clearing/prove-pin.ts';
import type { Request } from '#clearing/request.ts';
import type { Log } from '#platform/log.ts';
import type { Session } from '#platform/postgres.ts';
import type { BatchDesk } from '#terminals/batches/desk.ts';
import type { KeyService } from '#terminals/keys/key-service.ts';
import type { Listener } from './listeners/listener.ts';

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

/** The request with what its PIN proves. */
type ProvePin = (request: Request, typed: TypedPin) => Promise<Request | 'pin-block-invalid'>;

/** What of a listener its messages are read and answered by. */
export type PosListener = Pick<Listener, 'name' | 'codec' | 'mac' | 'logMessages'>;
