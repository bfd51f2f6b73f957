import { expect, it } from '@jest/globals';
import { createImageMaker } from './image-maker.ts';

it('works on one picture at a time, has some wait, and refuses the rest before their content is read', async () => {
  const maker = createImageMaker();
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  let [atOnce, most, begun] = [0, 0, 0];
  const work = async () => {
    begun += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await isOver;
    atOnce -= 1;
  };
  const all = Promise.allSettled(Array.from({ length: 20 }, () => maker.inTurn(work)));
  end();
  const refused = (await all).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect([begun, most, refused.length]).toEqual([5, 1, 15]);
  for (const reason of refused) expect(reason).toMatchObject({ kind: 'unavailable', code: 'image.busy' });
});
