/** What starters know without starting anything. What they start is tested in test/cluster/. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import t from "tap";
import type { AllocationKind, LauncherName } from "@tsmpi/protocol";
import { starterFor, type Surroundings } from "@tsmpi/launcher/starters/choice";
import { classify, type ToolFailure } from "@tsmpi/launcher/starters/failures";
import { quoteWords } from "@tsmpi/launcher/starters/quote";
import {
  components,
  parseVersion,
  stepOptions,
  withoutWishes,
} from "@tsmpi/launcher/starters/slurm-environment";
import { readStepLine } from "@tsmpi/launcher/starters/slurm-lines";
import { sshWords } from "@tsmpi/launcher/starters/ssh";
import { turns } from "@tsmpi/launcher/starters/turns";

const AWKWARD = [
  "",
  "plain",
  "two  words",
  "it's",
  'say "hi"',
  "a!b",
  "!!",
  "back\\slash",
  "\\",
  "'\\'!\\''",
  "$HOME `id` $(id)",
  "a&b;c|d<e>f",
  "~root",
  "*.js ? [a-z]",
  "{a,b}",
  "%self",
  "=ls",
  "#no",
  "^x^y",
  "tab\there",
  "été ✓",
  "-n",
];

for (const shell of ["sh", "bash", "dash", "tcsh", "fish", "zsh"]) {
  const path = ["/bin", "/usr/bin"].map((folder) => `${folder}/${shell}`).find(existsSync);
  const skip = path === undefined && `${shell} is not installed`;
  t.test(`${shell} splits quoted words again`, { skip }, async (t) => {
    const { stdout } = spawnSync(path!, ["-c", `printf '%s|' ${quoteWords(AWKWARD)}`], { encoding: "utf8" });
    t.same(
      stdout.split("|").slice(0, -1),
      AWKWARD.flatMap((word) => word.split("|")),
    );
  });
}

const HOW: ToolFailure = {
  tool: "ssh",
  host: "node07",
  code: 255,
  signal: null,
  error: undefined,
  lines: [],
  command: ["/opt/node/bin/node", "/opt/tsmpi/dist/agent.js"],
};

/** What tools really said, and what is made of it. */
const RECORDED: readonly (readonly [string, Partial<ToolFailure>, string])[] = [
  [
    "unresolved",
    { lines: ["ssh: Could not resolve hostname node07: Temporary failure in name resolution"] },
    "spelling",
  ],
  ["unresolved", { lines: ["ssh: Could not resolve hostname node07: Name or service not known"] }, "address"],
  ["refused", { lines: ["ssh: connect to host node07 port 22: Connection refused"] }, "sshd"],
  [
    "refused",
    { lines: ["ssh: connect to host node07 port 2222: Connection refused"], port: 2222 },
    "at port 2222",
  ],
  ["timed out", { lines: ["ssh: connect to host node07 port 22: Connection timed out"] }, "does not answer"],
  ["timed out", { lines: ["ssh: connect to host node07 port 22: No route to host"] }, "is it up"],
  [
    "timed out",
    { lines: ["Connection timed out during banner exchange", "Connection to 10.77.0.7 port 22 timed out"] },
    "is it up",
  ],
  ["host key", { lines: ["Host key verification failed."] }, "ssh node07"],
  [
    "host key",
    {
      lines: ["@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", "Host key verification failed."],
    },
    "known_hosts",
  ],
  [
    "permission denied",
    { lines: ["root@node07: Permission denied (publickey,keyboard-interactive)."] },
    "ssh-copy-id",
  ],
  [
    "permission denied",
    { lines: ["Received disconnect from 10.0.0.7 port 22:2: Too many authentication failures"] },
    "ssh node07",
  ],
  [
    "permission denied",
    {
      lines: [
        "Access denied by pam_slurm_adopt: you have no active jobs on this node",
        "Connection closed by 10.77.0.7 port 22",
      ],
    },
    "let you in",
  ],
  ["refused", { lines: ["kex_exchange_identification: read: Connection reset by peer"] }, "MaxStartups"],
  [
    "node not found",
    { code: 127, lines: ["bash: line 1: /opt/node/bin/node: No such file or directory"] },
    "/opt/node/bin/node",
  ],
  ["node not found", { code: 127, lines: ["dash: 1: exec: /opt/node/bin/node: not found"] }, "same place"],
  ["node not found", { code: 1, lines: ["/opt/node/bin/node: Command not found."] }, "same place"],
  ["node not found", { code: 127, lines: ["fish: Unknown command: /opt/node/bin/node"] }, "same place"],
  [
    "node not found",
    { code: 126, lines: ["bash: line 1: /opt/node/bin/node: Permission denied"] },
    "cannot be run",
  ],
  [
    "node not found",
    { code: 126, lines: ["/opt/node/bin/node: cannot execute binary file: Exec format error"] },
    "cannot be run",
  ],
  [
    "tsmpi not found",
    {
      code: 1,
      lines: [
        "node:internal/modules/cjs/loader:1210",
        "  throw err;",
        "  ^",
        "",
        "Error: Cannot find module '/opt/tsmpi/dist/agent.js'",
        "    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15) {",
        "  code: 'MODULE_NOT_FOUND',",
        "Node.js v20.20.2",
      ],
    },
    "/opt/tsmpi/dist/agent.js",
  ],
  ["starter", { code: 1, lines: ["This account is for file transfers only."] }, "file transfers"],
  ["starter", { code: null, signal: "SIGKILL" }, "SIGKILL"],
  [
    "node not found",
    {
      tool: "srun",
      code: 1,
      lines: [
        "srun: error: node07: task 1: Exited with exit code 2",
        "slurmstepd-node07: error: execve(): /opt/node/bin/node: No such file or directory",
      ],
    },
    "cannot be run",
  ],
  [
    "timed out",
    {
      tool: "srun",
      code: 1,
      lines: [
        "srun: error: Task launch for StepId=1.1 failed on node node07: Communication connection failure",
      ],
    },
    "does not answer",
  ],
  [
    "starter",
    {
      tool: "srun",
      host: undefined,
      code: 1,
      lines: ["srun: error: Unable to create step for job 2: Requested node configuration is not available"],
    },
    "squeue",
  ],
  [
    "starter",
    { tool: "pbs_tmrsh", error: { code: "ENOENT", message: "spawn pbs_tmrsh ENOENT" } },
    "not found in PATH",
  ],
  [
    "starter",
    { tool: "rsh", error: { code: "ENOENT", path: "/no/rsh", message: "spawn /no/rsh ENOENT" } },
    "/no/rsh does not exist",
  ],
  [
    "node not found",
    { tool: "kubectl", code: 126, lines: ['exec: "/opt/node/bin/node": executable file not found in $PATH'] },
    "cannot be run",
  ],
];

for (const [cause, how, remedy] of RECORDED) {
  t.test(
    `${how.tool ?? "ssh"}: "${how.lines?.at(-1) ?? how.signal ?? how.error?.code}" is ${cause}`,
    async (t) => {
      const failure = classify({ ...HOW, ...how });
      t.equal(failure.cause, cause);
      t.ok(failure.message.includes(remedy), failure.message);
      if (!("host" in how) && how.error === undefined) t.match(failure.message, /node07/);
      t.notMatch(failure.words, /^\s+at /m);
    },
  );
}

t.test("a banner that sounds like a failure of ssh's is none", async (t) => {
  const lines = [
    "Connection refused is what strangers get here",
    "Permission denied (publickey) to all others",
  ];
  t.equal(classify({ ...HOW, code: 3, lines }).cause, "starter");
});

t.test("ssh gets the host as it was given, and nothing can be taken for an option", async (t) => {
  const options = { sshArgs: ["-i", "key"], connectTimeout: 30 };
  const words = sshWords({ host: "-x", user: "me", port: 2222 }, { words: ["/n", "a b"] }, options);
  t.same(words.slice(0, 3), ["ssh", "-i", "key"], "the user's options come first");
  t.same(words.slice(-7), ["-l", "me", "-p", "2222", "--", "-x", "exec /n 'a b' --host -x --ticket -"]);
  t.ok(words.includes("ConnectTimeout=30"));
});

t.test("srun gets every number, in the spelling of its version", async (t) => {
  const hosts = ["a1", "a2"].map((host) => ({ host }));
  const options = (version: string) => stepOptions({ number: 1, hosts }, parseVersion(version));
  t.match(options("slurm-wlm 22.05.8"), [
    "--nodes=2",
    "--ntasks=2",
    "--ntasks-per-node=1",
    "--nodelist=a1,a2",
    "--overlap",
  ]);
  t.ok(options("slurm 23.11.4").includes("--het-group=1"));
  t.notOk(options("slurm 20.02.7").includes("--overlap"));
  t.ok(options("slurm 20.02.7").includes("--pack-group=1"));
  t.ok(options("slurm 17.02.1").includes("--cpu_bind=none"));
  t.same(options("nonsense"), options("slurm 99.11"));
});

t.test("srun finds its job and none of the job's wishes in its environment", async (t) => {
  const environment = {
    PATH: "/bin",
    SLURM_JOB_ID: "7",
    SLURM_CONF: "/c",
    SLURM_NTASKS: "9",
    SLURM_NTASKS_PER_NODE: "3",
    SLURM_CPUS_PER_TASK: "4",
    SLURM_STEP_ID: "0",
    SLURMD_NODENAME: "a",
    SLURM_FUTURE_WISH: "x",
  };
  t.same(withoutWishes(environment), { PATH: "/bin", SLURM_JOB_ID: "7", SLURM_CONF: "/c" });
});

t.test("in a heterogeneous job each component has its own srun", async (t) => {
  const hosts = ["a1", "b2", "b3", "c1"].map((host) => ({ host }));
  t.same(components(hosts, {}), [{ number: undefined, hosts }]);
  const environment = {
    SLURM_HET_SIZE: "3",
    SLURM_JOB_NODELIST_HET_GROUP_0: "a[1-9]",
    SLURM_JOB_NODELIST_HET_GROUP_1: "z1",
    SLURM_JOB_NODELIST_HET_GROUP_2: "b[2-3],c1",
  };
  t.same(components(hosts, environment), [
    { number: 0, hosts: hosts.slice(0, 1) },
    { number: 2, hosts: hosts.slice(1) },
  ]);
});

t.test("lines of srun are read", async (t) => {
  t.same(readStepLine("srun: launching StepId=1.0 on host node03, 3 tasks: 1-2,5"), {
    host: "node03",
    tasks: [1, 2, 5],
  });
  t.same(readStepLine("12: hello: 3"), { task: 12, text: "hello: 3" });
  t.same(readStepLine(" 2: "), { task: 2, text: "" });
  t.same(readStepLine("srun: launch/slurm: _task_start: Node node03, 1 tasks started"), {
    host: "node03",
    started: true,
  });
  t.match(readStepLine("srun: error: node[01-03]: tasks 0-2: Exited with exit code 1"), {
    tasks: [0, 1, 2],
    ended: true,
  });
  t.match(readStepLine("srun: launch/slurm: _task_finish: node01: task 0: Completed"), {
    tasks: [0],
    ended: true,
  });
  t.match(
    readStepLine(
      "srun: error: Task launch for StepId=1.1 failed on node n2: Communication connection failure",
    ),
    {
      host: "n2",
      ended: true,
    },
  );
  for (const chatter of [
    "srun: nodelist            : node03,node01",
    "srun: -------- --------",
    "srun: end of defined options",
  ]) {
    t.same(readStepLine(chatter), {}, chatter);
  }
  t.match(readStepLine("srun: unrecognized option '--bogus'"), { text: /bogus/ });
});

t.test("the starter follows from where the hosts came from", async (t) => {
  const all: Surroundings = {
    environment: { SLURM_JOB_ID: "1", PBS_JOBID: "1", PE_HOSTFILE: "/x", LSB_JOBID: "1" },
    has: () => true,
  };
  const bare: Surroundings = { environment: {}, has: () => false };
  const auto = (kind: AllocationKind, surroundings = all) => starterFor(kind, "auto", false, surroundings);
  t.same(
    (["local", "hosts", "slurm", "pbs", "sge", "lsf", "nodefile"] as const).map((kind) => auto(kind)),
    ["local", "ssh", "slurm", "pbs", "sge", "lsf", "ssh"],
  );
  t.equal(auto("pbs", bare), "ssh", "Torque has no pbs_tmrsh");
  t.equal(starterFor("slurm", "auto", true, all), "command");
  t.equal(starterFor("slurm", "ssh", false, all), "ssh");
  t.equal(starterFor("hosts", "local", false, all), "local");
  for (const name of ["slurm", "pbs", "sge", "lsf"] as const satisfies readonly LauncherName[]) {
    t.equal(starterFor("hosts", name, false, all), name);
    t.throws(() => starterFor("hosts", name, false, bare), /not inside a .* job .* is not set/);
    t.throws(() => starterFor("hosts", name, false, { ...all, has: () => false }), /is not in PATH/);
    t.throws(() => starterFor("hosts", name, true, all), /exclude each other/);
  }
});

t.test("turns are given to so many at once, in order", async (t) => {
  const { take } = turns(2);
  const order: number[] = [];
  const releases = await Promise.all([take(), take()]);
  const later = [3, 4].map(async (name) => {
    const release = await take();
    order.push(name);
    release();
  });
  await new Promise(setImmediate);
  t.same(order, []);
  releases[0]!();
  releases[0]!(); // a second time it is somebody else's turn
  await Promise.all(later);
  t.same(order, [3, 4]);
});
