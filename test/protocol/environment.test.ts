import t from "tap";
import { RANK_VARIABLES, rankVariables, readRankEnvironment } from "@tsmpi/protocol";

const rank = {
  rank: 1,
  size: 4,
  localRank: 0,
  localSize: 2,
  jobId: "17ab",
  jobDirectory: "/tmp/tsmpi-0-17ab",
};

t.test("a rank reads what was set for it", async (t) => {
  t.same(readRankEnvironment(rankVariables(rank)), rank);
  t.same(readRankEnvironment({ PATH: "/bin" }), undefined);
});

t.test("a rank knows whether its job goes on without ranks that fail", async (t) => {
  const goesOn = { ...rank, onFailure: "continue" } as const;
  t.same(readRankEnvironment(rankVariables(goesOn)), goesOn);
  t.ok(RANK_VARIABLES.includes("TSMPI_ON_FAILURE"));
});

t.test("a rank of a job on several hosts knows the host of every rank", async (t) => {
  for (const [hosts, coded] of [
    [[0, 0, 1, 1], "0*2,1*2"],
    [[0, 1, 0, 1], "0,1,0,1"],
    [[2, 0, 0, 0], "2,0*3"],
  ] as const) {
    const variables = rankVariables({ ...rank, hosts, listenFd: 3 });
    t.equal(variables["TSMPI_HOSTS"], coded);
    t.same(readRankEnvironment(variables), { ...rank, hosts, listenFd: 3 });
  }
});

t.test("on one host nothing is said of hosts", async (t) => {
  const variables = Object.keys(rankVariables(rank));
  t.notOk(variables.includes("TSMPI_HOSTS") || variables.includes("TSMPI_LISTEN_FD"));
  t.ok(RANK_VARIABLES.includes("TSMPI_HOSTS") && RANK_VARIABLES.includes("TSMPI_LISTEN_FD"));
});

t.test("hosts that do not fit the world count as a leftover", async (t) => {
  for (const hosts of ["", "0", "0*3", "0*5", "0*4,1", "0*2,x", "0*2*2", "0*999999999", "-1*4"]) {
    t.equal(readRankEnvironment({ ...rankVariables(rank), TSMPI_HOSTS: hosts }), undefined, hosts);
  }
});
