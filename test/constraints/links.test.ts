import { describe } from '@jest/globals';
import { links } from '../../src/constraints/links.ts';
import type { Link } from '../../src/model/traffic.ts';
import { judgeTable } from '../support/constraints.ts';
import { withLinks } from '../support/links.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const webapp = { versions: ['v1', 'v2'], endpoints: { prod: {} } };
const services = makeState({ webapp, mail: { versions: ['v1'] } });
const tree = withTree(services, 'webapp-endpoint-prod', 'webapp > mail');
const state = withLinks(tree);
const [app1, app2] = ['webapp-stack1-app1', 'webapp-stack1-app2'] as const;
const at = (port: number, mode: Link['mode'] = 'http'): Link => ({ host: '192.0.2.10', port, mode });
const linked = (container: string, given: Record<string, Link>) =>
  changeRow(state, 'containers', container, { links: given });
const withDatabase = withExternals(withTree(tree, 'webapp-endpoint-prod', 'webapp > db'), external('db'));

describe('links', () => {
  judgeTable(links, [
    { name: 'allows services that call nobody', state: services, findings: [] },
    { name: 'allows a link for every container and child', state, findings: [] },
    {
      name: 'finds the containers without a link, also those that serve nobody',
      state: tree,
      findings: [app1, app2].map(
        (name) => [name, 'it has no link to mail, which its service calls'] as const,
      ),
    },
    {
      name: 'finds what a service says it uses, without any tree',
      state: changeRow(services, 'services', 'webapp', {
        traffic: { mode: 'http', uses: ['mail'], drainLimit: null },
      }),
      findings: [
        [app1, 'no link to mail'],
        [app2, 'no link to mail'],
      ],
    },
    {
      name: 'finds one child of two, and an external one, too',
      state: { ...withDatabase, containers: state.containers },
      findings: [
        [app1, 'no link to db'],
        [app2, 'no link to db'],
      ],
    },
    { name: 'allows links to external services', state: withLinks(withDatabase), findings: [] },
    {
      name: 'allows a link to a service that is called no more',
      state: { ...state, edges: [] },
      findings: [],
    },
    {
      name: 'allows a link to a service that is gone, whatever its port was',
      state: linked(app1, { mail: at(10000), gone: at(9) }),
      findings: [],
    },
    {
      name: 'finds a port that another container has, at the second of them',
      state: linked(app2, { mail: at(10000) }),
      findings: [[app2, `port 10000 of its link to mail is taken by ${app1}`]],
    },
    {
      name: 'finds two links of one container at one port',
      state: linked(app1, { mail: at(10000), old: at(10000) }),
      findings: [[app1, `port 10000 of its link to old is taken by ${app1}`]],
    },
    {
      name: 'finds ports outside the range, by the mode of the link',
      state: linked(app1, { mail: at(10500) }),
      findings: [[app1, 'port 10500 of its link to mail is outside the range 10000-10499']],
    },
    {
      name: 'finds the first port below and the first above a range, and not its ends',
      state: {
        ...state,
        containers: state.containers.map((row, index) => {
          const port = [10500, 11000, 0][index] ?? 0;
          return row.stack === 'webapp-stack1' ? { ...row, links: { mail: at(port, 'tcp') } } : row;
        }),
      },
      findings: [[app2, 'port 11000 of its link to mail is outside the range 10500-10999']],
    },
    {
      name: 'allows both ends of a range',
      state: changeRow(linked(app1, { mail: at(10499) }), 'containers', app2, { links: { mail: at(10000) } }),
      findings: [],
    },
    {
      name: 'finds the port just below a range',
      state: linked(app1, { mail: at(9999) }),
      findings: [[app1, 'outside the range 10000-10499']],
    },
    {
      name: 'finds both a lacking link and a port that is taken',
      state: changeRow(linked(app2, { old: at(10000) }), 'services', 'mail', {}),
      findings: [
        [app2, 'no link to mail'],
        [app2, 'port 10000 of its link to old is taken'],
      ],
    },
    {
      name: 'says nothing of a container whose stack is gone, which another rule tells',
      state: { ...tree, stacks: [] },
      findings: [],
    },
  ]);
});
