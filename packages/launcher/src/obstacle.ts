/** Errors of the system in words that say what to do. Pure. */

type SystemError = Pick<NodeJS.ErrnoException, "code" | "message">;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "make room there, or write elsewhere",
  EDQUOT: "your quota is used up: make room there, or write elsewhere",
  EACCES: "choose a place to which you may write",
  EPERM: "choose a place to which you may write",
  EROFS: "choose a place to which you may write",
  ENOENT: "choose a place to which you may write",
  EEXIST: "there is a file of that name: choose another",
  ENOTDIR: "a part of that path is a file: choose another",
};

/** `ENOSPC: no space left on device (make room there, or write elsewhere)`, of what could not be written. */
export function writeObstacle({ code = "", message }: SystemError): string {
  const what = message.replace(/, \w+(?: '.*')?$/s, ""); // Node adds the system call and its path
  return Object.hasOwn(REMEDIES, code) ? `${what} (${REMEDIES[code]})` : what;
}

/** Why a file cannot be read that is to have lines of some kind. */
export function readObstacle({ code, message }: SystemError): string {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EISDIR":
      return "it is a directory; name a file in it";
    case "EACCES":
      return "you may not read it (see its permissions and those of its directories)";
    default:
      return code ?? message;
  }
}
