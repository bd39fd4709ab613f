/** What `srun --label -v` says, line by line. Pure. */

/** What a line tells. */
export interface StepLine {
  /** The task that printed the rest. */
  readonly task?: number;
  /** The host it is about. */
  readonly host?: string;
  /** The tasks of that host. */
  readonly tasks?: readonly number[];
  /** These tasks run. */
  readonly started?: boolean;
  /** These tasks, or all of this host, have ended or could not be started. */
  readonly ended?: boolean;
  /** What a person should read; undefined: chatter of `-v`. */
  readonly text?: string;
}

/** In this order: the first that fits reads the line. */
const FORMS: readonly (readonly [RegExp, (words: readonly string[], line: string) => StepLine])[] = [
  [/^ *(\d+): ?(.*)$/, ([task, text]) => ({ task: Number(task), text: text! })],
  [
    /^srun: launching \S+ on host (\S+), \d+ tasks: (\S+)$/,
    ([host, tasks]) => ({ host: host!, tasks: numbers(tasks!) }),
  ],
  [/^srun: .*_task_start: Node (\S+), \d+ tasks? started/, ([host]) => ({ host: host!, started: true })],
  [
    /^srun: .*_task_finish: \S+: tasks? ([\d,-]+): Completed/,
    ([tasks]) => ({ tasks: numbers(tasks!), ended: true }),
  ],
  [
    /^srun: error: \S+: tasks? ([\d,-]+): (?:Exited|Killed|Terminated|.*signal|.*core dumped|.*fault|Aborted)/,
    ([tasks], text) => ({ tasks: numbers(tasks!), ended: true, text }),
  ],
  [
    /^srun: error: Task launch for \S+ failed on node (\S+?):/,
    ([host], text) => ({ host: host!, ended: true, text }),
  ],
  [/^srun: error: Node failure on (\S+?)[.,]?$/, ([host], text) => ({ host: host!, ended: true, text })],
  [/^slurmstepd-(\S+?): error: /, ([host], text) => ({ host: host!, text })],
  [
    /^srun: (?:-+ -+|\S+ +: |defined options|end of defined options|jobid \d+: nodes|launching |[\w-]+\/[\w-]+: |_task_|cluster configuration lacks)/,
    () => ({}),
  ],
];

export function readStepLine(line: string): StepLine {
  for (const [form, read] of FORMS) {
    const match = form.exec(line);
    if (match !== null) return read(match.slice(1), line);
  }
  return { text: line };
}

/** "0-2,5" */
function numbers(list: string): number[] {
  return list.split(",").flatMap((item) => {
    const [first, last = first] = item.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}
