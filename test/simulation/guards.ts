import type { Cut } from '../traffic/sabotage.ts';

/** Each guard of the protocol, and the cuts that take it out. Without it, some schedule must end wrong. */
export type Guard = { readonly name: string; readonly what: string; readonly cuts: readonly Cut[] };

const walk = 'src/executor/walk.ts';

export const guards: readonly Guard[] = [
  {
    name: 'intent',
    what: 'the journal is not told that a step is about to be sent',
    cuts: [{ file: walk, from: '    await journal.intend(step.seq, intent);\n', to: '' }],
  },
  {
    name: 'same create again',
    what: 'a creation nobody heard of is not asked for again before it is undone',
    cuts: [{ file: walk, from: '      if (again) await askAgain(again);\n', to: '' }],
  },
  {
    name: 'order of the way back',
    what: 'steps are undone in any order',
    cuts: [
      {
        file: 'src/executor/execute.ts',
        from: '    undo(steps, plan.steps.length),\n',
        to: '    undo(steps, plan.steps.length).map((step) => ({ ...step, needs: [] })),\n',
      },
    ],
  },
  {
    name: 'needs',
    what: 'steps are walked before those that they need',
    cuts: [
      {
        file: 'src/executor/schedule.ts',
        from: 'if (needs === 0 &&',
        to: 'if (needs >= 0 &&',
      },
    ],
  },
  {
    name: 'wait for drained servers',
    what: 'requests that are under way are not waited for',
    cuts: [
      {
        file: 'src/haproxy/drain.ts',
        from: '  const started = performance.now();\n',
        to: "  if (limit >= 0) return 'not waited for';\n  const started = performance.now();\n",
      },
    ],
  },
  {
    name: 'compare before doing again',
    what: 'what a HAProxy was told is not compared with what it serves when an operation goes on',
    cuts: [
      {
        file: 'src/executor/settle.ts',
        from: '    for (const step of forgottenSteps(operation, name, running)) forgotten.add(step);\n',
        to: '    if (running.servers.size < 0) for (const step of forgottenSteps(operation, name, running)) forgotten.add(step);\n',
      },
    ],
  },
  {
    name: 'look after a change',
    what: 'a file is put in place without asking HAProxy whether it serves it',
    cuts: [
      {
        file: 'src/haproxy/balancer.ts',
        from: "  if (difference === null) return 'written, and HAProxy serves it';\n",
        to: "  if (difference !== undefined) return 'written';\n",
      },
    ],
  },
  {
    name: 'labels',
    what: 'a container of the name is taken for ours',
    cuts: [
      {
        file: 'src/docker/containers.ts',
        from: '  return labels[label.environment] === environment && labels[label.spec] === specHash(spec);\n',
        to: '  return labels !== null || environment === specHash(spec);\n',
      },
    ],
  },
  {
    name: 'adopting',
    what: 'a name that is taken is an error, also where the container is ours',
    cuts: [
      {
        file: 'src/docker/containers.ts',
        from: '      if (statusOf(error) !== 409) return (isUnderWay ? onQuestion : onEngine)(engine, doing)(error);\n',
        to: '      return onEngine(engine, doing)(error);\n',
      },
    ],
  },
  {
    name: 'waits of the way back',
    what: 'what is waited for on the way back is not waited for by whoever takes it up',
    cuts: [
      {
        file: 'src/plan/takeUp.ts',
        from: ' || isAwaited(operation, step)',
        to: '',
      },
    ],
  },
  {
    name: 'claims',
    what: 'a command goes ahead on what an unfinished operation has its hands on',
    cuts: [
      {
        file: 'src/cli/unfinished.ts',
        from: '    if (claim === null) continue;\n',
        to: '    if (claim !== undefined) continue;\n',
      },
    ],
  },
  {
    name: 'forgotten servers',
    what: 'a server that HAProxy forgot in a restart is not added on the way back',
    cuts: [
      {
        file: 'src/haproxy/runtime.ts',
        from: '  if (!after) return addServer(balancer, backend, server, options);\n',
        to: "  if (!after) throw unchanged(balancer, doing, after, options.sticky === true ? '' : 'gone');\n",
      },
    ],
  },
];
