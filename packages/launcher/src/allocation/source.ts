import { LaunchProblem } from "../problem.js";

/** Where a text with hosts in it stands, for messages. */
export interface Source {
  /** "hosts.txt", "--host", "SLURM_JOB_NODELIST" */
  readonly name: string;
  /** Counted from 1; undefined: the text has but one line, which messages quote. */
  readonly line?: number;
  /** The line itself. */
  readonly text: string;
  /** What the launcher exits with if the text is wrong. */
  readonly exitCode: number;
}

/** `hosts.txt line 3` or `--host`. */
export function sourceName({ name, line }: Source): string {
  return line === undefined ? name : `${name} line ${line}`;
}

/** A mistake at an index of a source's text. */
export function malformed(source: Source, index: number, message: string): LaunchProblem {
  const quote = source.line === undefined ? ` of "${shortened(source.text)}"` : "";
  return new LaunchProblem(source.exitCode, `${sourceName(source)}, column ${index + 1}${quote}: ${message}`);
}

/** What stands at an index, for "…, found X". */
export function found(text: string, index: number): string {
  if (index >= text.length) return "the end";
  const [word] = /^(?:[\w.-]+|[^])/u.exec(text.slice(index))!;
  return JSON.stringify(word);
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
