/** What a launcher is waiting for, in words. Pure. */

/** A host whose agent has not dialled back. */
export interface Waiting {
  readonly host: string;
  /** How far it has come: "ssh: authenticating". */
  readonly phase: string;
}

/** Nobody is left longer than this without a word. */
export const PROGRESS_MS = 5_000;

const MOST_NAMED = 4;

/** `connecting 3/12 hosts for 5 s, waiting for node07 (ssh: authenticating), node09 (agent: dialling back)` */
export function waitingLine(waiting: readonly Waiting[], hosts: number, seconds: number): string {
  const named = waiting.slice(0, MOST_NAMED).map(({ host, phase }) => `${host} (${phase})`);
  const more = waiting.length > MOST_NAMED ? ` and ${waiting.length - MOST_NAMED} more` : "";
  const done = `${hosts - waiting.length}/${hosts}`;
  return `connecting ${done} hosts for ${seconds.toFixed(0)} s, waiting for ${named.join(", ")}${more}`;
}
