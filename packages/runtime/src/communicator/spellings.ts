import { MPIError } from "@tsmpi/protocol";

/**
 * Names of other bindings that are not spelt as ours in lower case without the underscores, and what is written here.
 * Capital calls of mpi4py on arrays are those that cut and join.
 */
const OTHER: Readonly<Record<string, string>> = {
  Get_rank: "rank",
  Get_size: "size",
  Get_name: "name",
  Set_name: "name",
  Get_group: "group",
  Scatter: "scatterv(array)",
  Gather: "gatherv(piece)",
  Allgather: "allgatherv(piece)",
  Alltoall: "alltoallv(pieces)",
  Iscatter: "iscatterv(array)",
  Igather: "igatherv(piece)",
  Iallgather: "iallgatherv(piece)",
  Ialltoall: "ialltoallv(pieces)",
  Recv: "recv({ source, tag, into })",
  Irecv: "irecv({ source, tag, into })",
  Rsend: "send(data, dest)",
  Bsend: "send(data, dest)",
  Reduce_scatter: "reduceScatter(array, counts, op)",
  Reduce_scatter_block: "reduceScatterBlock(items, op)",
  Split_type: 'splitType("shared")',
  Create_group: "createGroup(group)",
  Create_cart: "createCart(dims)",
};

/** Calls that mpi4py, or MPI itself, writes with a capital; they are ours in lower case. */
const CAPITAL = [
  ..."Send Ssend Isend Issend Sendrecv Probe Iprobe Mprobe Improbe".split(" "),
  ..."Barrier Bcast Scatterv Gatherv Allgatherv Alltoallv Reduce Allreduce Scan Exscan".split(" "),
  ..."Ibarrier Ibcast Iscatterv Igatherv Iallgatherv Ialltoallv Ireduce Iallreduce Iscan Iexscan".split(" "),
  ..."Dup Split Free Abort Compare".split(" "),
];

const OF_REQUESTS = "Wait Test Cancel".split(" ");
const OF_REQUEST_LISTS = "Waitall Waitany Waitsome Testall Testany".split(" ");

/**
 * Lets the names of other bindings say what is written here, in place of "is not a function". They are on prototypes, where
 * only what is not found otherwise is looked for, and are listed nowhere.
 */
export function explainSpellings(
  communicator: { readonly prototype: object },
  request: { readonly prototype: object },
): void {
  for (const [name, written] of Object.entries(OTHER)) explain(communicator.prototype, name, written);
  for (const name of CAPITAL) explain(communicator.prototype, name, lowerCase(name));
  for (const name of OF_REQUESTS) explain(request.prototype, name, lowerCase(name));
  for (const name of OF_REQUEST_LISTS) explain(request, name, lowerCase(name));
}

function explain(owner: object, name: string, written: string): void {
  const get = (): never => {
    throw new MPIError("ERR_ARG", `${name} is written ${written} here`);
  };
  Object.defineProperty(owner, name, { get, configurable: true });
}

function lowerCase(name: string): string {
  return `${name.toLowerCase()}(…)`;
}
