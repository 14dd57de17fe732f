import { auditList } from './audit-list.ts';
import { daysList, itemsList, netsList } from './day-lists.ts';
import type { List } from './list.ts';
import { participantsList, terminalsList } from './place-lists.ts';
import { suspendedLists } from './suspended-lists.ts';
import { moneyTermLists } from './term-lists-money.ts';
import { transitTermLists } from './term-lists-transit.ts';

/** Every list there is. */
export const allLists: readonly List[] = [
  participantsList,
  terminalsList,
  ...transitTermLists,
  ...moneyTermLists,
  daysList,
  netsList,
  itemsList,
  ...suspendedLists,
  auditList,
];
