/** `tsmpirun --help`. Pure. */
import { OPTIONS, dashed, type OptionRow } from "./options.js";

const COLUMN = 30;

const HEAD = `tsmpirun [options] program [arguments…] [: [options] program [arguments…]]…

Starts the ranks of an MPI program and sees them through. Options stop at the first word that
is none; everything after it belongs to the program.
`;

const EXAMPLES = `Examples
  tsmpirun -n 4 node pi.js                      four ranks of one program
  tsmpirun -n 1 node boss.js : -n 7 ./worker    two programs in one job
  tsmpirun -H node01:4,node02:4 -l node pi.js   eight ranks on two hosts, tagged lines
`;

/** The whole help text. */
export function helpText(): string {
  const rows: readonly OptionRow[] = OPTIONS;
  const groups = [...new Set(rows.map(({ group }) => group))];
  const sections = groups.map(
    (group) =>
      `${group}\n${rows
        .filter((row) => row.group === group)
        .map(line)
        .join("")}`,
  );
  const doctor = `  ${"doctor [options]".padEnd(COLUMN)}say what is wrong with the hosts of a job, side by side, and stop\n`;
  const completion = `  ${"completion".padEnd(COLUMN)}print a completion script for bash or zsh: source <(tsmpirun completion)\n`;
  const ps = `  ${"ps [--json]".padEnd(COLUMN)}say where every rank of your jobs on this host is, and stop\n`;
  return [HEAD, ...sections.slice(0, -1), sections.at(-1)! + doctor + ps + completion, EXAMPLES].join("\n");
}

function line({ names, values, text }: OptionRow): string {
  const spelling = [names.map(spelt).join(", "), ...values].join(" ");
  if (spelling.length < COLUMN) return `  ${spelling.padEnd(COLUMN)}${text}\n`;
  return `  ${spelling}\n  ${" ".repeat(COLUMN)}${text}\n`;
}

/** The one name of several letters that takes a single dash as well, as everywhere. */
function spelt(name: string): string {
  return name === "np" ? `-np, ${dashed(name)}` : dashed(name);
}
