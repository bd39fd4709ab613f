/** A connection between hosts that breaks while the hosts live. */
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { newKeys } from "@tsmpi/launcher/network/keys";
import { startOnHosts, type HostsJob } from "../support/hosts.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { openProxy, type Proxy } from "../support/proxy.js";

/** A job of two ranks on two hosts, once rank 1 has said something; the proxy is in front of rank 1. */
async function start(t: Test, program: string, ...args: string[]): Promise<[HostsJob, Proxy]> {
  let proxy: Proxy | undefined;
  const detour = async (rank: number, port: number) => {
    if (rank === 0) return port;
    proxy = await openProxy(port);
    t.teardown(proxy.close);
    return proxy.port;
  };
  const command = [NODE, join(FIXTURES, "hosts", program), ...args];
  const job = await startOnHosts([0, 1], command, { keys: newKeys(), detour });
  await once(job.children[1]!.stdout!, "data");
  return [job, proxy!];
}
const LOST = /MPIError: rank 1, recv: .*a message of rank 0 was lost on its way.*\[ERR_OTHER\]/;

t.test("a message lost in a row of messages is noticed, and no other one taken for it", async (t) => {
  const [{ outcomes }, proxy] = await start(t, "stream.js");
  proxy.swallow();
  const [, receiver] = await outcomes;
  t.match(receiver!.stderr, LOST);
  t.equal(receiver!.code, 1);
});

t.test("a last message lost is noticed when its sender waits for the answer, or for the end", async (t) => {
  for (const then of ["wait", "finish"]) {
    const [{ outcomes, children }, proxy] = await start(t, "tail.js", then);
    proxy.swallow();
    children[0]!.kill("SIGUSR2");
    const [, receiver] = await outcomes;
    t.match(receiver!.stderr, LOST, then);
  }
});

t.test("a connection that breaks with nothing on it is made again", async (t) => {
  const [{ outcomes, children }, proxy] = await start(t, "tail.js", "wait");
  await proxy.cut();
  children[0]!.kill("SIGUSR2");
  const ends = await outcomes;
  t.same(
    ends.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ""],
      [0, ""],
    ],
  );
});
