/** How the town of a load test is numbered: what `src/testing/town.ts` and `loadtest/k6/world.ts` build, computed again here. */
export const cardNumber = (card: number) => `9${String(card).padStart(15, '0')}`;
export const cardAccountId = (card: number) => String(1_000_000 + card);
export const shopTerminal = (shop: number) => 10_000_000 + shop;
export const gateTerminal = (gate: number) => 90_100_000 + gate;
export const holderToken = (card: number) => `holder-token-of-the-load-test-${String(card).padStart(8, '0')}`;
/** What the key of a terminal is the SHA-256 of. */
export const terminalKeyText = (terminalId: number) => `bench terminal ${terminalId}`;
export const utilityIds = [400_001, 400_002, 400_003] as const;
