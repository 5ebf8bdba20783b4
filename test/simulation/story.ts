import { HostError, UserError } from '../../src/model/errors.ts';
import { chance } from '../prove/orders.ts';
import { drawCase, drawNext, type Case } from './cases.ts';
import { resetClock } from './clock.ts';
import { calm, drawWeather, type Weather } from './faults.ts';
import { complaintsAbout, type Expected } from './invariant.ts';
import { giveCommand, letPass, runIn, takeUp, type Given, type Run } from './operator.ts';
import { lastingBackends, worldFrom, type World } from './world.ts';

/** One schedule: a command in a world, what goes wrong, and how it is brought to its end. All of it is decided by a seed. */

/** How many schedules share a case, because to make a plan takes longer than to walk it. */
export const perCase = 50;

export type Ending = 'new' | 'old';

export type Told = {
  readonly seed: number;
  readonly command: string;
  readonly ended: Ending;
  readonly kills: number;
  readonly rounds: number;
  readonly events: number;
  readonly complaints: readonly string[];
  /** What happened, in lines for people. */
  readonly lines: readonly string[];
};

type Scene = { readonly one: Case; readonly events: number; readonly wrong: readonly string[] };

let last: { readonly number: number; readonly scene: Scene } | null = null;

/** The case of a seed, and how many events its command has where nothing goes wrong. */
async function sceneOf(seed: number): Promise<Scene> {
  const number = Math.floor(seed / perCase);
  if (last?.number === number) return last.scene;
  const one = drawCase(chance(number * 7919 + 13));
  const story = new Story(one, calm, chance(number), []);
  const told = await story.play();
  const scene = { one, events: Math.max(1, told.events), wrong: told.complaints };
  last = { number, scene };
  return scene;
}

export async function tell(seed: number): Promise<Told> {
  const { one, events, wrong } = await sceneOf(seed);
  const random = chance(seed * 2654435761 + 1);
  const weather = drawWeather(random, events);
  const lines = [`weather ${JSON.stringify(weather)}`];
  const played = await new Story(one, weather, random, lines).play();
  const complaints = [...wrong.map((text) => `where nothing goes wrong: ${text}`), ...played.complaints];
  return { ...played, seed, command: one.command, lines, complaints };
}

/** How often an operation may be taken up after everything is well again. */
const mostCalmRounds = 4;

class Story {
  private readonly one: Case;
  private readonly weather: Weather;
  private readonly random: () => number;
  private readonly lines: string[];
  private readonly world: World;
  private kills = 0;
  private expected: Expected;

  constructor(one: Case, weather: Weather, random: () => number, lines: string[]) {
    resetClock();
    this.one = one;
    this.weather = weather;
    this.random = random;
    this.lines = lines;
    this.world = worldFrom(one, weather, random);
    this.expected = { states: [one.before, one.next] };
  }

  async play(): Promise<Omit<Told, 'seed' | 'command' | 'lines'>> {
    const { world, one, weather } = this;
    const parallel = 1 + Math.floor(this.random() * 4);
    this.note('the command', await this.run(0, () => giveCommand(world, one, parallel)));
    let rounds = 0;
    if (weather.another) await this.another(parallel);
    for (let calmRounds = 0; calmRounds < mostCalmRounds; rounds++) {
      if (!this.isOpen()) break;
      await letPass(100 + this.random() * 40_000);
      world.isCalm = rounds >= weather.kills.length - 1;
      if (world.isCalm) calmRounds++;
      // Whoever comes back when everything is well has waited for that.
      if (world.isCalm) await letPass(200_000);
      const wish = this.random() < 0.6 ? 'forward' : 'back';
      const given = await this.run(rounds + 1, () => takeUp(world, one, wish, parallel));
      this.note(`taken up to go ${wish}`, given);
      if (given.kind !== 'ended' || given.value !== 'refused') continue;
      const other = wish === 'forward' ? 'back' : 'forward';
      this.note(`taken up to go ${other}`, await this.run(null, () => takeUp(world, one, other, parallel)));
    }
    world.isCalm = true;
    await letPass(600_000);
    const { events } = world;
    const found = complaintsAbout(world, one, this.expected);
    return {
      ended: found.ended,
      kills: this.kills,
      rounds,
      events,
      complaints: [...world.complaints, ...found.complaints],
    };
  }

  private isOpen(): boolean {
    const rows = [...(this.world.store.tables.get('operation')?.values() ?? [])];
    return rows.some(({ status }) => status === 'running' || status === 'unfinished');
  }

  private async run<T>(round: number | null, work: () => Promise<T>): Promise<Run<T>> {
    const killAt = round === null || this.world.isCalm ? null : (this.weather.kills[round] ?? null);
    const ran = await runIn(this.world, killAt, work);
    process.removeAllListeners('SIGINT');
    process.removeAllListeners('SIGTERM');
    if (ran.kind === 'killed') this.kills++;
    return ran;
  }

  /** Somebody else gives another command meanwhile. */
  private async another(parallel: number): Promise<void> {
    const { world, one, random } = this;
    const state = world.store.stateOf();
    const other = drawNext(random, { ...one, state, rolling: {} });
    if (!other) return;
    await letPass(1000);
    const lasting = new Set(lastingBackends(other));
    world.lasting = world.lasting.filter((backend) => lasting.has(backend));
    const ran = await this.run(null, () => giveCommand(world, other, parallel));
    this.note(`meanwhile ${other.command}`, ran);
    if (ran.kind === 'ended' && ran.value !== 'refused') this.expected = { states: null };
  }

  private note(what: string, ran: Run<Given | null>): void {
    const { lines, world } = this;
    if (ran.kind === 'failed') {
      const { error } = ran;
      const isToBeExpected = error instanceof HostError || error instanceof UserError;
      if (!isToBeExpected)
        world.complaints.push(
          `${what} ends with a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      lines.push(`${what}: ${String(error)}`);
    } else if (ran.kind === 'killed') lines.push(`${what}: killed at event ${world.events}`);
    else if (ran.value === null || ran.value === 'refused')
      lines.push(`${what}: ${ran.value ?? 'nothing to do'}`);
    else {
      const { status, failures, leftovers } = ran.value.result;
      const why = [...failures, ...leftovers].map(
        ({ step, error }) => `\n    ${step.seq} ${step.kind} ${step.object}: ${String(error)}`,
      );
      lines.push(`${what}: ${status}${why.join('')}`);
      this.judge(what, ran.value);
    }
  }

  /** What is said of an operation must be so: where it is done, the state has its change, and only then. */
  private judge(what: string, given: Exclude<Given, 'refused'>): void {
    const { status, recorded } = given.result;
    const row = this.world.store.tables.get('operation')?.get(String(given.operation));
    const isRecorded = row?.revision !== null;
    if (status === 'done' && recorded && !isRecorded)
      this.world.complaints.push(`${what} says it is recorded, and it is not`);
    if (status === 'undone' && isRecorded)
      this.world.complaints.push(`${what} says it is undone, and it is recorded`);
  }
}
