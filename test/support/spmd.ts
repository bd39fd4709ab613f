/**
 * Tests that are SPMD programs. A file calls `spmd` once; run by tap it starts itself under the real
 * launcher at each size, run as a rank it performs the behaviours one after another and reports each.
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { world, type Communicator } from "tsmpi";
import { NODE, ROOT } from "./paths.js";

/** Titles are sentences and cite SEMANTICS.md; a body runs on every rank and throws to fail. */
export type Behaviours = Readonly<Record<string, (comm: Communicator) => Promise<void> | void>>;

interface Verdict {
  readonly rank: number;
  readonly title: string;
  readonly error?: string;
}

const MARK = "tsmpi-verdict ";

export async function spmd(url: string, sizes: readonly number[], behaviours: Behaviours): Promise<void> {
  // TSMPI_TEST_ALONE: perform in this process, a world of one without a launcher.
  const isRank = process.env["TSMPI_RANK"] !== undefined || process.env["TSMPI_TEST_ALONE"] === "1";
  if (isRank) await perform(behaviours);
  else await launch(fileURLToPath(url), sizes, behaviours);
}

async function perform(behaviours: Behaviours): Promise<void> {
  for (const [title, body] of Object.entries(behaviours)) {
    const verdict: Verdict = await Promise.resolve()
      .then(() => body(world))
      .then(
        () => ({ rank: world.rank, title }),
        (error: unknown) => ({
          rank: world.rank,
          title,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      );
    process.stdout.write(MARK + JSON.stringify(verdict) + "\n");
    await world.barrier(); // wildcard receives of one behaviour must not see the next one's messages
  }
}

async function launch(file: string, sizes: readonly number[], behaviours: Behaviours): Promise<void> {
  const { default: t } = await import("tap");
  const { tsmpirun } = await import("./run.js");
  for (const size of sizes) {
    await t.test(`on ${size} rank${size === 1 ? "" : "s"}`, async (at) => {
      const { stdout, stderr, code } = await tsmpirun([
        "-n",
        String(size),
        "--timeout",
        "60",
        NODE,
        relative(process.cwd(), file),
      ]);
      const verdicts = stdout
        .split("\n")
        .filter((line) => line.startsWith(MARK))
        .map((line) => JSON.parse(line.slice(MARK.length)) as Verdict);
      for (const title of Object.keys(behaviours)) {
        const mine = verdicts.filter((verdict) => verdict.title === title);
        const failed = mine.filter(({ error }) => error !== undefined);
        at.ok(mine.length === size && failed.length === 0, title, {
          ranksThatFinished: mine.map(({ rank }) => rank).sort((a, b) => a - b),
          errors: failed.map(({ rank, error }) => `rank ${rank}: ${error}`),
        });
      }
      at.equal(code, 0, "the job ends with code 0", { stderr });
    });
  }
}

/** Sizes every behaviour is run at; odd ones and non powers of two break trees. */
export const SIZES: readonly number[] = [1, 2, 3, 5, 8];
export { ROOT };
