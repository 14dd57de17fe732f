import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import type { Secrets } from '#platform/secrets.ts';
import { cardNumber, posting, terminalId, terminalsPerParticipant } from './hainan.ts';

export interface DemoTerminal {
  readonly terminalId: number;
  readonly participant: string;
  readonly participantEn: string;
  readonly sector: string;
  /** Its signing key in hex. */
  readonly key: string;
}

export interface DemoHolder {
  readonly cardNumber: string;
  readonly cardAccountId: string;
  readonly token: string;
}

/** How to sign in to the demonstration: the same at every start, since all of it follows from the master key. */
export interface DemoSignIns {
  readonly financeToken: string;
  readonly holders: readonly DemoHolder[];
  readonly terminals: readonly DemoTerminal[];
}

const holderCount = 20;

export function demoSignIns(secrets: Secrets): DemoSignIns {
  const places = Array.from({ length: terminalsPerParticipant }, (_, i) => i + 1);
  return {
    financeToken: secrets.demoSecret('finance').toString('base64url'),
    holders: Array.from({ length: holderCount }, (_, card) => ({
      cardNumber: cardNumber(card),
      cardAccountId: String(firstCardAccountId + BigInt(card)),
      token: secrets.demoSecret(`holder ${card}`).toString('base64url'),
    })),
    terminals: posting.flatMap((participant) =>
      places.map((place) => ({
        terminalId: terminalId(participant.id, place),
        participant: participant.name,
        participantEn: participant.nameEn,
        sector: participant.sector,
        key: secrets.demoSecret(`terminal ${terminalId(participant.id, place)}`).toString('hex'),
      })),
    ),
  };
}
