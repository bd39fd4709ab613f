/**
 * Tests that are SPMD programs. A file calls `spmd` once; run by tap it starts itself under the real
 * launcher at each size, run as a rank it performs the behaviours one after another and reports each.
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { world, type Communicator } from "tsmpi";
import { NODE, ROOT } from "./paths.js";
import { SLOW } from "./slow.js";

/**
 * Titles are sentences and cite SEMANTICS.md; a body runs on every rank and throws to fail. It may return
 * what it has measured, in words, for the test's output.
 */
export type Behaviours = Readonly<Record<string, (comm: Communicator) => unknown>>;

interface Verdict {
  readonly rank: number;
  readonly title: string;
  readonly error?: string;
  readonly measured?: string;
}

/** Where behaviours run: on the world, on a duplicate of it, on each half of it at the same time. */
export type Place = "world" | "dup" | "half";

export interface Plan {
  readonly sizes: readonly number[];
  readonly on: readonly Place[];
  /** Behaviours mostly wait: the jobs of all sizes run side by side. */
  readonly together?: boolean;
}

const MARK = "tsmpi-verdict ";
/** Ranks of a job outside slow runs: 8 take as long as 1, 2, 3 and 5 together. */
const LARGEST = 5;

/** @param plan where to run, or at which sizes on the world */
export async function spmd(
  url: string,
  plan: readonly number[] | Plan,
  behaviours: Behaviours,
): Promise<void> {
  const {
    sizes: all,
    on: places,
    together = false,
  } = "sizes" in plan ? plan : { sizes: plan, on: ["world"] as const };
  const sizes = SLOW ? all : all.filter((size) => size <= LARGEST);
  // TSMPI_TEST_ALONE: perform in this process, a world of one without a launcher.
  const isAlone = process.env["TSMPI_TEST_ALONE"] === "1";
  if (isAlone && !sizes.includes(1)) return;
  if (isAlone || process.env["TSMPI_RANK"] !== undefined) {
    for (const place of placesAt(world.size, places)) await perform(behaviours, place);
  } else {
    const titles = (size: number) =>
      placesAt(size, places).flatMap((place) => Object.keys(behaviours).map((title) => titled(title, place)));
    await launch(fileURLToPath(url), sizes, titles, together);
  }
}

/**
 * Copies and parts of the world at one size, at all in slow runs. TSMPI_TEST_WORLD: on the world alone, where a
 * test is about something that copies and parts share.
 */
function placesAt(size: number, places: readonly Place[]): readonly Place[] {
  if (process.env["TSMPI_TEST_WORLD"] === "1") return ["world"];
  return SLOW || size === 3 ? places : places.filter((place) => place === "world");
}

function titled(title: string, place: Place): string {
  return place === "world" ? title : `${title}, on a ${place}`;
}

/** The communicator that this rank has there. */
async function communicatorAt(place: Place): Promise<Communicator> {
  if (place === "dup") return world.dup();
  if (place === "half") return (await world.split(world.rank < world.size / 2 ? 0 : 1))!;
  return world;
}

async function perform(behaviours: Behaviours, place: Place): Promise<void> {
  const comm = await communicatorAt(place);
  for (const [name, body] of Object.entries(behaviours)) {
    const title = titled(name, place);
    const verdict: Verdict = await Promise.resolve()
      .then(() => body(comm))
      .then(
        (measured) => ({ rank: world.rank, title, ...(typeof measured === "string" ? { measured } : {}) }),
        (error: unknown) => ({
          rank: world.rank,
          title,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      );
    process.stdout.write(MARK + JSON.stringify(verdict) + "\n");
    await world.barrier(); // wildcard receives of one behaviour must not see the next one's messages
  }
  if (comm !== world) await comm.free();
}

async function launch(
  file: string,
  sizes: readonly number[],
  titles: (size: number) => readonly string[],
  together: boolean,
): Promise<void> {
  const { default: t } = await import("tap");
  const { tsmpirun } = await import("./run.js");
  const start = (size: number) =>
    tsmpirun(["-n", String(size), "--timeout", "150", NODE, relative(process.cwd(), file)]);
  const started = new Map(together ? sizes.map((size) => [size, start(size)]) : []);
  for (const size of sizes) {
    await t.test(`on ${size} rank${size === 1 ? "" : "s"}`, async (at) => {
      const { stdout, stderr, code } = await (started.get(size) ?? start(size));
      const verdicts = stdout
        .split("\n")
        .filter((line) => line.startsWith(MARK))
        .map((line) => JSON.parse(line.slice(MARK.length)) as Verdict);
      for (const title of titles(size)) {
        const mine = verdicts.filter((verdict) => verdict.title === title);
        const failed = mine.filter(({ error }) => error !== undefined);
        at.ok(mine.length === size && failed.length === 0, title, {
          ranksThatFinished: mine.map(({ rank }) => rank).sort((a, b) => a - b),
          errors: failed.map(({ rank, error }) => `rank ${rank}: ${error}`),
        });
        for (const { rank, measured } of mine)
          if (measured !== undefined) at.comment(`rank ${rank}: ${measured}`);
      }
      at.equal(code, 0, "the job ends with code 0", { stderr });
    });
  }
}

/** Sizes every behaviour is run at; odd ones and non powers of two break trees. */
export const SIZES: readonly number[] = [1, 2, 3, 5, 8];
/** Everywhere that makes a difference. */
export const EVERYWHERE: Plan = { sizes: SIZES, on: ["world", "dup", "half"] };
export { ROOT };
