import type { CardRef } from '#cards/store.ts';
import { httpApp } from '#channels/http/app.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { serveHttp } from '#channels/http/serve.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import { seedPlaces } from '#demo/seed.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Log } from '#platform/log.ts';
import { holderPages } from '#start/pages/holder-pages.ts';
import { holderPorts } from '#start/pages/holder-ports.ts';
import { staffPages } from '#start/pages/staff-pages.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { type HolderCard, issueHolderCards } from './holder-cards.ts';
import { startTownBank, startUtilities } from './holder-errands.ts';
import { enrolHostileShop, liveSomeDays } from './holder-life.ts';

/** A town whose holders have pages, on a port of 127.0.0.1 and without one. */
export interface HolderTown {
  readonly address: string;
  readonly app: ReturnType<typeof httpApp>;
  readonly parts: HttpParts;
  readonly cards: Readonly<Record<HolderCard, CardRef>>;
  readonly owner: HttpTown['owner'];
  /** The same pages as they are behind this address. */
  behind(publicUrl: string): HolderTown['app'];
  /** Lets the waits between wrong tries be over; what was tried stays tried. */
  passDelays(): Promise<void>;
  close(): Promise<void>;
}

export interface HolderTownOptions {
  readonly log?: Log;
  /** What the staff pages show of the books. */
  readonly readLamp?: StaffParts['readLamp'];
}

/**
 * The demonstration's Hainan with a stand-in bank and stand-in utilities behind ports, and holders who live in it:
 * everything that the pages are told comes from the rooms that tell it in the service.
 */
export async function openHolderTown(url: string, options: HolderTownOptions = {}): Promise<HolderTown> {
  const { log, readLamp } = options;
  const firstDay = hainanDay(Date.now());
  const size = { merchants: 1, cards: 1, firstDay };
  const house = await openHttpTown(url, { ...size, ...(log === undefined ? {} : { log }) });
  const { owner, parts, seal } = house;
  await seedPlaces(owner, parts.secrets);
  await enrolHostileShop(owner, seal);
  const utilities = await startUtilities(owner, seal);
  const bank = await startTownBank(owner, seal);
  await parts.clearing.reference.refresh();
  const cards = await issueHolderCards(parts);
  await liveSomeDays({ parts, cards, utilities });
  const behind = (publicUrl: string | undefined) => {
    const pages = holderPages({ ...parts, publicUrl }, holderPorts(parts));
    return httpApp(parts, [
      pages,
      staffPages(parts, {
        publicUrl,
        proxyAddress: undefined,
        ...(readLamp === undefined ? {} : { readLamp }),
      }),
    ]);
  };
  const app = behind(undefined);
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, limits: { drainMs: 1_000 } });
  const delays = `update access.sign_in_failures set next_try_at = '-infinity' where locked_until is null`;
  return {
    ...{ address: `http://127.0.0.1:${server.port}`, app, parts, cards, owner, behind },
    passDelays: async () => {
      await owner.run({ name: 'testing-pass-delays', text: delays });
    },
    close: async () => {
      await server.stop();
      await house.close();
      await bank.stop();
      await Promise.all([...utilities.values()].map((utility) => utility.stop()));
    },
  };
}
