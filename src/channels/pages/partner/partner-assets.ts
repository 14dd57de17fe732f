import { join } from 'node:path';
import { assetOf, markOf, styleType } from '#channels/pages/assets.ts';
import { partnerRoot } from './partner-parts.ts';

/** The parts of the one stylesheet, in the order in which they count: the holder's, and what partners have besides. */
const shared = ['common', 'base', 'frame', 'content', 'forms'].map((sheet) => `../style/${sheet}.css`);

export const partnerStyle = assetOf({
  ...{ root: partnerRoot, name: 'partner.css', type: styleType },
  files: [...shared, 'style/partner.css'].map((file) => join(import.meta.dirname, file)),
});
export const partnerMark = markOf(partnerRoot);
export const partnerAssets = [partnerStyle, partnerMark];
