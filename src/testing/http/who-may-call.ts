import type { Role } from '#access/store.ts';

/** Who may come to a route of the interface. */
export type RouteCaller = 'nobody' | 'terminal' | Role;

const roles: readonly Role[] = ['administrator', 'operator', 'finance', 'auditor', 'holder', 'participant'];
export const routeCallers: readonly RouteCaller[] = ['nobody', 'terminal', ...roles];
const anybody = routeCallers;
export const staffRoles: readonly Role[] = ['administrator', 'operator', 'finance', 'auditor'];
const readsSubsidies: readonly Role[] = ['operator', 'finance', 'auditor', 'participant'];
const looksAtCards: readonly Role[] = ['holder', 'finance', 'auditor'];

/** Who may: the whole decision, in one place. A route that is not here fails roles.db.test.ts. */
export const mayCall: Readonly<Record<string, readonly RouteCaller[]>> = {
  'POST /v1/transactions': ['terminal'],
  'POST /v1/transactions/batch': ['terminal'],
  'POST /v1/holds': ['terminal'],
  'POST /v1/holds/{id}/captures': ['terminal'],
  'POST /v1/holds/{id}/void': ['terminal'],
  'POST /v1/transactions/{id}/void': ['terminal'],
  'POST /v1/transactions/{id}/refunds': ['terminal'],
  'POST /v1/reversals': ['terminal'],
  'POST /v1/card-inquiries': ['terminal'],
  'POST /v1/hot-list': ['terminal'],
  'POST /v1/bill-queries': ['terminal'],
  'POST /v1/bill-payments': ['terminal'],
  'POST /v1/bill-payments/inquiries': ['terminal'],
  'POST /v1/medical/pre-settlements': ['terminal'],
  'POST /v1/medical/settlements': ['terminal'],
  'POST /v1/medical/settlements/cancellations': ['terminal'],
  'POST /v1/medical/reversals': ['terminal'],

  'POST /v1/holder-sign-ins': anybody,
  'POST /v1/staff-sign-ins': anybody,
  'POST /v1/sign-outs': [...staffRoles, 'holder'],
  'POST /v1/staff/mine/password': staffRoles,

  'POST /v1/card-accounts/mine/query-password': ['holder'],
  'POST /v1/card-accounts/mine/payment-pin': ['holder'],
  'POST /v1/card-accounts/mine/loss-reports': ['holder'],
  'POST /v1/card-accounts/mine/loads': ['holder'],
  'POST /v1/card-accounts/mine/auto-top-up': ['holder'],
  'POST /v1/card-accounts/mine/auto-top-up/revocation': ['holder'],
  'GET /v1/card-accounts/mine/auto-top-up': ['holder'],
  'GET /v1/card-accounts/mine/loads/{id}': ['holder'],
  'GET /v1/card-accounts/{id}/balances': looksAtCards,
  'GET /v1/card-accounts/{id}/history': looksAtCards,
  'GET /v1/card-accounts/{id}/riding': looksAtCards,
  'GET /v1/card-accounts/{id}/subsidies': looksAtCards,

  'POST /v1/staff': ['administrator'],
  'GET /v1/staff': ['administrator'],
  'POST /v1/staff/{id}/lock': ['administrator'],
  'POST /v1/staff/{id}/reset': ['administrator'],
  'POST /v1/api-keys': ['administrator'],
  'POST /v1/api-keys/{id}/revocation': ['administrator'],
  'GET /v1/api-keys': ['administrator'],
  'POST /v1/utilities': ['administrator'],

  'POST /v1/sign-in-locks/release': ['operator'],
  'POST /v1/pin-locks/release': ['operator'],
  'POST /v1/query-password-resets': ['operator'],
  'POST /v1/card-applications': ['operator'],
  'POST /v1/cards': ['operator'],
  'POST /v1/cards/{id}/activation': ['operator'],
  'POST /v1/cards/{id}/steps': ['operator'],
  'POST /v1/cards/{id}/replacement': ['operator'],
  'POST /v1/card-searches': ['operator', 'auditor'],
  'GET /v1/cards/{id}': ['operator', 'auditor'],
  'POST /v1/compensations': ['operator'],
  'POST /v1/card-accounts/{id}/concessions': ['operator'],
  'POST /v1/card-accounts/{id}/bank-bindings': ['operator'],
  'POST /v1/load-orders/resumptions': ['operator'],
  'GET /v1/load-orders/failed': ['operator', 'finance', 'auditor'],

  'POST /v1/subsidy-programmes': ['operator'],
  'POST /v1/subsidy-programmes/{code}/batches': ['operator'],
  'POST /v1/subsidy-batches/{id}/corrections': ['operator'],
  'POST /v1/subsidy-batches/{id}/publication': ['operator'],
  'POST /v1/subsidy-batches/{id}/proposal': ['operator'],
  'POST /v1/subsidy-batches/{id}/withdrawal': ['operator'],
  // The second person: never who may propose.
  'POST /v1/subsidy-batches/{id}/decision': ['finance'],
  'POST /v1/subsidy-batches/{id}/run': ['operator', 'finance'],
  'GET /v1/subsidy-programmes': readsSubsidies,
  'GET /v1/subsidy-batches': readsSubsidies,
  'GET /v1/subsidy-batches/{id}': readsSubsidies,
  'GET /v1/subsidy-batches/{id}/lines': readsSubsidies,

  'POST /v1/business-days/{date}/close': ['finance'],
  'GET /v1/business-days/{date}': ['finance', 'auditor'],
  'GET /v1/business-days/{date}/nets': ['finance', 'auditor'],
  'GET /v1/books': ['finance', 'auditor'],
  'GET /v1/terminal-batches': ['finance', 'auditor'],
  'GET /v1/terminal-batches/{terminalId}/{batchNumber}': ['finance', 'auditor'],
  'GET /v1/utilities/{id}/day-files/{date}': ['finance', 'auditor', 'participant'],
  'GET /v1/participants/mine/days/{date}': ['participant'],
  'GET /v1/audit-events': ['auditor'],

  'GET /healthz': anybody,
  'GET /readyz': anybody,
  'GET /metrics': anybody,
  'GET /openapi.json': anybody,
  'GET /problems': anybody,
};
