import { describePage } from '../docs/describePage.ts';
import { sshdProgram } from '../support/sshd.ts';

/** A reader follows the documentation from the first line to the last (docs/README.md). */
describePage('docs/howto/tls-hosts.md');
describePage('docs/howto/ssh-hosts.md', { program: sshdProgram });
describePage('docs/howto/private-registry.md');
describePage('docs/howto/databases.md');
describePage('docs/howto/canary.md');
describePage('docs/howto/disaster.md');
