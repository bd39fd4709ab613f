/** `tsmpirun completion`. Pure. */
import { OPTIONS, dashed, type OptionRow } from "./options.js";

/** A script for bash, and for zsh through its bash emulation. */
export function completionScript(): string {
  const rows: readonly OptionRow[] = OPTIONS;
  const spelt = (row: OptionRow) => row.names.map(dashed);
  const all = rows.flatMap(spelt).join(" ");
  const withValue = rows
    .filter(({ values }) => values.length === 1)
    .flatMap(spelt)
    .join("|");
  const named = (what: string) =>
    rows
      .filter(({ values }) => values[0]?.startsWith(what))
      .flatMap(spelt)
      .join("|");
  // What stands in capitals or has a number in it is for the user to fill in.
  const choices = rows.flatMap((row) => {
    const words = (row.values[0] ?? "").split("|").filter((word) => /^[a-z]+$/.test(word));
    if (words.length === 0) return [];
    return `    ${spelt(row).join("|")}) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$word")); return ;;`;
  });
  return `# source <(tsmpirun completion)
if [ -n "$ZSH_VERSION" ]; then autoload -Uz bashcompinit && bashcompinit; fi
_tsmpirun() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" i=1 program=
  while [ $i -lt $COMP_CWORD ]; do
    case "\${COMP_WORDS[i]}" in
      :) program= ;;
      --genv) [ -n "$program" ] || i=$((i + 2)) ;;
      ${withValue}) [ -n "$program" ] || i=$((i + 1)) ;;
      -*) ;;
      *) program=yes ;;
    esac
    i=$((i + 1))
  done
  if [ -n "$program" ]; then COMPREPLY=($(compgen -f -- "$word")); return; fi
  case "$previous" in
    ${named("DIR")}) COMPREPLY=($(compgen -d -- "$word")); return ;;
    ${named("FILE")}) COMPREPLY=($(compgen -f -- "$word")); return ;;
    ${named("HOST")}) COMPREPLY=($(compgen -A hostname -- "$word")); return ;;
${choices.join("\n")}
    --display) COMPREPLY=($(compgen -W "allocation map env" -- "$word")); return ;;
    ${withValue}) return ;;
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "${all}" -- "$word")) ;;
    doc*) [ $COMP_CWORD -eq 1 ] && COMPREPLY=(doctor) || COMPREPLY=($(compgen -c -- "$word")) ;;
    *) COMPREPLY=($(compgen -c -- "$word") $(compgen -f -- "$word")) ;;
  esac
}
complete -o default -F _tsmpirun tsmpirun
`;
}
