import t from "tap";
import { forwardedEnvironment } from "@tsmpi/launcher/agent/forwarded";

t.test("what a user has set goes to other hosts, the variables of batch jobs included", async (t) => {
  const environment = {
    PATH: "/bin",
    HOME: "/home/me",
    LANG: "C",
    EMPTY: "",
    OMP_NUM_THREADS: "2",
    NODE_OPTIONS: "--max-old-space-size=100",
    "BASH_FUNC_module%%": "() { :; }",
    SLURM_JOB_ID: "1",
    PBS_JOBID: "2",
    SSHFS: "mine",
  };
  t.same(forwardedEnvironment(environment), environment);
});

t.test("what describes the launcher's host, terminal, step or process stays there", async (t) => {
  const names =
    "DISPLAY SSH_AUTH_SOCK SSH_CONNECTION HOSTNAME PWD OLDPWD SHLVL _ XDG_RUNTIME_DIR TMUX NODE_CHANNEL_FD " +
    "SLURM_PROCID SLURM_STEP_ID SLURM_STEP_NODELIST SLURM_LOCALID SLURM_CPU_BIND_LIST SLURMD_NODENAME " +
    "PBS_NODENUM PBS_TASKNUM PBS_JOBCOOKIE PMI_RANK PMIX_RANK OMPI_COMM_WORLD_RANK TSMPI_RANK TSMPI_JOB_DIR";
  const environment = Object.fromEntries(names.split(" ").map((name) => [name, "x"]));
  t.same(forwardedEnvironment(environment), {});
});

t.test("another user there has a name and a home of their own", async (t) => {
  const environment = { HOME: "/home/me", USER: "me", LOGNAME: "me", SHELL: "/bin/sh", PATH: "/bin" };
  t.same(forwardedEnvironment(environment, { otherUser: true }), { PATH: "/bin" });
  t.same(forwardedEnvironment(environment), environment);
});
