import { describePage } from '../docs/describePage.ts';

/** A reader follows the documentation from the first line to the last (docs/README.md). */
describePage('docs/tutorial.md');
describePage('docs/reference/exit-codes.md');
