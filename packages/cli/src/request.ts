/** From parsed words to what the launcher takes. */
import {
  CHECK_RACES,
  CHECK_VARIABLE,
  LANES,
  LANES_VARIABLE,
  VERBOSE_VARIABLE,
  type AppSpec,
  type JobSpec,
} from "@tsmpi/protocol";
import type { DeadlockAction, FailureAction, OutputOptions, StdinTarget } from "@tsmpi/launcher";
import { forwardedSignals, oneOf, placementOf } from "./hosts.js";
import { seconds, wholeNumber } from "./numbers.js";
import { OPTIONS, dashed, type OptionRow } from "./options.js";
import { usage, type ParsedCommand } from "./parse.js";
import { variables } from "./variables.js";

const ON_FAILURE: readonly FailureAction[] = ["abort", "continue"];
const DEADLOCK: readonly DeadlockAction[] = ["abort", "warn", "off"];

/** What --display can show. */
export type Shown = "allocation" | "map" | "env";

/** Everything a command line asks for. */
export interface Request {
  readonly spec: JobSpec;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: StdinTarget;
  readonly output: OutputOptions;
  readonly timeout: number | undefined;
  readonly onFailure: FailureAction;
  readonly deadlock: DeadlockAction;
  readonly check: boolean;
  readonly killGrace: number;
  readonly forwardSignals: readonly NodeJS.Signals[];
  readonly reportBindings: boolean;
  readonly display: readonly Shown[];
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly showEnvironment: boolean;
}

/** Puts the programs of a command line together; the first one's options hold for the job. */
export function buildRequest(commands: readonly ParsedCommand[], launcher: NodeJS.ProcessEnv): Request {
  const job = commands[0]!;
  for (const later of commands.slice(1)) refuseJobOptions(later);
  const value = (name: string) => job.values.get(name)?.[0];
  const timeout = value("timeout");
  const general = {
    ...lanes(value("lanes")),
    ...checks(job),
    ...(job.switches.has("verbose") ? { [VERBOSE_VARIABLE]: "1" } : {}),
    ...pairs(job.values.get("genv") ?? []),
  };
  if (job.switches.has("json") && !job.switches.has("dry-run") && !job.values.has("display")) {
    throw usage("--json says how --display and --dry-run show things: add one of them");
  }
  return {
    spec: {
      apps: commands.map((command) => appSpec(command, general, launcher)),
      ...placementOf(job),
    },
    forwardSignals: forwardedSignals(value("forward-signals")),
    reportBindings: job.switches.has("report-bindings") || showsBindings(job),
    environment: job.switches.has("env-none") ? {} : launcher,
    stdin: stdinTarget(value("stdin") ?? "0"),
    output: {
      tag: job.switches.has("tag-output"),
      timestamp: job.switches.has("timestamp-output"),
      mergeStderr: job.switches.has("merge-stderr-to-stdout"),
      directory: outputDirectory(value("output-dir")),
    },
    // 0 means no limit to others who take such a number: timeout(1), mpirun, sbatch --time.
    timeout: timeout === undefined ? undefined : seconds("--timeout", timeout) || undefined,
    check: job.switches.has("check") || job.switches.has("check-races"),
    onFailure: oneOf("--on-failure", value("on-failure") ?? "abort", ON_FAILURE),
    deadlock: oneOf("--deadlock", value("deadlock") ?? "abort", DEADLOCK),
    killGrace: seconds("--kill-grace", value("kill-grace") ?? "2"),
    display: displayed(value("display"), job.switches.has("dry-run")),
    dryRun: job.switches.has("dry-run"),
    json: job.switches.has("json"),
    showEnvironment: job.switches.has("show-env"),
  };
}

/** `tsmpirun doctor [options]`: which hosts, and how they are reached. */
export function doctorSpec(words: ParsedCommand): JobSpec {
  const [extra] = words.words;
  if (extra !== undefined) throw usage(`tsmpirun doctor starts no program: leave ${extra} out`);
  return { apps: [], ...placementOf(words) };
}

/** `tsmpirun ps [--json]`: how to show the jobs that run. */
export function observationOf({ words, values, switches }: ParsedCommand): { readonly json: boolean } {
  const others = [...values.keys(), ...switches].filter((name) => name !== "json").map(dashed);
  const [extra] = [...others, ...words];
  if (extra !== undefined) throw usage(`tsmpirun ps takes nothing but --json: leave ${extra} out`);
  return { json: switches.has("json") };
}

function appSpec(
  command: ParsedCommand,
  general: Record<string, string>,
  launcher: NodeJS.ProcessEnv,
): AppSpec {
  const { values, words, switches } = command;
  const [program, ...args] = words;
  if (program === undefined && !switches.has("show-env")) {
    throw usage("no program: tsmpirun [options] program [arguments…]; see tsmpirun --help");
  }
  const ranks = values.get("n")?.[0];
  const ranksPerHost = values.get("N")?.[0];
  return {
    program: program ?? "",
    args,
    ranks: ranks === undefined ? undefined : wholeNumber("-n", ranks, 1),
    ranksPerHost: ranksPerHost === undefined ? undefined : wholeNumber("-N", ranksPerHost, 1),
    environment: { ...general, ...variables(values.get("x") ?? [], launcher) },
    workingDirectory: values.get("wdir")?.[0],
  };
}

function refuseJobOptions({ values, switches }: ParsedCommand): void {
  const rows: readonly OptionRow[] = OPTIONS;
  const wrong = rows.find(
    ({ names, scope }) => scope === "job" && (values.has(names[0]!) || switches.has(names[0]!)),
  );
  if (wrong !== undefined)
    throw usage(`${dashed(wrong.names[0]!)} holds for the whole job: put it before the first program`);
}

function pairs(words: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (let index = 0; index + 1 < words.length; index += 2) result[words[index]!] = words[index + 1]!;
  return result;
}

function lanes(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  if ((LANES as readonly string[]).includes(text)) return { [LANES_VARIABLE]: text };
  throw usage(`--lanes ${text}: expected ${LANES.join(" or ")}`);
}

function checks({ switches }: ParsedCommand): Record<string, string> {
  if (switches.has("check-races")) return { [CHECK_VARIABLE]: CHECK_RACES };
  return switches.has("check") ? { [CHECK_VARIABLE]: "1" } : {};
}

function stdinTarget(text: string): StdinTarget {
  if (text === "all" || text === "none") return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage(`--stdin ${text}: expected a rank, all or none`);
}

function outputDirectory(text: string | undefined): OutputOptions["directory"] {
  if (text === undefined) return undefined;
  const path = text.replace(/:(no)?copy$/, "");
  if (path === "") throw usage(`--output-dir ${text}: expected a directory`);
  return { path, copy: !text.endsWith(":nocopy") };
}

function displayed(text: string | undefined, dryRun: boolean): Shown[] {
  if (text === undefined) return dryRun ? ["map"] : [];
  return text.split(",").flatMap((word): Shown[] => {
    if (word === "allocation" || word === "map" || word === "env") return [word];
    if (word === "bindings") return [];
    throw usage(`--display ${word}: expected allocation, map, bindings or env`);
  });
}

/** Bindings are known only on each host when its ranks start: they are reported then. */
function showsBindings({ values, switches }: ParsedCommand): boolean {
  if (values.get("display")?.[0]?.split(",").includes("bindings") !== true) return false;
  const without = ["dry-run", "json"].find((name) => switches.has(name));
  if (without === undefined) return true;
  throw usage(`--display bindings: hosts find them when their ranks start; leave out --${without}`);
}
