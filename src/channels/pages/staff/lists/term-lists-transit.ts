import { choiceOf, textOf } from '#channels/pages/staff/rules/list-query.ts';
import type { Cap } from '#sectors/transit/rules/cap.ts';
import type { ConcessionTerms } from '#sectors/transit/rules/concession.ts';
import type { Tariff } from '#sectors/transit/rules/fare.ts';
import type { DistanceFare } from '#sectors/transit/rules/full-fare.ts';
import type { PassProduct } from '#sectors/transit/rules/passes.ts';
import {
  readCaps,
  readConcessionTerms,
  readDistanceFares,
  readPassProducts,
  readTariffs,
} from '#sectors/transit/store.ts';
import { count, money, mono, participant, text, word } from './cells.ts';
import type { Column, List } from './list.ts';
import { participantFilter } from './place-lists.ts';
import { padded, termsOf } from './term-lists.ts';

interface OfOperator {
  readonly participantId: number;
}
const operatorColumn: Column<OfOperator> = {
  name: 'participant',
  cell: ({ participantId }, context) => participant(context, participantId),
};
const byOperator = { ...participantFilter, of: ({ participantId }: OfOperator) => String(participantId) };
const byLine = {
  ...textOf('line', /^([A-Z0-9]{1,8}|\*)$/),
  of: ({ line }: { readonly line: string }) => line,
};

/** What a ride costs. */
export const transitTermLists: readonly List[] = [
  termsOf<Tariff>({
    path: '/staff/terms/fares',
    read: readTariffs,
    thingOf: ({ participantId, line }) => `${padded(participantId)} ${line}`,
    filters: [byOperator, byLine],
    columns: [
      operatorColumn,
      { name: 'line', cell: ({ line }) => mono(line) },
      { name: 'fare', cell: ({ fareFen }) => money(fareFen) },
      { name: 'transferRate', cell: ({ transferRate }) => mono(transferRate) },
      { name: 'transferWindow', cell: ({ transferWindowMinutes }) => count(transferWindowMinutes) },
    ],
  }),
  termsOf<DistanceFare>({
    path: '/staff/terms/distance-fares',
    read: readDistanceFares,
    thingOf: ({ participantId, line }) => `${padded(participantId)} ${line}`,
    stepOf: ({ upToM }) => padded(upToM),
    filters: [byOperator, byLine],
    columns: [
      operatorColumn,
      { name: 'line', cell: ({ line }) => mono(line) },
      { name: 'upTo', cell: ({ upToM }) => count(upToM) },
      { name: 'fare', cell: ({ fareFen }) => money(fareFen) },
    ],
  }),
  termsOf<Cap>({
    path: '/staff/terms/caps',
    read: readCaps,
    thingOf: ({ participantId }) => padded(participantId),
    filters: [byOperator],
    columns: [operatorColumn, { name: 'perDay', cell: ({ perDayFen }) => money(perDayFen) }],
  }),
  termsOf<PassProduct>({
    path: '/staff/terms/passes',
    read: readPassProducts,
    thingOf: ({ participantId, code }) => `${padded(participantId)} ${code}`,
    filters: [byOperator, { ...choiceOf('kind', ['monthly', 'count']), of: ({ kind }) => kind }],
    columns: [
      operatorColumn,
      { name: 'code', cell: ({ code }) => mono(code) },
      { name: 'kind', cell: ({ kind }, context) => word(context, 'pass', kind) },
      { name: 'price', cell: ({ priceFen }) => money(priceFen) },
      { name: 'rides', cell: ({ rides }) => count(rides) },
      { name: 'validDays', cell: ({ validDays }) => count(validDays) },
      { name: 'lines', cell: ({ lines }) => text(lines.join(' ')) },
    ],
  }),
  termsOf<ConcessionTerms>({
    path: '/staff/terms/concessions',
    read: readConcessionTerms,
    thingOf: ({ participantId, category }) => `${padded(participantId)} ${category}`,
    filters: [byOperator, { ...textOf('category', /^[a-z]+(-[a-z0-9]+)*$/), of: ({ category }) => category }],
    columns: [
      operatorColumn,
      { name: 'category', cell: ({ category }) => mono(category) },
      { name: 'rate', cell: ({ rate }) => mono(rate) },
      { name: 'ridesPerMonth', cell: ({ ridesPerMonth }) => count(ridesPerMonth) },
      { name: 'beyondRate', cell: ({ beyondRate }) => mono(beyondRate) },
    ],
  }),
];
