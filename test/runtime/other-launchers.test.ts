/** Programs that another launcher has started: each is a world of one, and one of them says so. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const HELLO = join(FIXTURES, "hello.js");
const ours = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|SLURM|PMI|OMPI)/.test(name)),
);

/** What a lone program says on standard error with these variables. */
const said = (variables: Record<string, string>) =>
  spawnSync(NODE, [HELLO], { env: { ...ours, ...variables }, encoding: "utf8" }).stderr;

t.test("the first of several processes names their launcher and what to use instead", async (t) => {
  for (const [launcher, variables] of [
    ["mpirun", { OMPI_COMM_WORLD_SIZE: "2", OMPI_COMM_WORLD_RANK: "0" }],
    ["mpiexec", { PMI_SIZE: "2", PMI_RANK: "0" }],
    ["srun", { SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "0" }],
    ["srun", { SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "0", PMI_SIZE: "2", PMI_RANK: "0" }],
  ] as const) {
    const words = said(variables);
    t.match(words, `tsmpi: ${launcher} has started 2 processes (`);
    t.match(words, "each of them a world of one; for 2 ranks, use tsmpirun -n 2 node hello.js instead");
    t.equal(words.split("\n").length, 2, "in one line");
  }
});

t.test("the others of them, lone processes and batch scripts say nothing", async (t) => {
  for (const variables of [
    {},
    { OMPI_COMM_WORLD_SIZE: "2", OMPI_COMM_WORLD_RANK: "1" },
    { PMI_SIZE: "1", PMI_RANK: "0" },
    { PMIX_RANK: "0" },
    { SLURM_STEP_NUM_TASKS: "4", SLURM_PROCID: "1" },
    { SLURM_STEP_NUM_TASKS: "1", SLURM_PROCID: "0", SLURM_STEP_ID: "4294967290" },
    { SLURM_NTASKS: "4", SLURM_NPROCS: "4", SLURM_PROCID: "0", SLURM_TASK_PID: "64" },
    // one rank, whose launcher came to this host by a step of four
    { SLURM_STEP_NUM_TASKS: "4", SLURM_PROCID: "0", OMPI_COMM_WORLD_SIZE: "1", OMPI_COMM_WORLD_RANK: "0" },
  ])
    t.equal(said(variables), "", JSON.stringify(variables));
});

t.test("a rank of ours says nothing, whatever has started its launcher", async (t) => {
  const environment = { OMPI_COMM_WORLD_SIZE: "2", OMPI_COMM_WORLD_RANK: "0" };
  const { stdout, stderr } = await tsmpirun(["-n", "1", NODE, HELLO], { environment });
  t.equal(stdout, "rank 0 of 1\n");
  t.equal(stderr, "");
});

for (const [launcher, words] of [
  ["mpirun", ["--oversubscribe", "--allow-run-as-root", "-np", "2"]],
  ["mpiexec.hydra", ["-n", "2"]],
] as const) {
  const skip = spawnSync(launcher, ["--version"]).status === 0 ? false : `${launcher} is not installed`;
  t.test(`${launcher} itself is recognized`, { skip }, async (t) => {
    const { stdout, stderr } = spawnSync(launcher, [...words, NODE, HELLO], { env: ours, encoding: "utf8" });
    t.equal(stdout, "rank 0 of 1\n".repeat(2));
    t.equal(stderr.match(/tsmpi: mpi\w+ has started 2 processes/g)?.length, 1, stderr);
  });
}
