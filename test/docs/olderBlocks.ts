/** A block of commands on a page that shows no session, and what the lab needs so that they can be run as they stand. */
export type Block = {
  readonly page: string;
  /** How its first command begins; it goes on to the next block of the page. */
  readonly from: string;
  /** Whether it is run in one lab with others, which has webapp behind three endpoints, in the order of `blocks`. */
  readonly shared?: true;
  /** What is typed before a command, by how that begins. */
  readonly before?: Readonly<Record<string, readonly string[]>>;
  /** What stands for a reader's own word, and the lab's. */
  readonly own?: Readonly<Record<string, string>>;
  /** The exit codes of commands that have something to tell, by how they begin. */
  readonly exits?: Readonly<Record<string, number>>;
  /** Commands that are run elsewhere, because they need a world of their own: by how they begin, the file that runs them. */
  readonly elsewhere?: Readonly<Record<string, string>>;
};

const image = 'registry.example.net/larhauga/webapp';
const init = 'cmanage init';
const webapp = `cmanage addservice webapp -i ${image} -s 2 -v v0.1 v0.2 v0.3 --health /health`;
const training =
  'cmanage addservice training -i registry.example.net/training/webapp -s 2 -v v1 v2 v3 --health /health';
const endpoints = ['prod -s webapp -p 8080', 'qa -s webapp -p 8081', 'dev -s webapp -p 8082'].map(
  (words) => `cmanage addendpoint ${words}`,
);
/** What the lab has that blocks share. */
export const all: readonly string[] = [init, webapp, ...endpoints];
const v04 = 'cmanage release webapp -v v0.4';
/** Requests without a pause, until the lab goes. */
const load =
  'setsid sh -c "while curl -s -o /dev/null http://$LAB_LB:8080/; do :; done" > /dev/null 2>&1 < /dev/null &';

export const blocks: readonly Block[] = [
  {
    page: 'README.md',
    from: 'pop webapp --dry-run',
    before: { 'pop webapp': [...all, v04] },
  },
  {
    page: 'README.md',
    from: '--etc /etc/cmanage init',
    // The second call is after the reader has edited the files.
    before: {
      '--etc /etc/cmanage init   # creates': [
        'sed -i "s|/var/lib/cmanage|.|" etc/cmanage.yml',
        'sed -i "s/example.net/example.org/" etc/hosts.yml',
      ],
    },
    elsewhere: { completion: 'test/scenarios/completion.test.ts' },
    own: { '/etc/cmanage': '$PWD/etc' },
  },
  {
    page: 'README.md',
    from: 'addservice webapp -i',
    before: {
      addservice: [init],
      'release webapp -v v0.4 --dry-run': ['cmanage addendpoint dev -s webapp -p 8082'],
      'connect webapp -c training': [training],
    },
    own: {
      'db2.prod.example:5432': 'localhost:5433',
      'db.prod.example': 'localhost',
      'db.qa.example': 'localhost',
      'db.dev.example': 'localhost',
    },
  },
  {
    page: 'README.md',
    from: 'weight',
    before: { weight: [...all, v04], canary: ['cmanage release webapp -v v0.5', load] },
    own: { '--pause 60': '--pause 3 --min-requests 1', '-p 80': '-p 8080' },
  },
  {
    page: 'README.md',
    from: 'history webapp',
    before: { history: [...all, v04, 'cmanage pop webapp'] },
    own: { '--to 12': '--to 5' },
  },
  { page: 'CONTRIBUTING.md', from: 'init' },
  {
    page: 'docs/comfort.md',
    from: 'completion bash',
    shared: true,
    exits: { delete: 3 },
    elsewhere: {
      completion: 'test/scenarios/completion.test.ts',
      __complete: 'test/scenarios/completion.test.ts',
    },
  },
  { page: 'docs/doctor.md', from: 'doctor', before: { doctor: [init] }, exits: { doctor: 7 } },
  {
    page: 'docs/drift.md',
    from: 'verify',
    shared: true,
    elsewhere: { watch: 'test/scenarios/watch.test.ts' },
  },
  {
    page: 'docs/endpoints.md',
    from: 'addendpoint prod -s webapp',
    before: {
      'addendpoint prod -s webapp': [
        init,
        webapp,
        webapp.replace(' webapp ', ' postgres '),
        'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=www.example.com -out www.pem -keyout key.pem',
        'cat key.pem >> www.pem',
      ],
    },
    own: { '/etc/haproxy/www.pem': '$PWD/www.pem' },
  },
  { page: 'docs/failures.md', from: 'release', shared: true },
  {
    page: 'docs/history.md',
    from: 'history webapp',
    shared: true,
    own: { 'show 12': 'show 1' },
  },
  { page: 'docs/json.md', from: 'report capacity', shared: true },
  {
    page: 'docs/locks.md',
    from: 'show locks',
    shared: true,
    elsewhere: { 'unlock --operation 12': 'test/scenarios/locks.test.ts' },
  },
  {
    page: 'docs/logs.md',
    from: 'logs webapp --stage prod --follow',
    shared: true,
    own: { 'jq -r .text': 'grep text', 'grep ERROR': 'grep .' },
    elsewhere: { 'logs webapp --stage prod --follow': 'test/scenarios/logs.test.ts' },
  },
  { page: 'docs/plans.md', from: 'release', shared: true },
  { page: 'docs/reports.md', from: 'report cmdb', shared: true },
  {
    page: 'docs/resume.md',
    from: 'show operations',
    shared: true,
    own: { 'operation 12': 'operation 1' },
    elsewhere: {
      'resume 12': 'test/scenarios/resume.test.ts',
      'rollback --operation 12': 'test/scenarios/resume.test.ts',
    },
  },
  {
    page: 'docs/retention.md',
    from: 'addservice webapp … --retain 2 ',
    before: {
      'addservice webapp … --retain 2 ': [init],
      'addservice webapp … --retain 2h': ['cmanage delete service webapp --cascade --yes'],
    },
    own: { '…': webapp.replace('cmanage addservice webapp ', ''), '[SERVICE] [--all]': 'webapp --all' },
  },
  {
    page: 'docs/security.md',
    from: 'addservice',
    elsewhere: { addservice: 'test/scenarios/profiles.test.ts' },
  },
  {
    page: 'docs/show.md',
    from: 'show services',
    shared: true,
  },
  {
    page: 'docs/services.md',
    from: 'addservice',
    before: { addservice: [init] },
    own: {
      'registry.example/webapp -s 4': `${image} -s 2`,
      '--monitor 30': '--monitor 3',
      '--delay 10': '--delay 2',
    },
  },
  {
    page: 'docs/goals.md',
    from: 'diff webapp-endpoint-prod',
    shared: true,
    before: {
      'release webapp -v v0.5 v0.5 v0.5': [
        'cmanage delete service webapp --cascade --yes',
        webapp,
        ...endpoints,
      ],
      'rules replay --rules new.yml': ['cp "$CMANAGE_ETC/rules.yml" new.yml'],
    },
    own: { '12 15': '1 3' },
  },
];
