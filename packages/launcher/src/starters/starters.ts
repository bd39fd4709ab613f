import { command } from "./command.js";
import { lsf } from "./lsf.js";
import { pbs } from "./pbs.js";
import { sge } from "./sge.js";
import { slurm } from "./slurm.js";
import { ssh } from "./ssh.js";
import type { Starter, StarterName } from "./starter.js";

/** All starters, by name. */
export const STARTERS: Readonly<Record<StarterName, Starter>> = { ssh, slurm, pbs, sge, lsf, command };
