/** A connection between hosts that breaks while the hosts live. */
import { once } from "node:events";
import { join } from "node:path";
import t from "tap";
import { newKeys } from "@tsmpi/launcher/agent/keys";
import { startOnHosts } from "../support/hosts.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { openProxy, type Proxy } from "../support/proxy.js";

t.setTimeout(120_000);

t.test("messages lost with a connection are noticed, and never another one taken for them", async (t) => {
  let noticed = 0;
  for (let round = 0; round < 5; round++) {
    const proxies: Proxy[] = [];
    const detour = async (_: number, port: number) => {
      proxies.push(await openProxy(port));
      return proxies.at(-1)!.port;
    };
    const command = [NODE, join(FIXTURES, "hosts/stream.js")];
    const { children, outcomes } = await startOnHosts([0, 1], command, { keys: newKeys(), detour });
    await once(children[1]!.stdout!, "data"); // under way
    for (const proxy of proxies) proxy.cut();
    const [, receiver] = await outcomes;
    t.notMatch(receiver!.stderr, "in the place of");
    if (receiver!.code !== 0) {
      noticed++;
      t.match(receiver!.stderr, /a message of rank 0 was lost on its way.*\[ERR_OTHER\]/);
    } else t.match(receiver!.stdout, /all in order/, "nothing was under way just then");
    for (const proxy of proxies) proxy.close();
  }
  t.ok(noticed > 0, `${noticed} of 5 cuts hit a message`);
});
