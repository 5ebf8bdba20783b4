import { describeSamples } from '../docs/describePage.ts';
import { blocks } from '../docs/olderBlocks.ts';
import { runsOf } from '../docs/olderSamples.ts';

/** The commands of pages that show no session: each ends as it should, after what the block needs. */
for (const block of blocks) {
  const runs = runsOf(block, blocks);
  if (runs.length > 0) describeSamples(`${block.page}: ${block.from}`, runs);
}
