import type { ChosenStaff } from '#access/staff/enrol-staff.ts';
import { codeSecretBytes, codeUri } from '#access/staff/one-time-codes.ts';
import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { MasterKey } from '#terminals/keys/rules/working-keys.ts';
import { sealMasterKey } from '#terminals/keys/sealed-keys.ts';
import type { SealedMasterKey } from '#terminals/keys/store.ts';
import { cardNumber, posting, terminalId, terminalsPerParticipant } from './hainan.ts';

export interface DemoTerminal {
  readonly terminalId: number;
  readonly participant: string;
  readonly participantEn: string;
  readonly sector: string;
  /** Its signing key in hex. */
  readonly key: string;
  /** Its number as a merchant, as ISO 8583 carries it in field 42. */
  readonly merchantNumber: string;
  /** Its master key (triple DES) in hex, under which it gets working keys when it signs on. */
  readonly masterKey: string;
}

interface DemoHolder {
  readonly cardNumber: string;
  readonly cardAccountId: string;
  readonly token: string;
  readonly queryPassword: string;
  readonly paymentPin: string;
}

interface DemoParticipant {
  readonly participantId: number;
  readonly name: string;
  readonly nameEn: string;
  /** With which it reads its own figures and is told by webhooks. */
  readonly apiKey: string;
}

interface DemoStaffSignIn {
  readonly name: string;
  readonly role: string;
  readonly password: string;
  /** For an authenticator app. */
  readonly otpauthUri: string;
}

/** How to sign in to the demonstration: the same at every start, since all of it follows from the master key. */
export interface DemoSignIns {
  readonly financeToken: string;
  readonly staff: readonly DemoStaffSignIn[];
  readonly holders: readonly DemoHolder[];
  readonly terminals: readonly DemoTerminal[];
  readonly participants: readonly DemoParticipant[];
}

const holderCount = 20;
export const demoQueryPassword = '246813';
export const demoPaymentPin = '135790';
const demoPasswordLength = 16;
const merchantNumberDigits = 15;
const masterKeyBytes = 16;

/** One administrator, two who propose, two who check, one who reads: by number, name and role. */
const people = [
  { id: 1n, name: 'administrator-1', displayName: '系统管理员', role: 'administrator' },
  { id: 2n, name: 'operator-1', displayName: '运营经办一', role: 'operator' },
  { id: 3n, name: 'finance-1', displayName: '财务复核一', role: 'finance' },
  { id: 4n, name: 'operator-2', displayName: '运营经办二', role: 'operator' },
  { id: 5n, name: 'finance-2', displayName: '财务复核二', role: 'finance' },
  { id: 6n, name: 'auditor-1', displayName: '审计员', role: 'auditor' },
] as const;

/** The demonstration's staff with their secrets, the same at every start. */
export function demoStaff(secrets: Secrets): ChosenStaff[] {
  return people.map((person) => ({
    ...person,
    password: secrets
      .demoSecret(`staff password ${person.name}`)
      .toString('base64url')
      .slice(0, demoPasswordLength),
    codeSecret: secrets.demoSecret(`staff code ${person.name}`).subarray(0, codeSecretBytes),
  }));
}

/** The master key of a terminal of the demonstration, the same at every start. */
export function demoMasterKey(secrets: Secrets, terminal: number): MasterKey {
  const key = secrets.demoSecret(`terminal master ${terminal}`).subarray(0, masterKeyBytes);
  return { algorithm: '3des', key };
}

/** That key as it is kept. */
export function demoSealedMasterKey(secrets: Secrets, terminal: number): SealedMasterKey {
  const master = demoMasterKey(secrets, terminal);
  const { algorithm } = master;
  return { terminalId: terminal, algorithm, sealed: sealMasterKey(secrets, terminal, master) };
}

/** The sign-ins of a demonstration; they follow from the master key, so each start has the same. */
export function demoSignIns(secrets: Secrets): DemoSignIns {
  const places = Array.from({ length: terminalsPerParticipant }, (_, i) => i + 1);
  return {
    financeToken: secrets.demoSecret('finance').toString('base64url'),
    staff: demoStaff(secrets).map(({ name, role, password, codeSecret }) => ({
      name,
      role,
      password,
      otpauthUri: codeUri(codeSecret, name),
    })),
    holders: Array.from({ length: holderCount }, (_, card) => ({
      cardNumber: cardNumber(card),
      cardAccountId: String(firstCardAccountId + BigInt(card)),
      token: secrets.demoSecret(`holder ${card}`).toString('base64url'),
      queryPassword: demoQueryPassword,
      paymentPin: demoPaymentPin,
    })),
    participants: posting.map(({ id: participantId, name, nameEn }) => ({
      ...{ participantId, name, nameEn },
      apiKey: secrets.demoSecret(`participant ${participantId}`).toString('base64url'),
    })),
    terminals: posting.flatMap((participant) =>
      places.map((place) => ({
        terminalId: terminalId(participant.id, place),
        participant: participant.name,
        participantEn: participant.nameEn,
        sector: participant.sector,
        key: secrets.demoSecret(`terminal ${terminalId(participant.id, place)}`).toString('hex'),
        merchantNumber: String(participant.id).padStart(merchantNumberDigits, '0'),
        masterKey: Buffer.from(demoMasterKey(secrets, terminalId(participant.id, place)).key).toString('hex'),
      })),
    ),
  };
}
