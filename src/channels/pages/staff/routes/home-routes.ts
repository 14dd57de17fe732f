import { sectorTotals } from '#channels/pages/staff/rules/sector-totals.ts';
import { staffRoot } from '#channels/pages/staff/rules/staff-paths.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import { homeView } from '#channels/pages/staff/views/home-view.ts';
import { mayRead } from '#channels/pages/staff/who-may.ts';
import { findBusinessDay } from '#ledger/business-days.ts';
import { readNets } from '#settlement/day-report.ts';
import { countSuspended } from './count-suspended.ts';

/** The first page. */
export function addHomeRoutes({ parts, door }: StaffSite): void {
  door.page(staffRoot, async (c, visit) => {
    const { role } = visit.member;
    const seesBooks = mayRead(role, '/staff/nets');
    const [day, sectors, lamp, suspended] = await Promise.all([
      findBusinessDay(parts.session, 'current'),
      seesBooks ? readSectors(parts) : null,
      seesBooks ? parts.readLamp() : undefined,
      mayRead(role, '/staff/suspended') ? countSuspended(parts, visit) : [],
    ]);
    return c.html(homeView(visit, { nowMs: parts.nowMs(), day, sectors, lamp, suspended }));
  });
}

/** What the open day comes to so far, by sector. */
async function readSectors({ reports, clearing }: StaffParts) {
  const report = await readNets(reports, 'current');
  const { participants } = clearing.reference.current();
  const sectorOf = (participantId: number) => participants.get(participantId)?.sector ?? '';
  return sectorTotals((report?.nets ?? []).map((net) => ({ ...net, sector: sectorOf(net.participantId) })));
}
