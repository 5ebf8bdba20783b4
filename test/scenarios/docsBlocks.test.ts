import { describeSamples } from '../docs/describePage.ts';
import { all, blocks } from '../docs/olderBlocks.ts';
import { runsOf, typed } from '../docs/olderSamples.ts';

/** The commands of pages that show no session: each ends as it should, after what the block needs. */
for (const block of blocks.filter(({ shared }) => shared === undefined)) {
  const runs = runsOf(block, blocks);
  if (runs.length > 0) describeSamples(`${block.page}: ${block.from}`, runs);
}

const shared = blocks.filter((block) => block.shared);
describeSamples('pages about webapp behind three endpoints', [
  ...all.map(typed),
  ...shared.flatMap((block) => runsOf(block, blocks)),
]);
