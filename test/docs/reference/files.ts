/** The configuration files as `cmanage init` writes them, by name. */
export type Templates = Readonly<Record<'cmanage.yml' | 'hosts.yml' | 'rules.yml', string>>;

/** docs/reference/files.md: every file that cmanage reads or writes; the commented templates are its configuration's reference. */
export function filesPage(templates: Templates): string {
  const sections = Object.entries(templates).map(
    ([name, text]) => `## ${name}\n\n\`\`\`yaml\n${text.trimEnd()}\n\`\`\`\n`,
  );
  return `${intro}${sections.join('\n')}`;
}

const intro = `# Files

The configuration is a directory: \`--etc DIR\`, else \`$CMANAGE_ETC\`, else \`./etc\`, else \`/etc/cmanage\`. YAML of at most 1 MiB, without aliases; a key that
is not known is an error with its file and line (exit code 2). The three files below are what \`cmanage init\` writes. This page is made by
\`npm run docs\` from them, and a test compares them.

| file                                  | what                                                                                                     | mode              |
| ------------------------------------- | -------------------------------------------------------------------------------------------------------- | ----------------- |
| \`cmanage.yml\`                         | the environment's name, where the state is, how \`cmanage watch\` behaves                                  | yours             |
| \`hosts.yml\`                           | Docker hosts, load balancers, registries                                                                 | yours             |
| \`rules.yml\`                           | stages, the rules' levels and parameters, exceptions with their reasons                                  | yours             |
| \`state:\` (\`cmanage.db\`)               | the state, the journal and the history: SQLite; empty files beside it are the locks                      | 0600, in 0700     |
| \`cmanage.db.schema-…\`, \`.replaced-…\`  | copies from before a migration or a restore                                                              | 0600              |
| \`config:\` of a load balancer          | HAProxy's configuration; cmanage owns it, and its link map beside it                                     | as the one before |
| \`tls:\`, \`credentials:\`                | keys, certificates, registries' passwords: only read                                                     | yours             |
| \`--env-file\`, \`--secret\`              | variables and secrets of containers: read when a container is created, their values are stored nowhere   | yours             |
| \`--out FILE\`, \`backup\`, \`export -o\`   | plans, copies of the database, the state as YAML: always a new file, never over another one              | 0600              |

`;
