import { type StaffRole, staffRoles } from '#access/staff/store.ts';

const everybody: readonly StaffRole[] = staffRoles;
const lookers: readonly StaffRole[] = ['operator', 'auditor'];
const operators: readonly StaffRole[] = ['operator'];
const books: readonly StaffRole[] = ['finance', 'auditor'];
const suspended: readonly StaffRole[] = ['operator', 'finance', 'auditor'];

/** The lists, and who may read them. Each has its page at its path and its file at the path's `/export`. */
export const mayList = {
  '/staff/participants': everybody,
  '/staff/terminals': everybody,
  '/staff/terms/fares': everybody,
  '/staff/terms/distance-fares': everybody,
  '/staff/terms/caps': everybody,
  '/staff/terms/passes': everybody,
  '/staff/terms/concessions': everybody,
  '/staff/terms/shop-limits': everybody,
  '/staff/terms/shop-categories': everybody,
  '/staff/terms/purse-rules': everybody,
  '/staff/terms/loads': everybody,
  '/staff/terms/medical': everybody,
  '/staff/terms/products': everybody,
  '/staff/days': books,
  '/staff/nets': books,
  '/staff/items': books,
  '/staff/suspended/loads': suspended,
  '/staff/suspended/bills': suspended,
  '/staff/suspended/batches': suspended,
  '/staff/suspended/lines': suspended,
  '/staff/suspended/terminal-batches': books,
  '/staff/audit': ['auditor'],
} as const satisfies Readonly<Record<string, readonly StaffRole[]>>;
export type ListPath = keyof typeof mayList;

/** The other pages, and who may look at them. */
export const mayOpen = {
  '/staff': everybody,
  '/staff/password': everybody,
  '/staff/cards': lookers,
  '/staff/cards/:id': lookers,
  '/staff/cards/:id/act/:act': operators,
  '/staff/day/:date': books,
  '/staff/day/:date/close': ['finance'],
  '/staff/suspended': suspended,
  '/staff/load/:account/:id': operators,
} as const satisfies Readonly<Record<string, readonly StaffRole[]>>;
export type PagePath = keyof typeof mayOpen;

/** The forms of whoever has signed in, and who may send them. */
export const maySend = {
  '/staff/password': everybody,
  '/staff/cards/search': lookers,
  '/staff/cards/:id/review': operators,
  '/staff/cards/:id/act': operators,
  '/staff/day/:date/close': ['finance'],
  '/staff/load/:account/:id/review': operators,
  '/staff/load/:account/:id/resume': operators,
} as const satisfies Readonly<Record<string, readonly StaffRole[]>>;
export type FormPath = keyof typeof maySend;

/** Whether somebody of this role may see what is at the path. */
export function mayRead(role: StaffRole, path: ListPath | PagePath): boolean {
  const who: readonly StaffRole[] = { ...mayList, ...mayOpen }[path];
  return who.includes(role);
}
