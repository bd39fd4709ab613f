/** Ranks that a job has lost and gone on without. Pure. */
import { describeCause, type Cause } from "./cause.js";

/** A rank that has failed, or a host with all its ranks. */
export type Loss = Extract<Cause, { readonly type: "failed" | "lost" }>;

/** The ranks that are gone with it. */
export function ranksOf(loss: Loss): readonly number[] {
  return loss.type === "failed" ? [loss.exit.rank] : loss.ranks;
}

/** For the other ranks: what completes "rank 3 ". */
export function howOf(loss: Loss): string {
  if (loss.type === "lost") return `was lost with host ${loss.host}`;
  const { code, signal } = loss.exit;
  return `${signal === null ? `exited with code ${code}` : `was killed by ${signal}`} on ${loss.host}`;
}

/** The line for the user; `others` ranks are still running. */
export function describeLoss(loss: Loss, others: number): string {
  const rest = others === 0 ? "" : `; ${others} ${others === 1 ? "other goes" : "others go"} on`;
  return `${describeCause(loss, 0)}${rest}`;
}

/** The first loss of a rank that nobody has asked about: the job's exit code is that rank's. */
export function firstUnnoticed(losses: readonly Loss[], noticed: ReadonlySet<number>): Loss | undefined {
  return losses.find((loss) => ranksOf(loss).some((rank) => !noticed.has(rank)));
}

/** Says why a job whose last ranks ended well has an exit code all the same. */
export function describeUnnoticed(loss: Loss, code: number): string {
  const [rank] = ranksOf(loss);
  return (
    `the job ends with ${code}, for no other rank has asked about the failure of rank ${rank}: ` +
    "a program that goes on calls failed() or shrink()"
  );
}

/** Says what `--check` is worth in a job that has gone on. */
export function describeUnchecked([loss]: readonly Loss[]): string {
  const [rank] = ranksOf(loss!);
  return (
    `--check has looked only for arrays that were changed too early and for different collectives: what else is left over ` +
    `may be so because of the failure of rank ${rank}`
  );
}
