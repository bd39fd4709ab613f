/** What --display and --dry-run show. Pure. */
import type { Allocation, Plan } from "@tsmpi/protocol";
import type { Shown } from "./request.js";

/** Facts that can be shown. */
export interface Facts {
  readonly allocation: Allocation;
  readonly plan: Plan;
  /** For each app. */
  readonly environments: readonly Readonly<Record<string, string>>[];
}

/** The facts asked for as text, newline included. */
export function displayText(shown: readonly Shown[], facts: Facts): string {
  const texts = { allocation: allocationText, map: mapText, env: environmentText };
  return shown.map((what) => texts[what](facts)).join("\n");
}

/** The facts asked for as one line of JSON. */
export function displayJson(shown: readonly Shown[], { allocation, plan, environments }: Facts): string {
  const facts = {
    allocation,
    map: { hosts: plan.hosts, ranks: plan.ranks, apps: plan.apps },
    env: environments,
  };
  return JSON.stringify(Object.fromEntries(shown.map((what) => [what, facts[what]]))) + "\n";
}

/** A variable a line, sorted by name. */
function environmentLines(environment: Readonly<Record<string, string>>): string {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  return lines.sort().join("");
}

function allocationText({ allocation }: Facts): string {
  const hosts = allocation.hosts.map(({ host, slots, slotsOrigin, maxSlots, user, port }) => {
    const name = `${user === undefined ? "" : `${user}@`}${host}`;
    const facts = [
      ...(maxSlots === undefined ? [] : [`never more than ${maxSlots}`]),
      ...(port === undefined ? [] : [`port ${port}`]),
      ...(slotsOrigin === allocation.origin ? [] : [slotsOrigin]),
    ];
    const known = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
    return `  ${name}: ${slots} slot${slots === 1 ? "" : "s"}${known}\n`;
  });
  return `allocation (${allocation.origin}):\n${hosts.join("")}`;
}

function mapText({ plan }: Facts): string {
  const lines = plan.ranks.map(({ rank, host, app }) => {
    const { program, args } = plan.apps[app]!;
    return `  rank ${rank} on ${host}: ${[program, ...args].map(quoted).join(" ")}\n`;
  });
  return `map:\n${lines.join("")}`;
}

/** The environments of several programs, each under its name; of one the variables alone. */
export function environmentTexts(
  programs: readonly string[],
  environments: readonly Readonly<Record<string, string>>[],
): string {
  if (environments.length === 1) return environmentLines(environments[0]!);
  return titledEnvironments(programs, environments);
}

function environmentText({ plan, environments }: Facts): string {
  const programs = plan.apps.map(({ program }) => program);
  return titledEnvironments(programs, environments);
}

function titledEnvironments(
  programs: readonly string[],
  environments: readonly Readonly<Record<string, string>>[],
): string {
  const texts = environments.map((environment, app) => {
    const lines = environmentLines(environment).replace(/^(?=.)/gm, "  ");
    return `environment of ${programs[app]!}:\n${lines}`;
  });
  return texts.join("");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
