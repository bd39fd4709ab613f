import { abortExit } from "@tsmpi/protocol";
import { Endpoint } from "../endpoint/endpoint.js";
import { isWorkerThread } from "./identity.js";
import { watchLoneWorld } from "./lonely.js";
import { otherLauncherHint } from "./other-launcher.js";
import type { ProcessLife } from "./process.js";

/** A program started without a launcher: a world of one. */
export function aloneLife(): ProcessLife {
  let finalized = false;
  const endpoint = new Endpoint(0, 1, undefined);
  watchLoneWorld(endpoint);
  const hint = isWorkerThread() ? undefined : otherLauncherHint(process.env, program());
  if (hint !== undefined) process.stderr.write(`${hint}\n`);
  return {
    rank: 0,
    size: 1,
    localRank: 0,
    localSize: 1,
    endpoint,
    initialized: () => true,
    finalized: () => finalized,
    finalize: () => {
      finalized = true;
      endpoint.close();
      return Promise.resolve();
    },
    abort: (code, reason) => {
      if (reason !== undefined) process.stderr.write(`tsmpi: aborted: ${reason}\n`);
      process.exit(abortExit(code));
    },
  };
}

/** What was started, as one would type it in its directory. */
function program(): string {
  return ["node", process.argv[1]?.replace(/^.*\//, "") ?? "…"].join(" ");
}
