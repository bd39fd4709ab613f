/** What runs where, and how other hosts are reached: values to their meaning. */
import { isIP } from "node:net";
import { constants } from "node:os";
import type { BindTo, JobSpec, LauncherName, MapBy, RankBy, RemoteSpec } from "@tsmpi/protocol";
import { seconds, wholeNumber } from "./numbers.js";
import { usage, type ParsedCommand } from "./parse.js";
import { splitWords } from "./words.js";

const RANK_BY: readonly RankBy[] = ["slot", "node"];
const BIND_TO: readonly BindTo[] = ["none", "core", "numa"];
/** What other launchers bind to, and the nearest of ours. */
const NEAREST_BINDING: Readonly<Record<string, string>> = {
  hwthread: "core is the nearest",
  socket: "numa is the nearest",
  package: "numa is the nearest",
  l3cache: "numa is the nearest",
};
/** Parts of a host over which other launchers map ranks. */
const PARTS = /^(?:ppr:\d+:)?(?:core|socket|package|numa|hwthread|l[123]cache|board)\b/i;
const LAUNCHERS: readonly LauncherName[] = ["auto", "local", "ssh", "slurm", "pbs", "sge", "lsf"];
const DEFAULT_SIGNALS = "USR1,USR2,TSTP,CONT,WINCH";
/** Signals that end the job anyway, that nobody can catch, or that are about the launcher itself. */
const NOT_FORWARDED = new Set([
  "INT",
  "TERM",
  "HUP",
  "QUIT",
  "KILL",
  "STOP",
  "CHLD",
  "PIPE",
  "SEGV",
  "BUS",
  "FPE",
  "ILL",
]);

/** The part of a job that says where its ranks run. */
export function placementOf({ values, switches }: ParsedCommand): Omit<JobSpec, "apps"> {
  const value = (name: string) => values.get(name)?.[0];
  if (switches.has("oversubscribe") && switches.has("nooversubscribe")) {
    throw usage("--oversubscribe and --nooversubscribe exclude each other");
  }
  const rankBy = value("rank-by");
  return {
    oversubscribe: switches.has("oversubscribe") ? true : switches.has("nooversubscribe") ? false : undefined,
    hosts: value("host"),
    hostfile: value("hostfile"),
    mapBy: mapBy(value("map-by") ?? "slot"),
    rankBy: rankBy === undefined ? undefined : oneOf("--rank-by", rankBy, RANK_BY),
    bindTo: oneOf("--bind-to", value("bind-to") ?? "none", BIND_TO, NEAREST_BINDING),
    remote: remoteSpec({ values, switches }),
  };
}

/** The signals that `--forward-signals` names. */
export function forwardedSignals(text = DEFAULT_SIGNALS): NodeJS.Signals[] {
  if (text === "none") return [];
  return text.split(",").map((word) => {
    const name = word.toUpperCase().replace(/^SIG/, "");
    const signal = `SIG${name}`;
    if (!Object.hasOwn(constants.signals, signal)) {
      throw usage(`--forward-signals ${word}: expected names of signals, as in ${DEFAULT_SIGNALS}`);
    }
    if (NOT_FORWARDED.has(name)) throw usage(`--forward-signals ${word}: this signal is not one to pass on`);
    return signal as NodeJS.Signals;
  });
}

function remoteSpec({ values, switches }: Pick<ParsedCommand, "values" | "switches">): RemoteSpec {
  const value = (name: string) => values.get(name)?.[0];
  const launcher = oneOf("--launcher", value("launcher") ?? "auto", LAUNCHERS);
  const rshAgent = value("rsh-agent");
  if (rshAgent !== undefined && launcher !== "auto" && launcher !== "ssh") {
    throw usage(`--rsh-agent takes the place of ssh: leave out --launcher ${launcher}`);
  }
  return {
    launcher,
    rshAgent: rshAgent === undefined ? undefined : command("--rsh-agent", rshAgent),
    sshArgs: (values.get("ssh-arg") ?? []).flatMap((text) => command("--ssh-arg", text)),
    remotePrefix:
      value("remote-prefix") === undefined ? [] : command("--remote-prefix", value("remote-prefix")!),
    iface: networkOf(value("iface")),
    connectTimeoutSeconds: seconds("--connect-timeout", value("connect-timeout") ?? "30"),
    encrypt: !switches.has("no-encrypt"),
  };
}

function mapBy(text: string): MapBy {
  if (text === "slot" || text === "node" || text === "seq") return { type: text };
  const [, ranks] = /^ppr:([^:]*):(?:node|host)$/.exec(text) ?? [];
  if (ranks === undefined)
    throw usage(`--map-by ${text}: expected slot, node, ppr:N:node or seq${mapHint(text)}`);
  return { type: "ppr", ranks: wholeNumber(`--map-by ${text}: N =`, ranks, 1) };
}

/** What stands for a policy of another launcher. */
function mapHint(text: string): string {
  if (/:(no)?oversubscribe\b/i.test(text)) {
    const word = /\w*oversubscribe/i.exec(text)![0];
    return `; ${word} is --${word.toLowerCase()} here`;
  }
  if (!PARTS.test(text)) return "";
  return "; inside a host ranks are laid over cores by --bind-to core, over memory nodes by --bind-to numa";
}

function networkOf(text: string | undefined): string | undefined {
  const [network = "", bits, ...more] = text?.split("/") ?? [];
  const width = { 0: -1, 4: 32, 6: 128 }[isIP(network)]!;
  const isCidr = /^\d{1,3}$/.test(bits ?? "") && Number(bits) <= width && more.length === 0;
  if (text === undefined || isCidr || (bits === undefined && text !== "")) return text;
  throw usage(`--iface ${text}: expected an interface, an address, or a network as in 10.1.0.0/16`);
}

/** The choice that a value names; `hints` for values that other launchers take. */
export function oneOf<T extends string>(
  option: string,
  text: string,
  choices: readonly T[],
  hints: Readonly<Record<string, string>> = {},
): T {
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  const hint = Object.hasOwn(hints, text) ? `; ${hints[text]}` : "";
  throw usage(`${option} ${text}: expected ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}${hint}`);
}

function command(option: string, text: string): string[] {
  const words = splitWords(text);
  if (words === undefined) throw usage(`${option} ${text}: a quote is not closed`);
  if (words.length === 0) throw usage(`${option} needs a value`);
  return words;
}
