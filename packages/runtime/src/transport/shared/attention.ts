import { milliseconds } from "../../clock.js";
import { longestNapMs } from "./naps.js";
import type { Mailbox } from "./mailbox.js";
import type { Offers } from "./offers.js";

/** How long a rank without a message looks for one in one go; then the event loop has a turn. */
const SPIN_SLICE_MS = 0.2;
const DOZE_SLICE_MS = 1;
/** How long it does so before it leaves the core to others, and before it leaves waiting to the event loop. */
const SPIN_MS = 4;
/** The same where ranks share cores, as long as offers pay. */
const OFFER_MS = 2;
/** Looks between two offers then. */
const LOOKS_WHEN_CROWDED = 2;
const DOZE_SLICES = 20;
/** The same where the program has nothing else to do, and what it waits for wakes it: turns cost others the core. */
const PATIENT_SLICES = 5;
/** Looks in a row without a turn of the event loop, unless they took no time. */
const LOOKS = 16;
const TURN_MS = 1;
/** Looks, about 10 ns each, in which an answer comes that the other rank sends at once. */
const PROMPT_LOOKS = 1000;
/** Looks between two offers of the core to others, where each rank may have one. */
const LOOKS_BETWEEN_OFFERS = 64;

/**
 * How a rank waits for messages that come through memory, where no descriptor becomes readable: it
 * looks while the microtasks of the program have nothing to do; then it spins if there are enough
 * cores, else it dozes in the kernel, both in short slices between turns of the event loop; then it
 * falls asleep and is rung. Nothing of this keeps the process alive: the other lane does.
 */
export class Attention {
  readonly #look: () => boolean;
  readonly #isPatient: () => boolean;
  readonly #mailbox: Mailbox;
  readonly offers: Offers;
  readonly #spinMs: number;
  #wanted = false;
  #asleep = false;
  /** A look is due. */
  #due = false;
  /** When the last look that found something ended; 0 if since then nobody has asked. */
  #quietSince = 0;
  #looks = 0;
  /** Something has been sent since the last message came. */
  #answerDue = false;
  readonly #promptLooks: number;
  #turnBegan = 0;
  #turnDue = false;

  /**
   * @param look takes what has come, while somebody waits; returns whether there was something
   * @param isPatient whether timers and sockets can wait as long as in a nap
   * @param maySpin false where more ranks than cores wait
   */
  constructor(
    look: () => boolean,
    isPatient: () => boolean,
    mailbox: Mailbox,
    offers: Offers,
    maySpin: boolean,
  ) {
    this.#look = look;
    this.#isPatient = isPatient;
    this.#mailbox = mailbox;
    this.offers = offers;
    this.#spinMs = maySpin ? SPIN_MS : 0;
    this.#promptLooks = maySpin ? PROMPT_LOOKS : 1;
  }

  /**
   * Somebody waits.
   *
   * @param now look at once: what comes now needs no turn, and no promise that stays pending
   */
  begin(now: boolean): void {
    this.#wanted = true;
    if (now && this.#mayGoOn() && this.#lookNow() && !this.#wanted) return;
    this.stir();
  }

  /** Whether something is ready, or becomes so promptly; false as well when the event loop is to have its turn. */
  meets(expected: { readonly isReady: boolean }): boolean {
    if (!this.#mayGoOn()) return false;
    let looks = this.#answerDue ? this.#promptLooks : 1;
    this.#answerDue = false;
    while (looks-- > 0) if (expected.isReady) return true;
    return false;
  }

  /** Looks for something else than messages, in the program's own call, for as long as a prompt answer takes. */
  looks(isOver: () => boolean): boolean {
    for (let looks = this.#promptLooks; looks > 0; looks--) if (isOver()) return true;
    return false;
  }

  /** Whether its rank may sleep in the program's own call: cores are shared, and no message is waited for. */
  get mayNap(): boolean {
    return !this.#wanted && this.#spinMs === 0;
  }

  /** Nobody waits any more. */
  end(): void {
    this.#wanted = false;
    this.#getUp();
  }

  /** Something has happened that may lead to a message: look again. */
  stir(): void {
    if (!this.#wanted) return;
    this.#getUp();
    this.#quietSince = 0;
    this.#lookSoon();
  }

  /** This rank has sent something, and an answer may come. */
  sent(): void {
    this.#answerDue = true;
    if (this.#asleep) this.stir();
  }

  /** After a send that nothing has followed, the look is as long as a prompt answer takes. */
  #lookNow(): boolean {
    let looks = this.#answerDue ? this.#promptLooks : 1;
    this.#answerDue = false;
    while (looks-- > 0) if (this.#look()) return true;
    return false;
  }

  #getUp(): void {
    if (this.#asleep) this.#mailbox.getUp();
    this.#asleep = false;
  }

  /** Looks when the microtasks that are ready have run; after some looks, after a turn of the event loop. */
  #lookSoon(): void {
    if (this.#due) return;
    this.#due = true;
    if (this.#mayGoOn()) {
      queueMicrotask(this.#afterMicrotasks);
    } else {
      setImmediate(this.#onTurn);
    }
  }

  /** False when the event loop is to have its turn first. */
  #mayGoOn(): boolean {
    if (this.#turnDue) return false;
    if (++this.#looks % LOOKS !== 0 || milliseconds() - this.#turnBegan < TURN_MS) return true;
    this.#turnDue = true;
    return false;
  }

  /** Ticks asked for in a tick come before the microtasks that it has made ready, and one asked for in a microtask after all. */
  readonly #afterMicrotasks = (): void => process.nextTick(this.#onTick);

  readonly #onTurn = (): void => {
    this.#turnBegan = milliseconds();
    this.#turnDue = false;
    this.#onTick();
  };

  readonly #onTick = (): void => {
    this.#due = false;
    if (!this.#wanted) return;
    if (this.#look() || this.#wait()) {
      this.#quietSince = 0;
      if (this.#wanted) this.#lookSoon();
    } else if (!this.#asleep) {
      this.#due = true;
      setImmediate(this.#onTurn);
    }
  };

  /** Waits for a slice; true if something came. */
  #wait(): boolean {
    const now = milliseconds();
    if (this.#quietSince === 0) this.#quietSince = now;
    const quiet = now - this.#quietSince;
    if (quiet < this.#spinMs) return this.#spin(now, LOOKS_BETWEEN_OFFERS);
    if (quiet < OFFER_MS && this.offers.pay(now)) return this.#spin(now, LOOKS_WHEN_CROWDED);
    const isPatient = this.#spinMs === 0 && this.#isPatient();
    const slice = isPatient ? longestNapMs(this.offers.ranksPerCore) : DOZE_SLICE_MS;
    if (quiet < slice * (isPatient ? PATIENT_SLICES : DOZE_SLICES))
      return this.#mailbox.doze(slice * 1e6, this.#look) || this.#look();
    this.#asleep = true;
    this.#mailbox.fallAsleep();
    if (!this.#look()) return false;
    this.#getUp();
    return true;
  }

  /** Who has the core that the answer needs gets it at every offer. */
  #spin(now: number, looks: number): boolean {
    const until = now + SPIN_SLICE_MS;
    do {
      for (let i = 0; i < looks; i++) if (this.#look()) return true;
      now = this.offers.make(now);
    } while (now < until);
    return false;
  }
}
