import { type Product, readProducts } from '#cards/products.ts';
import { choiceOf, textOf } from '#channels/pages/staff/rules/list-query.ts';
import { pieceOf } from '#channels/pages/staff/rules/piece-of.ts';
import { purses } from '#ledger/rules/accounts.ts';
import type { Institution } from '#sectors/medical/rules/settle.ts';
import { readInstitutions } from '#sectors/medical/store.ts';
import type { PurseRule } from '#sectors/rules/purse-rules.ts';
import type { Limit } from '#sectors/shops/rules/limits.ts';
import type { MccRule } from '#sectors/shops/rules/merchant-categories.ts';
import { readLimits, readMccRules } from '#sectors/shops/store.ts';
import { readPurseRules } from '#sectors/store.ts';
import type { LoadRule } from '#sectors/top-up/rules/load.ts';
import { readRules } from '#sectors/top-up/store.ts';
import { badge, count, money, mono, participant, text, word, words, yesNo } from './cells.ts';
import { type List, listOf } from './list.ts';
import { participantFilter, sectorFilter } from './place-lists.ts';
import { padded, termsOf } from './term-lists.ts';

const productPattern = /^([a-z][a-z-]{0,31}|\*)$/;
const byProduct = {
  ...textOf('product', productPattern),
  of: ({ product }: { readonly product: string }) => product,
};
const byParticipant = {
  ...participantFilter,
  of: ({ participantId }: { readonly participantId: number }) => String(participantId),
};

/** What may be spent and loaded, with what, and where. */
export const moneyTermLists: readonly List[] = [
  termsOf<Limit>({
    path: '/staff/terms/shop-limits',
    read: readLimits,
    thingOf: ({ product }) => product,
    filters: [byProduct],
    columns: [
      { name: 'product', cell: ({ product }) => mono(product) },
      { name: 'perPayment', cell: ({ perPaymentFen }) => money(perPaymentFen) },
      { name: 'perDay', cell: ({ perDayFen }) => money(perDayFen) },
      { name: 'pinFree', cell: ({ pinFreeFen }) => money(pinFreeFen) },
    ],
  }),
  termsOf<MccRule>({
    path: '/staff/terms/shop-categories',
    read: readMccRules,
    thingOf: ({ product, mcc }) => `${product} ${mcc}`,
    filters: [byProduct],
    columns: [
      { name: 'product', cell: ({ product }) => mono(product) },
      { name: 'mcc', cell: ({ mcc }) => mono(mcc) },
      { name: 'verdict', cell: ({ verdict }, context) => badge(context, 'verdict', verdict) },
      { name: 'perPayment', cell: ({ perPaymentFen }) => money(perPaymentFen) },
      { name: 'perDay', cell: ({ perDayFen }) => money(perDayFen) },
    ],
  }),
  termsOf<PurseRule>({
    path: '/staff/terms/purse-rules',
    read: async (session) => [...(await readPurseRules(session)).values()].flat(),
    thingOf: ({ sector, mcc }) => `${sector} ${mcc}`,
    filters: [{ ...sectorFilter, of: ({ sector }) => sector }],
    columns: [
      { name: 'sector', cell: ({ sector }, context) => word(context, 'sector', sector) },
      { name: 'mcc', cell: ({ mcc }) => mono(mcc) },
      { name: 'purses', cell: (row, context) => words(context, 'purse', row.purses) },
      { name: 'split', cell: ({ split }, context) => word(context, 'yesNo', yesNo(split)) },
    ],
  }),
  termsOf<LoadRule>({
    path: '/staff/terms/loads',
    read: readRules,
    thingOf: ({ participantId, purse }) => `${padded(participantId)} ${purse}`,
    filters: [byParticipant, { ...choiceOf('purse', purses), of: ({ purse }) => purse }],
    columns: [
      { name: 'participant', cell: ({ participantId }, context) => participant(context, participantId) },
      { name: 'purse', cell: ({ purse }, context) => word(context, 'purse', purse) },
      { name: 'perPayment', cell: ({ perLoadFen }) => money(perLoadFen) },
      { name: 'balanceMax', cell: ({ balanceMaxFen }) => money(balanceMaxFen) },
    ],
  }),
  termsOf<Institution>({
    path: '/staff/terms/medical',
    read: readInstitutions,
    thingOf: ({ participantId }) => padded(participantId),
    filters: [byParticipant],
    columns: [
      { name: 'participant', cell: ({ participantId }, context) => participant(context, participantId) },
      { name: 'kind', cell: ({ kind }, context) => word(context, 'institution', kind) },
      { name: 'pooledFund', cell: ({ pooledFundId }, context) => participant(context, pooledFundId) },
      { name: 'mutualAid', cell: ({ mutualAidId }, context) => participant(context, mutualAidId) },
    ],
  }),
  listOf<Product>({
    path: '/staff/terms/products',
    filters: [textOf('product', productPattern)],
    afterPattern: productPattern,
    afterOf: ({ code }) => code,
    read: async ({ session }, { said, after, limit }) => {
      const all = [...(await readProducts(session)).values()];
      const wanted = all.filter(({ code }) => (said['product'] ?? code) === code);
      return pieceOf(wanted, ({ code }) => code, { after, limit });
    },
    columns: [
      { name: 'code', cell: ({ code }) => mono(code) },
      { name: 'name', cell: ({ name }) => text(name) },
      { name: 'nameEn', cell: ({ nameEn }) => text(nameEn) },
      { name: 'validity', cell: ({ validityYears }) => count(validityYears) },
      { name: 'lossDays', cell: ({ temporaryLossDays }) => count(temporaryLossDays) },
      { name: 'purses', cell: (row, context) => words(context, 'purse', row.purses) },
    ],
  }),
];
