import { command } from "../command.js";
import { programPath, ROOT, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison } from "../statistics.js";

const RANKS = "2";
/** Python does this part of the work, and the time of its kernel is multiplied by as much. */
const SCALE = 50;

const JOBS = [
  {
    row: "pi, 1e8 intervals, 2 ranks",
    example: "pi.js",
    kernel: "leibniz",
    count: 1e8,
    time: /^Time = (\S+) sec$/m,
  },
  {
    row: "Monte Carlo, 2e8 samples, 2 ranks",
    example: "monte-carlo-pi.js",
    kernel: "monte-carlo",
    count: 2e8,
    time: /^Finished in: (\S+) s$/m,
  },
];

/**
 * Computing pi on two ranks, against mpi4py and Python's own processes: the seconds that the programs measure
 * between their first step and their result, the starting of programs left out on every side.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 */
export async function measurePi({ openmpi, mpi4py, python }, rounds) {
  const lines = [];
  for (const { row, example, kernel, count, time } of JOBS) {
    const work = [kernel, String(count / SCALE)];
    const mpirun = ["--oversubscribe", "--allow-run-as-root", "-n", RANKS];
    const samples = await alternate(row, rounds, {
      ours: async () => {
        const job = [TSMPIRUN, "-n", RANKS, process.execPath, `${ROOT}/examples/${example}`, String(count)];
        return Number(time.exec((await command(process.execPath, job)).stdout)[1]);
      },
      mpi4py:
        openmpi.program && mpi4py.program
          ? () =>
              scaled(openmpi.program, [...mpirun, mpi4py.program, "-B", programPath("pi-mpi4py.py"), ...work])
          : undefined,
      python:
        python.program &&
        (() => scaled(python.program, ["-B", programPath("pi-multiprocessing.py"), ...work, RANKS])),
    });
    const peer = (name, sample, remedy) =>
      sample
        ? comparison(`${row} / ${name}`, "s", samples.ours, sample)
        : absence(`${row} / ${name}`, remedy);
    lines.push(peer("mpi4py", samples.mpi4py, openmpi.program ? mpi4py.remedy : openmpi.remedy));
    lines.push(peer("multiprocessing", samples.python, python.remedy));
  }
  return lines;
}

/** The seconds a Python program would need for all of the work: its kernel's are scaled, the rest is as measured. */
async function scaled(program, args) {
  const { stdout } = await command(program, args);
  const [pi, kernel, all] = stdout.split(" ").map(Number);
  if (!(Math.abs(pi - Math.PI) < 0.01)) throw new Error(`${args.join(" ")} printed ${stdout}`);
  return kernel * SCALE + (all - kernel);
}
