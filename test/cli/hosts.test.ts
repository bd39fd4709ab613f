/** Options that say where ranks run and how other hosts are reached. */
import t, { type Test } from "tap";
import { parseCommand } from "@tsmpi/cli/parse";
import { buildRequest } from "@tsmpi/cli/request";
import { splitPrograms } from "@tsmpi/cli/words";
import { jobSpec } from "../support/job.js";

const request = (...argv: string[]) =>
  buildRequest(
    splitPrograms([...argv, "prog"]).map((words) => parseCommand(words)),
    {},
  );
const refuses = (t: Test, argv: string[], message: RegExp) =>
  t.throws(() => request(...argv), { name: "LaunchProblem", exitCode: 2, message }, argv.join(" "));

t.test("without options the job is on whatever hosts there are", async (t) => {
  const { spec } = request();
  t.same(spec, jobSpec({ apps: spec.apps }));
});

t.test("every spelling of hosts and hostfiles is understood", async (t) => {
  for (const option of ["-H", "--host", "--hosts", "-host", "-hosts"]) {
    t.equal(request(option, "a:4,b").spec.hosts, "a:4,b", option);
  }
  for (const option of ["-f", "--hostfile", "--machinefile", "-hostfile", "-machinefile"]) {
    t.equal(request(option, "my hosts").spec.hostfile, "my hosts", option);
  }
  t.equal(request("--hostfile=f").spec.hostfile, "f");
  t.equal(request("-Ha,b").spec.hosts, "a,b");
  refuses(t, ["-H", "a", "-host", "b"], /^--host is given more than once: a and b$/);
});

t.test("ranks are laid over hosts as asked", async (t) => {
  t.match(request("--map-by", "node", "--rank-by", "slot").spec, { mapBy: { type: "node" }, rankBy: "slot" });
  t.same(request("--map-by", "ppr:3:node").spec.mapBy, { type: "ppr", ranks: 3 });
  t.same(request("-map-by=seq").spec.mapBy, { type: "seq" });
  refuses(t, ["--map-by", "rack"], /^--map-by rack: expected slot, node, ppr:N:node or seq$/);
  const inside =
    /expected slot, node, ppr:N:node or seq; inside a host ranks are laid over cores by --bind-to core/;
  for (const what of ["core", "socket", "numa", "hwthread", "package", "l3cache"])
    refuses(t, ["--map-by", what], inside);
  refuses(t, ["--map-by", "ppr:2:socket"], inside);
  refuses(t, ["--map-by", "node:OVERSUBSCRIBE"], /or seq; OVERSUBSCRIBE is --oversubscribe here$/);
  refuses(t, ["--map-by", "ppr:0:node"], /^--map-by ppr:0:node: N = 0: expected a whole number, 1 or more$/);
  refuses(t, ["--map-by", "ppr:2:core"], /expected slot, node, ppr:N:node or seq/);
  refuses(t, ["--rank-by", "core"], /^--rank-by core: expected slot or node$/);
});

t.test("ranks can be bound, and the binding told", async (t) => {
  t.match(request("--bind-to", "core", "--report-bindings"), {
    spec: { bindTo: "core" },
    reportBindings: true,
  });
  refuses(t, ["--bind-to", "rack"], /^--bind-to rack: expected none, core or numa$/);
  refuses(t, ["--bind-to", "socket"], /^--bind-to socket: expected none, core or numa; numa is the nearest$/);
  refuses(t, ["--bind-to", "hwthread"], /^--bind-to hwthread: .*; core is the nearest$/);
});

t.test("how other hosts are reached is one value", async (t) => {
  const { remote } = request(
    ..."--launcher ssh --ssh-arg -p2222 --iface 10.0.0.0/8 --connect-timeout 2.5 --no-encrypt".split(" "),
    ...[
      "--ssh-arg",
      "-i 'my key'",
      "--remote-prefix",
      "apptainer exec x.sif",
      "--rsh-agent",
      "docker exec -i",
    ],
  ).spec;
  t.same(remote, {
    launcher: "ssh",
    rshAgent: ["docker", "exec", "-i"],
    sshArgs: ["-p2222", "-i", "my key"],
    remotePrefix: ["apptainer", "exec", "x.sif"],
    iface: "10.0.0.0/8",
    connectTimeoutSeconds: 2.5,
    encrypt: false,
  });
  refuses(t, ["--launcher", "rsh"], /^--launcher rsh: expected auto, local, ssh, slurm, pbs, sge or lsf$/);
  refuses(
    t,
    ["--launcher", "slurm", "--rsh-agent", "x"],
    /^--rsh-agent takes the place of ssh: leave out --launcher slurm$/,
  );
  for (const network of ["ib0", "10.1.2.3", "fe80::/10", "br-0"]) {
    t.equal(request("--iface", network).spec.remote.iface, network);
  }
  for (const network of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129", "10.0.0.0/8/8", "ib0/8", ""]) {
    refuses(t, ["--iface", network], /^--iface .*: expected an interface, an address, or a network as in /);
  }
  refuses(t, ["--rsh-agent", "a 'b"], /^--rsh-agent a 'b: a quote is not closed$/);
  refuses(t, ["--rsh-agent", " "], /^--rsh-agent needs a value$/);
});

t.test("signals to pass on are named with or without SIG", async (t) => {
  t.same(request().forwardSignals, ["SIGUSR1", "SIGUSR2", "SIGTSTP", "SIGCONT", "SIGWINCH"]);
  t.same(request("--forward-signals", "usr1,SIGALRM").forwardSignals, ["SIGUSR1", "SIGALRM"]);
  t.same(request("--forward-signals", "none").forwardSignals, []);
  refuses(t, ["--forward-signals", "USR1,FOO"], /^--forward-signals FOO: expected names of signals/);
  for (const name of ["KILL", "STOP", "INT"])
    refuses(t, ["--forward-signals", name], /is not one to pass on$/);
});

t.test("options of other launchers are unknown, with what does it here", async (t) => {
  refuses(t, ["--mca", "btl", "tcp,self"], /^unknown option --mca: .*settings mean nothing here/);
  refuses(t, ["-mca", "btl", "tcp,self"], /^unknown option -mca: /);
  refuses(t, ["--ntasks=4"], /^unknown option --ntasks: use -n 4$/);
  refuses(t, ["--ntasks", "4"], /^unknown option --ntasks: use -n$/);
  refuses(t, ["-perhost", "4"], /^unknown option -perhost: use -N$/);
  refuses(t, ["-env", "A", "b"], /^unknown option -env: use -x NAME=value$/);
  refuses(t, ["-n", "4", "-rr"], /^unknown option -rr: use --map-by node$/);
  refuses(t, ["--bynode"], /use --map-by node$/);
  refuses(t, ["--allow-run-as-root"], /not needed here: leave it out$/);
  t.same(request("-n", "1", "x", "--mca").spec.apps[0]!.args, ["--mca", "prog"]);
});

t.test("where ranks run is the whole job's", async (t) => {
  refuses(t, ["-n", "1", "a", ":", "-H", "b", "-n", "1"], /^--host holds for the whole job/);
});
