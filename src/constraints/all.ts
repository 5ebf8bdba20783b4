import type { Constraint } from './constraint.ts';
import { containerVersion } from './containerVersion.ts';
import { endpointOptionsRule } from './endpointOptions.ts';
import { endpointService } from './endpointService.ts';
import { heightTrees } from './heightTrees.ts';
import { hostCapacity } from './hostCapacity.ts';
import { hostKnown } from './hostKnown.ts';
import { hostLabels } from './hostLabels.ts';
import { hostLoss } from './hostLoss.ts';
import { links } from './links.ts';
import { memoryLimit } from './memoryLimit.ts';
import { names } from './names.ts';
import { ports } from './ports.ts';
import { profile } from './profile.ts';
import { serviceStacks } from './serviceStacks.ts';
import { stackHeight } from './stackHeight.ts';
import { stackHosts } from './stackHosts.ts';
import { stackService } from './stackService.ts';
import { stackTwins } from './stackTwins.ts';
import { stackVersions } from './stackVersions.ts';
import { treeCountRule } from './treeCount.ts';
import { treeShape } from './treeShape.ts';
import { treeUnambiguous } from './treeUnambiguous.ts';
import { versionPinned } from './versionPinned.ts';

/** The rules of the house (thesis Table 4.1 and what it implies). To add one, write its file and name it here. */
export const constraints: readonly Constraint[] = [
  endpointService,
  serviceStacks,
  stackService,
  stackVersions,
  stackHeight,
  stackTwins,
  stackHosts,
  treeCountRule,
  heightTrees,
  containerVersion,
  versionPinned,
  treeShape,
  treeUnambiguous,
  names,
  ports,
  endpointOptionsRule,
  hostKnown,
  hostCapacity,
  hostLabels,
  hostLoss,
  links,
  memoryLimit,
  profile,
];
