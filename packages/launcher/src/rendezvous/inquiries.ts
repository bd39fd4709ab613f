/** Questions to the ranks of a host where they are. */
import { closeSync, openSync, rmSync } from "node:fs";
import { inquiryPath, type AgentFrame, type RankState } from "@tsmpi/protocol";

/** How long a rank with a link has to answer; one in a compute loop never does. */
const LINKED_MS = 300;
/** The same for those without one: they look once a second whether they are asked. */
const UNLINKED_MS = 1300;

/**
 * What is asked: of everybody who communicates where it is; or, of those that have a link alone, also
 * who could release them, and how many messages they have exchanged with whom.
 */
export type Detail = "place" | "needs" | "traffic";

interface Question {
  readonly detail: Detail;
  readonly waiting: Set<number>;
  readonly answers: Map<number, RankState>;
  end(): void;
}

/** The questions under way in a job directory. */
export class Inquiries {
  readonly #questions = new Map<number, Question>();
  #last = 0;

  constructor(private readonly jobDirectory: string) {}

  /** Asks these ranks; every answer that counts is given after this call. `send` reaches those that have a link. */
  ask(
    ranks: readonly number[],
    detail: Detail,
    send: (rank: number, frame: AgentFrame) => void,
  ): Promise<ReadonlyMap<number, RankState>> {
    const number = ++this.#last;
    const answers = new Map<number, RankState>();
    if (ranks.length === 0) return Promise.resolve(answers);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#questions.delete(number);
        if (!this.#isPublic) rmSync(inquiryPath(this.jobDirectory), { force: true });
        resolve(answers);
      };
      const timer = setTimeout(end, detail === "place" ? UNLINKED_MS : LINKED_MS);
      this.#questions.set(number, { detail, waiting: new Set(ranks), answers, end });
      if (detail === "place") this.#publish();
      for (const rank of ranks) {
        send(rank, { type: "where", question: number, counted: detail === "traffic" });
      }
    });
  }

  /** A rank has answered; without a number, to the file. */
  answer(rank: number, state: RankState, number: number | undefined): void {
    for (const [key, question] of [...this.#questions]) {
      if (number === undefined ? question.detail !== "place" : key !== number) continue;
      question.answers.set(rank, state);
      question.waiting.delete(rank);
      if (question.waiting.size === 0) question.end();
    }
  }

  /** Where the directory is gone or full, those without a link do not hear of it. */
  #publish(): void {
    try {
      closeSync(openSync(inquiryPath(this.jobDirectory), "w", 0o600));
    } catch {
      // No answer is an answer.
    }
  }

  /** Somebody without a link is asked. */
  get #isPublic(): boolean {
    return [...this.#questions.values()].some(({ detail }) => detail === "place");
  }
}
