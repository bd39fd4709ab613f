import { spawnSync } from "node:child_process";

/**
 * What we measure ourselves against.
 *
 * @typedef {object} Peer
 * @property {string | undefined} program undefined when it is not on this machine
 * @property {string} version
 * @property {string} remedy what to tell people who do not have it
 */

/**
 * The first of some programs that runs and whose answer looks right.
 *
 * @param {readonly string[]} programs
 * @param {readonly string[]} question arguments that make it say its version
 * @param {RegExp} answer the version is its first group
 * @param {string} remedy
 * @returns {Peer}
 */
function find(programs, question, answer, remedy) {
  for (const program of programs) {
    const { status, stdout } = spawnSync(program, question, { encoding: "utf8" });
    const version = status === 0 ? answer.exec(stdout)?.[1] : undefined;
    if (version !== undefined) return { program, version, remedy };
  }
  return { program: undefined, version: "missing", remedy };
}

const MPI4PY = "import mpi4py, platform; print(mpi4py.__version__, platform.python_version())";

/** Looks for every peer on this machine. A system's own Python comes first: packages of the system are seen by it alone. */
export function findPeers() {
  return {
    hydra: find(
      ["mpiexec.hydra", "mpiexec"],
      ["--version"],
      /HYDRA[^]*?Version:\s+(\S+)/,
      "mpiexec.hydra is missing (apt-get install mpich)",
    ),
    openmpi: find(
      ["mpirun.openmpi", "mpirun"],
      ["--version"],
      /\(Open(?: MPI|RTE)\) (\S+)/,
      "Open MPI is missing (apt-get install openmpi-bin)",
    ),
    mpi4py: find(
      ["/usr/bin/python3", "python3"],
      ["-c", MPI4PY],
      /(.+)/,
      "mpi4py is missing (apt-get install python3-mpi4py python3-numpy)",
    ),
    python: find(
      ["/usr/bin/python3", "python3"],
      ["--version"],
      /Python (\S+)/,
      "Python is missing (apt-get install python3)",
    ),
  };
}
