/** What holds for every plan, whatever the hosts, numbers and policies. */
import t from "tap";
import type { Allocation, AppSpec, HostSlots, JobSpec, MapBy, Plan } from "@tsmpi/protocol";
import { place } from "@tsmpi/launcher";
import { randomNumbers } from "../support/hostlists.js";
import { jobSpec } from "../support/job.js";

const ROUNDS = 2000;
const random = randomNumbers(5);
const POLICIES: readonly MapBy[] = [{ type: "slot" }, { type: "node" }];

function app(ranks?: number, ranksPerHost?: number): AppSpec {
  return { program: "a", args: [], ranks, ranksPerHost, environment: {}, workingDirectory: undefined };
}
function allocation(hosts: readonly (Partial<HostSlots> & { slots: number })[]): Allocation {
  return {
    kind: "hosts",
    hosts: hosts.map((host, index) => ({ host: `n${index}`, slotsOrigin: "--host", ...host })),
    origin: "--host",
    managed: true,
  };
}
function randomAllocation(): Allocation {
  return allocation(
    Array.from({ length: 1 + random(6) }, () => {
      const slots = random(8);
      return random(4) === 0 && slots > 0 ? { slots, maxSlots: slots + random(4) } : { slots };
    }),
  );
}
/** How many ranks each host has. */
function loads(plan: Plan, { hosts }: Allocation): number[] {
  return hosts.map(({ host }) => plan.ranks.filter((rank) => rank.host === host).length);
}
const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** Calls `check` with random plans of one or two programs. */
function plans(
  oversubscribe: boolean,
  check: (plan: Plan, allocation: Allocation, spec: JobSpec, counts: readonly number[]) => void,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const hosts = randomAllocation();
    const room = total(
      hosts.hosts.map(({ slots, maxSlots }) => (oversubscribe ? (maxSlots ?? slots * 3) : slots)),
    );
    if (room === 0) continue;
    const first = 1 + random(room);
    const counts = first < room && random(2) === 0 ? [first, 1 + random(room - first)] : [first];
    const spec = jobSpec({
      apps: counts.map((count) => app(count)),
      mapBy: POLICIES[random(2)]!,
      rankBy: ([undefined, "slot", "node"] as const)[random(3)],
      ...(oversubscribe ? { oversubscribe } : {}),
    });
    check(place(spec, hosts), hosts, spec, counts);
  }
}

for (const oversubscribe of [false, true]) {
  const when = oversubscribe ? "with more ranks than slots allowed" : "within the slots";
  t.test(`every rank has a place and its numbers, ${when}`, async (t) => {
    const wrong: unknown[] = [];
    plans(oversubscribe, (plan, hosts, spec, counts) => {
      const seen = new Map<string, number>();
      const ordered = plan.ranks.every(({ rank, host, hostIndex, localRank, localSize, app }, index) => {
        const local = seen.get(host) ?? 0;
        seen.set(host, local + 1);
        const size = plan.ranks.filter((other) => other.host === host).length;
        const program = index < counts[0]! ? 0 : 1;
        return (
          rank === index &&
          localRank === local &&
          localSize === size &&
          app === program &&
          plan.hosts[hostIndex]?.host === host
        );
      });
      const inOrder = hosts.hosts.filter(({ host }) => seen.has(host)).map(({ host }) => host);
      const same = inOrder.join() === plan.hosts.map(({ host }) => host).join();
      if (!ordered || !same || plan.ranks.length !== total(counts)) wrong.push({ spec, hosts, plan });
    });
    t.same(wrong, []);
  });
}

t.test("no host has more ranks than slots while there are slots, nor ever more than max_slots", async (t) => {
  const wrong: unknown[] = [];
  plans(false, (plan, hosts, spec) => {
    if (loads(plan, hosts).some((load, index) => load > hosts.hosts[index]!.slots))
      wrong.push({ spec, hosts });
  });
  plans(true, (plan, hosts, spec) => {
    const over = (load: number, index: number) => load > (hosts.hosts[index]!.maxSlots ?? Infinity);
    if (loads(plan, hosts).some(over)) wrong.push({ spec, hosts });
  });
  t.same(wrong, []);
});

t.test("filling hosts leaves none with a free slot before one that is used", async (t) => {
  const wrong: unknown[] = [];
  plans(false, (plan, hosts, spec) => {
    if (spec.mapBy.type !== "slot") return;
    const load = loads(plan, hosts);
    const last = load.findLastIndex((count) => count > 0);
    if (load.slice(0, last).some((count, index) => count < hosts.hosts[index]!.slots))
      wrong.push({ spec, hosts });
  });
  t.same(wrong, []);
});

t.test("dealing to hosts leaves none more than one rank behind another, but for want of slots", async (t) => {
  const wrong: unknown[] = [];
  plans(false, (plan, hosts, spec) => {
    if (spec.mapBy.type !== "node") return;
    const load = loads(plan, hosts);
    const most = Math.max(...load);
    if (load.some((count, index) => count < most - 1 && count < hosts.hosts[index]!.slots)) {
      wrong.push({ spec, hosts, load });
    }
  });
  t.same(wrong, []);
});

t.test("ranks beyond the slots are spread so that no host is fuller than it must be", async (t) => {
  const wrong: unknown[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const hosts = allocation(Array.from({ length: 1 + random(5) }, () => ({ slots: 1 + random(8) })));
    const slots = hosts.hosts.map((host) => host.slots);
    const count = total(slots) + 1 + random(3 * total(slots));
    const load = loads(place(jobSpec({ apps: [app(count)], oversubscribe: true }), hosts), hosts);
    const fullest = Math.max(...load.map((ranks, index) => ranks / slots[index]!));
    // Nobody could take a rank of the fullest host and be less full than it.
    const better = load.some((ranks, index) => (ranks + 1) / slots[index]! < fullest - 1e-9);
    if (better || total(load) !== count) wrong.push({ slots, load });
  }
  t.same(wrong, []);
});

t.test("numbering by slot keeps a program's ranks of a host together, by node goes round", async (t) => {
  const hosts = allocation([{ slots: 2 }, { slots: 1 }, { slots: 3 }]);
  const names = (mapBy: MapBy, rankBy: "slot" | "node") =>
    place(jobSpec({ apps: [app(6)], mapBy, rankBy }), hosts)
      .ranks.map(({ hostIndex }) => hostIndex)
      .join("");
  for (const mapBy of POLICIES) {
    t.equal(names(mapBy, "slot"), "001222");
    t.equal(names(mapBy, "node"), "012022");
  }
});

t.test("a host without a slot gets a rank only if no host has one", async (t) => {
  const some = allocation([{ slots: 0 }, { slots: 1 }]);
  t.same(loads(place(jobSpec({ apps: [app(5)], oversubscribe: true }), some), some), [0, 5]);
  const none = allocation([{ slots: 0 }, { slots: 0 }]);
  t.same(loads(place(jobSpec({ apps: [app(3)], oversubscribe: true }), none), none), [2, 1]);
});

t.test("what max_slots forbids is an error even where the rest is allowed", async (t) => {
  const hosts = allocation([
    { slots: 2, maxSlots: 3 },
    { slots: 1, maxSlots: 1 },
  ]);
  for (const mapBy of POLICIES) {
    t.throws(() => place(jobSpec({ apps: [app(5)], mapBy, oversubscribe: true }), hosts), {
      exitCode: 2,
      message:
        /^5 ranks are more than the hosts of --host take \(max_slots\):\n {2}n0: never more than 3 \(--host\)[^]*use -n 4/,
    });
  }
  t.throws(() => place(jobSpec({ apps: [app(undefined, 2)], oversubscribe: true }), hosts), {
    message: /max_slots/,
  });
});

t.test("contradictions are named", async (t) => {
  const hosts = allocation([{ slots: 4 }, { slots: 4 }]);
  const refuses = (spec: Partial<JobSpec>, message: RegExp) =>
    t.throws(() => place(jobSpec(spec), hosts), { name: "LaunchProblem", exitCode: 2, message });
  refuses({ apps: [app(2, 2)], mapBy: { type: "ppr", ranks: 3 } }, /^-N 2 contradicts --map-by ppr:3:node/);
  refuses(
    { apps: [app(9)], mapBy: { type: "ppr", ranks: 4 } },
    /^-n 9 does not fit with --map-by ppr:4:node on 2 hosts/,
  );
  refuses({ apps: [app(2, 1)], mapBy: { type: "seq" } }, /^-N 1 has no meaning with --map-by seq$/);
  refuses({ apps: [app(2)], mapBy: { type: "seq" }, rankBy: "node" }, /^--rank-by node has no meaning/);
  refuses({ apps: [app(900_000_000)] }, /^900000000 ranks are more than the 1000000 that a job may have$/);
});

t.test("100 000 ranks are placed on 10 000 hosts, or on one", async (t) => {
  const many = allocation(Array.from({ length: 10_000 }, () => ({ slots: 8 })));
  for (const mapBy of POLICIES) {
    const plan = place(jobSpec({ apps: [app(100_000)], mapBy, oversubscribe: true }), many);
    t.equal(plan.ranks.length, 100_000);
    t.same([...new Set(plan.ranks.map(({ localSize }) => localSize))], [10]);
  }
  const one = place(jobSpec({ apps: [app(100_000)], oversubscribe: true }), allocation([{ slots: 2 }]));
  t.equal(one.ranks.at(-1)!.localRank, 99_999);
});
