import { describe, expect, it } from '@jest/globals';
import { dotText, graphOf, mermaidText } from '../../../src/report/graph/text.ts';
import { changeRow, makeState, withEdge } from '../../support/makeState.ts';
import { edge } from '../../support/shop.ts';

const small = withEdge(
  {
    ...makeState({
      webapp: {
        hosts: ['docker01'],
        versions: ['v1', 'v2'],
        endpoints: { prod: { port: 80, url: 'www.example.net' } },
      },
    }),
    externals: [{ name: 'db', mode: 'tcp', healthPath: null, targets: [] }],
  },
  edge('webapp-endpoint-prod', 'webapp', 'db'),
);

describe('the graph for Graphviz', () => {
  it('is as it is written by hand', () => {
    expect(dotText(graphOf(small), 'shop at revision 3')).toBe(`digraph cmanage {
  label="shop at revision 3"; labelloc=t; rankdir=LR; node [fontname="sans-serif", fontsize=10]; edge [fontname="sans-serif", fontsize=8];
  "endpoint webapp-endpoint-prod" [label="webapp-endpoint-prod\\nprod www.example.net:80", shape=cds];
  "service webapp" [label="webapp", shape=box, style=bold];
  "external db" [label="db", shape=box, style=dashed];
  "stack webapp-stack1" [label="{webapp-stack1|{v1 | v2}}", shape=record];
  "host docker01" [label="docker01", shape=box3d];
  "endpoint webapp-endpoint-prod" -> "service webapp" [label="prod at 0"];
  "service webapp" -> "external db" [label="prod"];
  "service webapp" -> "stack webapp-stack1";
  "stack webapp-stack1" -> "host docker01";
}
`);
  });

  it('obeys nothing in what it names', () => {
    const hostile = changeRow(small, 'stacks', 'webapp-stack1', { host: 'a"]; b -> c; "\n\\' });
    expect(dotText(graphOf(hostile), 'x')).toContain(
      '"host a\\"]; b -> c; \\"\\\\n\\\\" [label="a\\"]; b -> c; \\"\\\\n\\\\", shape=box3d];',
    );
  });
});

describe('the graph for Mermaid', () => {
  it('is as it is written by hand', () => {
    expect(mermaidText(graphOf(small), 'shop at revision 3')).toBe(`---
title: "shop at revision 3"
---
flowchart LR
  n0(["webapp-endpoint-prod<br>prod www.example.net:80"])
  n1["webapp"]
  n2[/"db"/]
  n3[["webapp-stack1<br>v1 #124; v2"]]
  n4[("docker01")]
  n0 -->|"prod at 0"| n1
  n1 -->|"prod"| n2
  n1 --> n3
  n3 --> n4
`);
  });

  it('obeys nothing in what it names', () => {
    const hostile = changeRow(small, 'stacks', 'webapp-stack1', { host: '"]<b>;click n0 call x()' });
    expect(mermaidText(graphOf(hostile), 'x')).toContain(
      'n4[("#34;#93;#60;b#62;#59;click n0 call x#40;#41;")]',
    );
  });
});

it('leaves out relations that lead nowhere', () => {
  const broken = withEdge(small, edge('webapp-endpoint-prod', 'webapp', 'gone'));
  expect(mermaidText(graphOf(broken), 'x')).not.toContain('gone');
});
