/** The command `tsmpirun`. */
import { EXIT } from "@tsmpi/protocol";
import {
  LaunchProblem,
  appEnvironment,
  describeSnapshot,
  discover,
  examine,
  faults,
  launch,
  observeJobs,
  openSink,
  place,
  report,
  writeObstacle,
} from "@tsmpi/launcher";
import { completionScript } from "./completion.js";
import { displayJson, displayText, environmentTexts, type Facts } from "./display.js";
import { helpText } from "./help.js";
import { parseCommand } from "./parse.js";
import { terminalReporter } from "./reporter.js";
import { buildRequest, doctorSpec, observationOf, type Request } from "./request.js";
import { version } from "./version.js";
import { unsetVariables } from "./variables.js";
import { splitPrograms } from "./words.js";

/**
 * Runs the command with its arguments. Resolves to the exit code when all output has been
 * written; never rejects. The caller ends the process.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const stdout = openSink(1);
  const stderr = openSink(2);
  const volume = { verbose: false, quiet: false };
  const print = (text: string) => stdout.write(Buffer.from(text));

  const command = async (): Promise<number> => {
    if (argv.length === 1 && argv[0] === "completion") return (print(completionScript()), 0);
    if (argv[0] === "doctor") {
      const words = parseCommand(argv.slice(1));
      if (words.switches.has("help")) return (print(helpText()), 0);
      volume.verbose = words.switches.has("verbose");
      const findings = await examine(doctorSpec(words), {
        version: version(),
        reporter: terminalReporter(stderr, volume),
      });
      print(report(findings));
      return findings.some((finding) => faults(finding).length > 0) ? EXIT.failure : 0;
    }
    if (argv[0] === "ps") {
      const words = parseCommand(argv.slice(1));
      if (words.switches.has("help")) return (print(helpText()), 0);
      const { json } = observationOf(words);
      const jobs = await observeJobs();
      if (json) print(JSON.stringify(jobs) + "\n");
      else if (jobs.length === 0)
        terminalReporter(stderr, volume).problem("no job of yours runs on this host");
      else print(jobs.map((job) => describeSnapshot(job).join("\n") + "\n").join("\n"));
      return jobs.length === 0 ? EXIT.failure : 0;
    }
    const commands = splitPrograms(argv).map((words) => parseCommand(words));
    const { switches } = commands[0]!;
    if (switches.has("help")) return (print(helpText()), 0);
    if (switches.has("version")) return (print(`tsmpirun ${version()}\n`), 0);
    volume.verbose = switches.has("verbose");
    volume.quiet = switches.has("quiet");
    const request = buildRequest(commands, process.env);
    if (request.showEnvironment) {
      const programs = request.spec.apps.map(({ program }) => program || "no program");
      return (print(environmentTexts(programs, environmentsOf(request))), 0);
    }
    if (request.display.length > 0) (request.dryRun ? stdout : stderr).write(Buffer.from(display(request)));
    if (request.dryRun) return 0;
    const reporter = terminalReporter(stderr, volume);
    for (const name of unsetVariables(request.spec.apps, process.env)) {
      reporter.warning(`-x ${name}: not set here, so there is nothing to hand on`);
    }
    const { code } = await launch(request.spec, { ...request, version: version(), stdout, stderr, reporter });
    return code;
  };

  let code: number;
  try {
    code = await command();
  } catch (error) {
    code = error instanceof LaunchProblem ? error.exitCode : EXIT.failure;
    const words = describe(error, volume.verbose);
    if (words !== "") terminalReporter(stderr, volume).problem(words);
  }
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  if (code !== 0 || stdout.failure === undefined) return code;
  if (stdout.failure.code === "EPIPE") return EXIT.readerGone;
  terminalReporter(stderr, volume).problem(`the output cannot be written: ${writeObstacle(stdout.failure)}`);
  await stderr.flushed();
  return EXIT.failure;
}

function display(request: Request): string {
  const allocation = discover(request.spec);
  const plan = place(request.spec, allocation);
  const facts: Facts = { allocation, plan, environments: environmentsOf(request) };
  return request.json ? displayJson(request.display, facts) : displayText(request.display, facts);
}

function environmentsOf({ spec, environment }: Request): Record<string, string>[] {
  return spec.apps.map((app) => appEnvironment(app, environment));
}

function describe(error: unknown, verbose: boolean): string {
  if (error instanceof LaunchProblem) return error.message;
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  return verbose && error.stack !== undefined
    ? `internal error: ${error.stack}`
    : `internal error: ${error.message} (please report it; -v shows more)`;
}
