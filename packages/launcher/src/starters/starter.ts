/** What starts agents on other hosts: the terms between a launcher and the tool that does it. */

/** What is run on each host. No word of it is secret. */
export interface AgentCommand {
  /** Absolute paths of node and of the agent, and options. The starter adds `--ticket`, some also `--host`. */
  readonly words: readonly string[];
}

/** A host, spelt as in the allocation. */
export interface RemoteHost {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** Why an agent did not come up. */
export type StartFailureCause =
  | "unresolved"
  | "refused"
  | "timed out"
  | "host key"
  | "permission denied"
  | "node not found"
  | "tsmpi not found"
  | "starter";

/** Why an agent did not come up, or what held it ended, for a person. */
export interface StartFailure {
  /** undefined: the tool failed as a whole, no host in particular. */
  readonly host: string | undefined;
  readonly cause: StartFailureCause;
  /** One sentence: host, cause, remedy. */
  readonly message: string;
  /** The last lines of what the host or the tool said. */
  readonly words: string;
  /** A tool that somebody has killed, as one clause: it makes no difference whether its agents had come up. */
  readonly killed?: string;
}

/** What a launcher hears from a starter. */
export interface StarterEvents {
  /** How far a host has come, as far as the tool tells: "ssh: connecting", "ssh: authenticating". */
  phase(host: string, phase: string): void;
  /**
   * What the starter had running for a host has ended or never came up; once per host at most,
   * and never after `stop`. A job that ends well also ends here, with the agents: who has heard
   * from a host's agent by then need not listen.
   */
  failed(failure: StartFailure): void;
  /** A line that the starter's processes print and that is not ours, such as a login banner. */
  output(host: string | undefined, text: string): void;
}

/** What a starter may need besides hosts, command and ticket. */
export interface StarterOptions {
  /** Seconds that a connection may take. */
  readonly connectTimeout: number;
  /** For `command`: the words in front of host and agent. */
  readonly rshAgent?: readonly string[];
  /** For `ssh`: further words for its command line. They come first, and ssh keeps what it reads first. */
  readonly sshArgs: readonly string[];
  /**
   * For `pbs`, whose agents have no standard input: a file only this user may read (0600) with the
   * ticket, on a file system that all hosts see. The launcher writes and deletes it.
   */
  readonly ticketFile: string | undefined;
  /** What the starter's own processes get. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What starters are called, most of them in --launcher as well; `command` is --rsh-agent. */
export type StarterName = "ssh" | "slurm" | "pbs" | "sge" | "lsf" | "command";

/** One way of starting agents. */
export interface Starter {
  readonly name: StarterName;
  /**
   * Starts an agent on each host; returns at once.
   * @param ticket one line, secret: it goes through standard input or a file, never a command line
   */
  start(
    hosts: readonly RemoteHost[],
    command: AgentCommand,
    ticket: string,
    options: StarterOptions,
    events: StarterEvents,
  ): StartedAgents;
}

/**
 * Agents that have not said that they are done: some are gone and cannot end what holds them; or are silent
 * though their host answers, and will be ended by their watchdog; or are silent with their host, and nothing
 * can be had of them.
 */
export type Lost = "gone" | "silent" | "unreachable";

/** Called when a job is over, or when it cannot begin. */
export interface StartedAgents {
  /**
   * Ends the starter's own processes: at once where no agent is on its way, elsewhere when they do
   * not end by themselves within a few seconds, as they do when their agent's link has ended. Where
   * agents are `lost`, all others have said that they are done.
   */
  stop(lost?: Lost): void;
  /** All of the starter's processes have ended. To be awaited after `stop`, before this process ends. */
  readonly ended: Promise<void>;
}
