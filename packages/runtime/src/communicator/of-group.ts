import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { UNDEFINED } from "../constants.js";
import type { Contexts } from "../endpoint/contexts.js";
import { exchange } from "./agreement.js";
import { checkGroup, type Group } from "./group.js";
import type { Members } from "./members.js";
import { checkSendTag, type Caller } from "./validation.js";

/** The ranks that a group's members have in a communicator. Throws ERR_GROUP unless all are in it. */
export function ranksOfGroup(group: Group, members: Members, tag: number, caller: Caller): number[] {
  checkGroup(group, caller.operation);
  checkSendTag(tag, caller);
  const ranks = group.ranks.map((worldRank) => members.rankOf(worldRank));
  const stranger = group.ranks[ranks.indexOf(UNDEFINED)];
  if (stranger === undefined) return ranks;
  throw new MPIError("ERR_GROUP", `world rank ${stranger} is not in this communicator`, caller);
}

/**
 * A context for a communicator of the ranks of a channel, chosen by its rank 0. One allgather: nobody
 * goes on before all have named the same group.
 */
export async function agreeInGroup(channel: Channel, contexts: Contexts): Promise<number> {
  let context: number | undefined;
  try {
    const offers = await exchange(channel, () =>
      channel.rank === 0 ? (context = contexts.reserve()) : undefined,
    );
    return offers[0]!;
  } catch (error) {
    if (context !== undefined) contexts.release(context);
    throw error;
  }
}
