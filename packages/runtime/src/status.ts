/** What is known of a received message (MPI 4.1, 3.2.5). */
export interface Status {
  /** Rank of the sender in the communicator; PROC_NULL for a receive from there. */
  readonly source: number;
  /** Tag of the message. */
  readonly tag: number;
  /** Size of the payload as it travelled. */
  readonly bytes: number;
  /** True for a receive that was cancelled before it matched. */
  readonly cancelled: boolean;
}
