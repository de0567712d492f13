import { asyncApiDocument } from '@perfwatch/gateway';
import { expect, it } from 'vitest';

it('docs/asyncapi.json is what the contract says (renew it with `npm run test:unit -- tools/asyncapi -u`)', async () => {
  await expect(`${JSON.stringify(asyncApiDocument(), null, 2)}\n`).toMatchFileSnapshot('../docs/asyncapi.json');
});
