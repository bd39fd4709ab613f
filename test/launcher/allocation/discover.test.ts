/** Where hosts come from: batch systems by their variables and files, and what narrows them. */
import t, { type Test } from "tap";
import type { JobSpec } from "@tsmpi/protocol";
import { discover } from "@tsmpi/launcher";
import { jobSpec } from "../../support/job.js";

type Environment = Record<string, string>;
/** Names and contents of the files that exist. */
type Files = Record<string, string>;

function allocation(environment: Environment, files: Files = {}, spec: Partial<JobSpec> = {}) {
  const readFile = (path: string) => {
    if (files[path] !== undefined) return files[path];
    throw Object.assign(new Error("nothing there"), { code: "ENOENT" });
  };
  return discover(jobSpec(spec), environment, readFile, "here");
}
const slots = (...given: Parameters<typeof allocation>) =>
  allocation(...given)
    .hosts.map(({ host, slots }) => `${host}:${slots}`)
    .join(" ");
const refuses = (t: Test, given: Parameters<typeof allocation>, exitCode: number, message: RegExp) =>
  t.throws(() => allocation(...given), { name: "LaunchProblem", exitCode, message });

const SLURM = {
  SLURM_JOB_ID: "4711",
  SLURM_JOB_NODELIST: "node[01-03],big",
  SLURM_JOB_CPUS_PER_NODE: "16(x3),64",
  SLURM_TASKS_PER_NODE: "4(x2),2,8",
};
const TASKS = { ...SLURM, SLURM_NTASKS: "18" };

t.test("without anything the job is on this machine, whose cores nobody has counted", async (t) => {
  t.match(allocation({}), { kind: "local", managed: false, hosts: [{ host: "here" }] });
});

t.test("Slurm: tasks count if somebody asked for tasks, else processors", async (t) => {
  t.equal(slots(TASKS), "node01:4 node02:4 node03:2 big:8");
  t.equal(slots({ ...SLURM, SLURM_NTASKS_PER_NODE: "4" }), "node01:4 node02:4 node03:2 big:8");
  t.equal(slots(SLURM), "node01:16 node02:16 node03:16 big:64");
  t.equal(slots({ ...SLURM, SLURM_CPUS_PER_TASK: "5" }), "node01:3 node02:3 node03:3 big:12");
  t.match(allocation(TASKS), {
    kind: "slurm",
    origin: "Slurm job 4711",
    managed: true,
    hosts: [{ slotsOrigin: "SLURM_TASKS_PER_NODE" }],
  });
  t.match(allocation({ ...SLURM, SLURM_CPUS_PER_TASK: "5" }).hosts, [
    { slotsOrigin: "SLURM_JOB_CPUS_PER_NODE / SLURM_CPUS_PER_TASK" },
  ]);
});

t.test("Slurm: the variables of old versions, and of very bare ones", async (t) => {
  const old = {
    SLURM_JOBID: "1",
    SLURM_NODELIST: "a[1-2]",
    SLURM_TASKS_PER_NODE: "3(x2)",
    SLURM_NPROCS: "6",
  };
  t.equal(slots(old), "a1:3 a2:3");
  t.equal(slots({ SLURM_JOB_ID: "1", SLURM_JOB_NODELIST: "a,b" }), "a:1 b:1");
});

t.test(
  "Slurm: inside a step the step's hosts count, but not in the shell that a job began with",
  async (t) => {
    const step = { ...TASKS, SLURM_STEP_NODELIST: "node02,big", SLURM_STEP_TASKS_PER_NODE: "1,2" };
    t.equal(slots({ ...step, SLURM_STEP_ID: "3" }), "node02:1 big:2");
    t.equal(slots({ ...step, SLURM_STEP_ID: "0" }), "node02:1 big:2");
    t.equal(slots({ ...step, SLURM_STEP_ID: "4294967290" }), slots(TASKS));
    t.equal(slots(step), slots(TASKS));
  },
);

t.test("Slurm: the components of a heterogeneous job are all hosts of it", async (t) => {
  for (const word of ["HET", "PACK"]) {
    const environment = {
      SLURM_JOB_ID: "1",
      SLURM_JOB_NODELIST: "a1",
      [`SLURM_${word}_SIZE`]: "2",
      [`SLURM_JOB_NODELIST_${word}_GROUP_0`]: "a1",
      [`SLURM_JOB_CPUS_PER_NODE_${word}_GROUP_0`]: "8",
      [`SLURM_JOB_NODELIST_${word}_GROUP_1`]: "b[1-2]",
      [`SLURM_TASKS_PER_NODE_${word}_GROUP_1`]: "3(x2)",
      [`SLURM_NTASKS_${word}_GROUP_1`]: "6",
    };
    t.equal(slots(environment), "a1:8 b1:3 b2:3", word);
    t.same(
      allocation(environment).hosts.map(({ component }) => component),
      [0, 1, 1],
    );
  }
});

t.test("Slurm: what does not fit together is an error that names the variable", async (t) => {
  const broken = (changes: Environment): Parameters<typeof allocation> => [{ ...TASKS, ...changes }];
  refuses(
    t,
    broken({ SLURM_TASKS_PER_NODE: "4" }),
    1,
    /^SLURM_TASKS_PER_NODE, .*expected 4 numbers.*found 1$/,
  );
  refuses(t, broken({ SLURM_JOB_NODELIST: "node[01-" }), 1, /^SLURM_JOB_NODELIST, column 9 of "node\[01-":/);
  refuses(t, broken({ SLURM_JOB_NODELIST: "," }), 1, /SLURM_JOB_NODELIST names no host/);
});

t.test("PBS: a line for each process, in whatever order", async (t) => {
  const environment = { PBS_JOBID: "9.server", PBS_NODEFILE: "/aux/9" };
  const lines = "node01\nnode01\nnode02\nnode02\nnode03\nnode03\nnode04\n";
  t.equal(slots(environment, { "/aux/9": lines }), "node01:2 node02:2 node03:2 node04:1");
  t.equal(slots(environment, { "/aux/9": "b\na\nb\na\nc" }), "b:2 a:2 c:1");
  t.equal(
    slots(environment, { "/aux/9": "node01.cluster.org\n\nnode01.cluster.org" }),
    "node01.cluster.org:2",
  );
  t.match(allocation(environment, { "/aux/9": "b\na\nb" }), {
    kind: "pbs",
    origin: "PBS job 9.server",
    sequence: ["b", "a", "b"],
    hosts: [{ slotsOrigin: "2 lines of PBS_NODEFILE" }, { slotsOrigin: "1 line of PBS_NODEFILE" }],
  });
  refuses(t, [environment], 1, /^PBS_NODEFILE names \/aux\/9, which does not exist here: .*first host$/);
  refuses(t, [environment, { "/aux/9": "\n" }], 1, /^PBS_NODEFILE names no host/);
  refuses(
    t,
    [environment, { "/aux/9": "a\nb 4\n" }],
    1,
    /^PBS_NODEFILE line 2, column 3: expected one host a line/,
  );
});

t.test("Grid Engine: host, slots, queue; a host for each of its queues", async (t) => {
  const environment = { SGE_ROOT: "/sge", PE_HOSTFILE: "/spool/hosts", JOB_ID: "7" };
  const lines = "n1 4 all.q@n1 UNDEFINED\nn2 2 all.q@n2 UNDEFINED\nn1 1 fast.q@n1 0,1:0,2\n";
  t.equal(slots(environment, { "/spool/hosts": lines }), "n1:5 n2:2");
  t.match(allocation(environment, { "/spool/hosts": lines }), { kind: "sge", origin: "Grid Engine job 7" });
  refuses(
    t,
    [environment, { "/spool/hosts": "n1\n" }],
    1,
    /^PE_HOSTFILE line 1, column 3: expected a host and its/,
  );
  refuses(t, [environment], 1, /^PE_HOSTFILE names \/spool\/hosts, which does not exist here/);
});

t.test("LSF: pairs of host and slots, or a file with a line for each slot", async (t) => {
  t.equal(slots({ LSB_JOBID: "5", LSB_MCPU_HOSTS: "h1 4 h2 4 h1 1 " }), "h1:5 h2:4");
  t.equal(slots({ LSB_JOBID: "5", LSB_DJOB_HOSTFILE: "/f" }, { "/f": "h1\nh1\nh2\n" }), "h1:2 h2:1");
  t.match(allocation({ LSB_JOBID: "5", LSB_MCPU_HOSTS: "h1 4" }), { kind: "lsf", origin: "LSF job 5" });
  refuses(
    t,
    [{ LSB_JOBID: "5", LSB_MCPU_HOSTS: "h1 4 h2" }],
    1,
    /^LSB_MCPU_HOSTS, column 8 of "h1 4 h2": expected/,
  );
});

t.test("OAR and Cobalt leave a file of names", async (t) => {
  t.match(allocation({ OAR_NODEFILE: "/f", OAR_JOB_ID: "3" }, { "/f": "a\na\nb" }), {
    kind: "nodefile",
    origin: "OAR job 3",
    hosts: [
      { host: "a", slots: 2 },
      { host: "b", slots: 1 },
    ],
  });
  t.equal(slots({ COBALT_NODEFILE: "/f" }, { "/f": "a\nb" }), "a:1 b:1");
});

t.test("half a batch system is none", async (t) => {
  for (const environment of [
    { SLURM_JOB_ID: "1" },
    { SLURM_JOB_NODELIST: "a" },
    { PBS_NODEFILE: "/f" },
    { PBS_JOBID: "1" },
    { PE_HOSTFILE: "/f" },
    { LSB_JOBID: "1" },
    { LSB_MCPU_HOSTS: "h 4" },
  ] as Environment[]) {
    t.equal(allocation(environment).kind, "local", JSON.stringify(environment));
  }
});

t.test("of several batch systems the first counts, in a fixed order", async (t) => {
  const systems: Environment[] = [
    SLURM,
    { PBS_JOBID: "1", PBS_NODEFILE: "/f" },
    { SGE_ROOT: "/", PE_HOSTFILE: "/s" },
    { LSB_JOBID: "1", LSB_MCPU_HOSTS: "h 4" },
    { OAR_NODEFILE: "/f" },
  ];
  const files = { "/f": "a\n", "/s": "a 1\n" };
  const kinds = systems.map(
    (_, first) => allocation(Object.assign({}, ...systems.slice(first)) as Environment, files).kind,
  );
  t.same(kinds, ["slurm", "pbs", "sge", "lsf", "nodefile"]);
});

t.test("a hostfile in an allocation narrows it, in the order and spelling that serve", async (t) => {
  const given = (lines: string): Parameters<typeof allocation> => [TASKS, { f: lines }, { hostfile: "f" }];
  t.equal(slots(...given("big\nnode02 slots=3\n")), "big:8 node02:3");
  t.equal(slots(...given("node01.cluster.org\n")), "node01:4");
  t.equal(slots(...given("^node02\n")), "node01:4 node03:2 big:8");
  t.equal(slots(...given("node[01-03]\n^node02\n")), "node01:4 node03:2");
  t.match(allocation(...given("node02\nnode01\nnode02\n")), {
    kind: "slurm",
    hosts: [{ host: "node02", slots: 2 }, { host: "node01" }],
    sequence: ["node02", "node01", "node02"],
  });
  refuses(
    t,
    given("node01\nnode09\n"),
    2,
    /^f line 2: node09 is not among the hosts of Slurm job 4711, which has node\[01-03\], big$/,
  );
  refuses(
    t,
    given("node03 slots=3\n"),
    2,
    /^f line 1: 3 slots on node03, of which Slurm job 4711 has 2 \(SLURM_TASKS_PER_NODE\): .*--oversubscribe$/,
  );
  refuses(t, given("^node[01-03]\n^big\n"), 2, /^no host is left of Slurm job 4711$/);
});

t.test("--host narrows an allocation or a hostfile, and is one otherwise", async (t) => {
  t.equal(slots(TASKS, {}, { hosts: "node02,big:2" }), "node02:4 big:2");
  t.equal(slots(TASKS, {}, { hosts: "node02,node02" }), "node02:2");
  t.equal(slots({}, { f: "a slots=4\nb slots=4\n" }, { hostfile: "f", hosts: "b,a:1" }), "b:4 a:1");
  t.equal(slots({}, {}, { hosts: "a:4,b,n[1-2]:3,^n1" }), "a:4 b:1 n2:3");
  t.match(allocation({}, {}, { hosts: "me@a" }), {
    kind: "hosts",
    origin: "--host",
    managed: true,
    hosts: [{ host: "a", user: "me", slots: 1, slotsOrigin: "--host says no number" }],
  });
  refuses(t, [TASKS, {}, { hosts: "node09" }], 2, /^--host: node09 is not among the hosts/);
  refuses(t, [{}, {}, { hosts: "a,,b" }], 2, /^--host, column 3 of "a,,b": expected a host name, found ","$/);
  refuses(t, [{}, {}, { hosts: "" }], 2, /^--host, column 1 of "": expected a host name, found the end$/);
  refuses(t, [{}, {}, { hosts: "^a" }], 2, /^no host is left of --host$/);
});

t.test("more slots than an allocation has can be insisted on", async (t) => {
  t.equal(slots(TASKS, {}, { hosts: "node03:5", oversubscribe: true }), "node03:5");
});

t.test("this machine may be called localhost, and has the name that the allocation gives it", async (t) => {
  const environment = { ...TASKS, SLURM_JOB_NODELIST: "node[01-03],here" };
  t.equal(slots(environment, {}, { hosts: "localhost" }), "here:8");
});

t.test("whoever wants to start nothing remote is not asked for the job's hosts", async (t) => {
  const { remote } = jobSpec({});
  t.equal(allocation(TASKS, {}, { remote: { ...remote, launcher: "local" } }).kind, "local");
});
