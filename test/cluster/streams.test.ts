/** Standard streams of ranks on other hosts. */
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { nothingLeft, startTsmpirunOn, tsmpirunOn } from "../support/cluster-job.js";
import { NODE, TSMPIRUN } from "../support/paths.js";

const skip = whyNoCluster();
const HOSTS = ["-H", "node01:2,node02:2"];

t.test("ranks on other hosts", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });

  await t.test("read standard input, one of them or all", async (t) => {
    const echo = ["sh", "-c", "read line; echo $TSMPI_RANK got ${line:-nothing}"];
    const run = async (...args: string[]) => {
      const { stdout, stderr } = await tsmpirunOn(farm, "head", [...HOSTS, ...args, ...echo], {
        input: "hi\n",
      });
      return stdout.trimEnd().split("\n").sort().concat(stderr).join("; ");
    };
    t.equal(await run(), "0 got hi; 1 got nothing; 2 got nothing; 3 got nothing; ");
    t.equal(await run("--stdin", "3"), "0 got nothing; 1 got nothing; 2 got nothing; 3 got hi; ");
    t.equal(await run("--stdin", "all"), "0 got hi; 1 got hi; 2 got hi; 3 got hi; ");
    t.equal(await run("--stdin", "none"), "0 got nothing; 1 got nothing; 2 got nothing; 3 got nothing; ");
  });

  await t.test("pass 100 MB from input to output, byte for byte", async (t) => {
    await farm.sh("head", "head -c 100000000 /dev/urandom >big");
    for (const rank of [0, 3]) {
      const command = `${NODE} ${TSMPIRUN} ${HOSTS.join(" ")} --stdin ${rank} cat <big | cmp - big && echo the same`;
      t.equal(await farm.sh("head", command), "the same\n", `rank ${rank}`);
    }
    await farm.sh("head", "rm big");
  });

  await t.test("write whole lines, tagged, and into files here", async (t) => {
    const lines = ["sh", "-c", "for i in 1 2 3; do echo $TSMPI_RANK.$i; done; echo $TSMPI_RANK.err >&2"];
    const outcome = await tsmpirunOn(farm, "head", [...HOSTS, "-l", "--output-dir", "out", ...lines]);
    const ranks = [0, 1, 2, 3];
    t.same(
      outcome.stdout.split("\n").filter(Boolean).sort(),
      ranks.flatMap((r) => [1, 2, 3].map((i) => `[${r}] ${r}.${i}`)),
    );
    t.same(
      outcome.stderr.split("\n").filter(Boolean).sort(),
      ranks.map((r) => `[${r}] ${r}.err`),
    );
    t.equal(await farm.sh("head", "cat out/rank.3.out out/rank.3.err"), "3.1\n3.2\n3.3\n3.err\n");
    t.equal(
      await farm.sh("head", "ls out; rm -r out"),
      ranks.map((r) => `rank.${r}.err\nrank.${r}.out\n`).join(""),
    );
  });

  await t.test("show a prompt before they read the answer", async (t) => {
    const ask = ["sh", "-c", "printf 'name? '; read name; echo hello $name"];
    const { child } = startTsmpirunOn(farm, "head", ["-H", "node02", ...ask]);
    let text = "";
    child.stderr.pipe(process.stderr);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text === "name? ") child.stdin.end("Ada\n");
    });
    await new Promise((resolve) => child.once("close", resolve));
    t.equal(text, "name? hello Ada\n");
  });

  await t.test("slow down for a slow reader, and end with one that has gone", async (t) => {
    const flood = `${NODE} ${TSMPIRUN} ${HOSTS.join(" ")} yes`;
    t.equal(await farm.sh("head", `${flood} | (head -n 3; :)`), "y\ny\ny\n");
    await nothingLeft(t, farm);
  });
});
