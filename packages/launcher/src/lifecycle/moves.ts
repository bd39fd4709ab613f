/**
 * The life of a job as one table: what may happen in which phase, where it leads, and what is
 * to be done. What is not in the table changes nothing. Pure.
 */
/** Where a job is in its life. */
export type Phase =
  /** Ranks run. */
  | "running"
  /** The user pressed Ctrl-C: ranks have got INT and may end in their own way. */
  | "interrupted"
  /** The job is to end: ranks have got TERM. */
  | "stopping"
  /** The grace is over: ranks have got KILL. */
  | "killing"
  /** No rank is left. */
  | "over";

/** What can happen to a job. */
export type Trigger =
  /** A rank failed, and the others are to go on without it. */
  | "loss"
  /** A rank failed, aborted, could not be started; or the output's reader has gone. */
  | "failure"
  /** The job's own deadline passed. */
  | "deadline"
  /** Ctrl-C. */
  | "interrupt"
  /** TERM, HUP or QUIT to the launcher. */
  | "terminate"
  /** The kill grace has passed since the last action. */
  | "grace"
  /** The last rank has ended. */
  | "empty";

/** What to do to the ranks: nothing, or send this signal to their process groups. */
export type Action = "none" | "INT" | "TERM" | "KILL";

const MOVES: Readonly<Record<Phase, Readonly<Partial<Record<Trigger, readonly [Phase, Action]>>>>> = {
  running: {
    loss: ["running", "none"],
    failure: ["stopping", "TERM"],
    deadline: ["stopping", "TERM"],
    interrupt: ["interrupted", "INT"],
    terminate: ["stopping", "TERM"],
    empty: ["over", "none"],
  },
  interrupted: {
    interrupt: ["killing", "KILL"],
    terminate: ["stopping", "TERM"],
    grace: ["stopping", "TERM"],
    empty: ["over", "none"],
  },
  stopping: {
    interrupt: ["killing", "KILL"],
    terminate: ["killing", "KILL"],
    grace: ["killing", "KILL"],
    empty: ["over", "none"],
  },
  killing: { empty: ["over", "none"] },
  over: {},
};

/** A phase and what to do on entering it. */
export interface Move {
  readonly phase: Phase;
  readonly action: Action;
}

/** The legal move for a trigger; undefined when it means nothing in this phase. */
export function nextMove(phase: Phase, trigger: Trigger): Move | undefined {
  const move = MOVES[phase][trigger];
  return move === undefined ? undefined : { phase: move[0], action: move[1] };
}
