/** Jobs inside the allocations of batch systems. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { hostsOf, nothingLeft, tsmpirunOn, WHERE } from "../support/cluster-job.js";
import { FIXTURES, NODE, ROOT, TSMPIRUN } from "../support/paths.js";

t.test("Slurm", { skip: whyNoCluster({ slurm: true }) }, async (t) => {
  const farm = await startFarm(t, { hosts: 4, slurm: true });

  await t.test("inside salloc a job has its hosts and tasks", async (t) => {
    const allocate = ["salloc", "--quiet", "-N4", "--ntasks-per-node=2"];
    const outcome = await farm.run("head", [...allocate, NODE, TSMPIRUN, NODE, WHERE]);
    t.same(
      hostsOf(outcome),
      farm.hosts.flatMap((host) => [host, host]),
      outcome.stderr,
    );
    t.equal(outcome.code, 0);
    await nothingLeft(t, farm);
  });

  await t.test("a host outside of the allocation is refused", async (t) => {
    const allocate = ["salloc", "--quiet", "-w", "node01,node03"];
    const some = await farm.run("head", [...allocate, NODE, TSMPIRUN, "-H", "node03", NODE, WHERE]);
    t.same(hostsOf(some), ["node03"], some.stderr);
    const { code, stderr } = await farm.run("head", [
      ...allocate,
      NODE,
      TSMPIRUN,
      "-H",
      "node02",
      "hostname",
    ]);
    t.match(stderr, /^tsmpirun: .*node02/);
    t.equal(code, 2);
  });

  await t.test("a batch script runs it on the first host", async (t) => {
    const script = join(farm.directory, "home", "job");
    writeFileSync(script, `#!/bin/bash\n#SBATCH -N3 -n5\nexec ${NODE} ${TSMPIRUN} -l ${NODE} ${WHERE}\n`);
    const output = join(farm.directory, "home", "job.out");
    const { code, stderr } = await farm.run("head", ["sbatch", "--wait", "-o", output, script]);
    t.equal(code, 0, stderr);
    const lines = (await farm.sh("head", `cat ${output}`)).trimEnd().split("\n");
    t.equal(lines.length, 5);
    t.match(lines[0], /^\[0\] 0 node01 0\//);
    t.same(new Set(lines.map((line) => line.split(" ")[2])), new Set(["node01", "node02", "node03"]));
    await nothingLeft(t, farm);
  });

  await t.test(
    "srun in the place of tsmpirun is told so, a batch script with one process is not",
    async (t) => {
      const hello = [NODE, join(FIXTURES, "hello.js")];
      const step = await farm.run("head", ["srun", "--mpi=none", "-n2", ...hello]);
      t.equal(step.stdout, "rank 0 of 1\n".repeat(2), step.stderr);
      t.match(step.stderr, /^tsmpi: srun has started 2 processes .* tsmpirun -n 2 node hello\.js .*\n$/);
      const script = join(farm.directory, "home", "alone");
      writeFileSync(script, `#!/bin/bash\n#SBATCH -N2 -n4\n${hello.join(" ")}\n`);
      const output = join(farm.directory, "home", "alone.out");
      await farm.run("head", ["sbatch", "--wait", "-o", output, script]);
      t.equal(await farm.sh("head", `cat ${output}`), "rank 0 of 1\n");
      const allocated = await farm.run("head", ["salloc", "--quiet", "-n4", ...hello]);
      t.equal(allocated.stdout + allocated.stderr, "rank 0 of 1\n");
      await nothingLeft(t, farm);
    },
  );

  await t.test("the example's script computes pi", async (t) => {
    const output = join(farm.directory, "home", "pi.out");
    const submit = ["sbatch", "--wait", "--output", output, "--ntasks-per-node=2", "examples/jobs/pi.slurm"];
    const { code, stderr } = await farm.run("head", submit, { directory: ROOT });
    const text = await farm.sh("head", `cat ${output}`);
    t.equal(code, 0, stderr + text);
    t.match(text, /^PI is approximately 3\.14159265/m);
    t.match(text, /^rank 3: /m, "on four ranks");
  });

  await t.test("a heterogeneous job is one world", async (t) => {
    const allocate = ["salloc", "--quiet", "-N1", "-n1", ":", "-N2", "-n4"];
    const outcome = await farm.run("head", [...allocate, NODE, TSMPIRUN, NODE, WHERE]);
    const hosts = hostsOf(outcome);
    t.equal(hosts.length, 5, outcome.stderr);
    t.equal(new Set(hosts).size, 3);
    await nothingLeft(t, farm);
  });

  await t.test("scancel leaves nothing", async (t) => {
    const allocate = ["salloc", "--quiet", "-N4", "-J", "tobecancelled"];
    const program = "console.log('here'); setInterval(() => {}, 1000)";
    const running = farm.start("head", [...allocate, NODE, TSMPIRUN, "-n", "4", NODE, "-e", program]);
    let seen = 0;
    running.child.stdin.end();
    running.child.stdout.on("data", (chunk: Buffer) => {
      if ((seen += chunk.toString().split("here").length - 1) === 4)
        void farm.sh("head", "scancel -n tobecancelled");
    });
    await new Promise((resolve) => running.child.once("close", resolve));
    t.equal(seen, 4);
    await nothingLeft(t, farm);
  });
});

t.test(
  "PBS: repeated and interleaved lines of the nodefile are slots",
  { skip: whyNoCluster() },
  async (t) => {
    const farm = await startFarm(t, { hosts: 3 });
    const nodefile = join(farm.directory, "nodefile");
    writeFileSync(nodefile, "node01\nnode02\nnode01\nnode03\nnode02\nnode01\n");
    const environment = {
      PATH: `${join(ROOT, "test/cluster/bin")}:/usr/bin:/bin`,
      PBS_JOBID: "7.head",
      PBS_NODEFILE: nodefile,
    };
    for (const from of ["node01", "head"]) {
      const outcome = await tsmpirunOn(farm, from, [NODE, WHERE], { environment });
      const hosts = hostsOf(outcome);
      t.same(hosts.sort(), ["node01", "node01", "node01", "node02", "node02", "node03"], outcome.stderr);
      t.equal(outcome.code, 0);
    }
    const script = ["bash", join(ROOT, "examples/jobs/pi.pbs")];
    const job = { ...environment, PATH: `${environment.PATH}:${dirname(NODE)}`, PBS_O_WORKDIR: ROOT };
    const { stdout, stderr } = await farm.run("node01", script, { environment: job });
    t.match(stdout, /^PI is approximately 3\.14159265/m, stderr);
    t.equal(await farm.sh("head", "cat ../nodefile.output"), "", "agents have nothing to say");
    t.equal(await farm.sh("head", "ls -A"), ".ssh\n", "no ticket is left");
    await nothingLeft(t, farm);
  },
);
