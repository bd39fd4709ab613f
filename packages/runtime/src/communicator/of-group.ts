import { MPIError } from "@tsmpi/protocol";
import { UNDEFINED } from "../constants.js";
import { ContextOf } from "../endpoint/contexts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { follow } from "./agreement.js";
import { openChannel } from "./collective.js";
import { checkGroup, type Group } from "./group.js";
import { some, type Members } from "./members.js";
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
 * A context for a communicator of the group, chosen by its rank 0. Only members call it; their
 * messages have a context of the parent's that nothing else uses, and the user's tag. One broadcast.
 */
export async function agreeInGroup(
  endpoint: Endpoint,
  parent: number,
  group: Group,
  tag: number,
): Promise<number> {
  const { contexts } = endpoint;
  const own = parent + ContextOf.CREATION;
  const channel = openChannel(endpoint, some(group.ranks), group.rank, own, tag, "createGroup");
  const { context, ranks } = await follow(channel, () => ({
    context: contexts.reserve(),
    ranks: group.ranks,
  }));
  if (ranks.length === group.size && ranks.every((rank, index) => rank === group.ranks[index]))
    return context;
  throw new MPIError(
    "ERR_GROUP",
    `the members name different groups: here [${group.ranks.join(", ")}], rank 0 of it [${ranks.join(", ")}]`,
  );
}
