import t from "tap";
import type { Allocation, AppSpec } from "@tsmpi/protocol";
import { LaunchProblem, place } from "@tsmpi/launcher";
import { unite } from "@tsmpi/launcher/placement/unite";
import { jobSpec } from "../support/job.js";

const laptop: Allocation = {
  kind: "local",
  hosts: [{ host: "here", slots: 4, slotsOrigin: "the 4 cores of this machine" }],
  origin: "the 4 cores of this machine",
  managed: false,
};
const counted: Allocation = { ...laptop, origin: "line 1 of hosts", managed: true };

function app(ranks?: number, ranksPerHost?: number, program = "a"): AppSpec {
  return { program, args: [], ranks, ranksPerHost, environment: {}, workingDirectory: undefined };
}
function plan(apps: AppSpec[], allocation = laptop, oversubscribe?: boolean) {
  return place(jobSpec({ apps, oversubscribe }), allocation);
}

t.test("without a number there is a rank on every slot", async (t) => {
  t.equal(plan([app()]).ranks.length, 4);
});

t.test("ranks are numbered through the programs in their order", async (t) => {
  t.same(
    plan([app(2), app(1)]).ranks.map(({ rank, localRank, localSize, host, app }) => [
      rank,
      localRank,
      localSize,
      host,
      app,
    ]),
    [
      [0, 0, 3, "here", 0],
      [1, 1, 3, "here", 0],
      [2, 2, 3, "here", 1],
    ],
  );
});

t.test("ranks per host alone say how many ranks there are on one host", async (t) => {
  t.equal(plan([app(undefined, 3)]).ranks.length, 3);
});

t.test("more ranks than ranks per host do not fit on one host", async (t) => {
  t.throws(() => plan([app(3, 2)]), { message: /-n 3 .* -N 2/ });
});

t.test("each of several programs needs its number", async (t) => {
  t.throws(() => plan([app(1), app(undefined, undefined, "b")]), { message: /-n is missing for b/ });
});

t.test("more ranks than cores run on a laptop, with a notice", async (t) => {
  t.match(plan([app(5)]).notice, /5 ranks share the 4 cores of this machine/);
  t.equal(plan([app(4)]).notice, undefined);
  t.equal(plan([app(5)], laptop, true).notice, undefined);
});

t.test("more ranks than slots are an error where somebody counted them", async (t) => {
  t.throws(() => plan([app(5)], counted), { message: /here: 4[^]*--oversubscribe/, exitCode: 2 });
  t.equal(plan([app(5)], counted, true).ranks.length, 5);
});

t.test("more ranks than slots are an error where the user says so", async (t) => {
  t.throws(() => plan([app(5)], laptop, false), LaunchProblem);
});

t.test("names of one machine become one host, whose ranks keep their numbers", async (t) => {
  const names = ["here", "there", "localhost"];
  const allocation: Allocation = {
    ...{ kind: "hosts", origin: "--host", managed: true },
    hosts: names.map((host) => ({ host, slots: 2, slotsOrigin: "--host" })),
  };
  const apart = plan([app()], allocation);
  const united = unite(apart, [0, 2]);
  t.same(
    united.hosts.map(({ host }) => host),
    ["here", "there"],
  );
  t.same(
    united.ranks.map(({ rank, host, hostIndex, localRank, localSize }) => [
      ...[rank, host, hostIndex, localRank, localSize],
    ]),
    [
      [0, "here", 0, 0, 4],
      [1, "here", 0, 1, 4],
      [2, "there", 1, 0, 2],
      [3, "there", 1, 1, 2],
      [4, "here", 0, 2, 4],
      [5, "here", 0, 3, 4],
    ],
  );
  t.same(unite(apart, [1, 2]).hosts.length, 2);
  t.equal(unite(apart, [1]), apart, "one name");
  t.equal(unite(apart, []), apart, "none");
});
