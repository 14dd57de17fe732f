import { expect, test } from 'vitest';
import { staffTextsOf } from '#channels/pages/staff/texts/staff-texts.ts';
import { houseQueues } from './house-queues.ts';

test('whatever waits in the house has a name for staff in both languages', () => {
  const named = houseQueues.map(({ name }) => name).toSorted();
  for (const language of ['zh', 'en'] as const)
    expect(Object.keys(staffTextsOf[language].words.queue).toSorted()).toEqual(named);
});
