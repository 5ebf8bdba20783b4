/**
 * What each shell is told. All three ask the same hidden command and show what it answers: a candidate a line, for zsh and
 * fish with a few words behind a tab; or one word in brackets for what the shell completes by itself.
 */

const bash = `# Completion of cmanage for bash. Use it by: source <(cmanage completion bash)
_cmanage() {
  local line program=\${1/#\\~\\//$HOME/}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      '[files]') compopt -o default; return ;;
      '[directories]') compopt -o dirnames; return ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("$program" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o nosort -F _cmanage cmanage
`;

const zsh = `#compdef cmanage
# Completion of cmanage for zsh. Use it by: source <(cmanage completion zsh)
# or as a file _cmanage in a directory of $fpath.
_cmanage() {
  local line
  local -a lines candidates
  lines=("\${(@f)$("\${(Q)words[1]/#\\~\\//$HOME/}" __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  case $lines[1] in
    '[files]') _files; return ;;
    '[directories]') _files -/; return ;;
  esac
  for line in $lines; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -V cmanage candidates
}
if [ "$funcstack[1]" = "_cmanage" ]; then _cmanage "$@"; else compdef _cmanage cmanage; fi
`;

const fish = `# Completion of cmanage for fish. Use it by: cmanage completion fish | source
function __cmanage_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    switch "$lines[1]"
        case '[files]'
            __fish_complete_path "$current"
        case '[directories]'
            __fish_complete_directories "$current"
        case '*'
            printf '%s\\n' $lines
    end
end
complete -c cmanage -f -k -a '(__cmanage_complete)'
`;

export const scripts = { bash, zsh, fish } as const;
export type Shell = keyof typeof scripts;
export const shells = Object.keys(scripts) as Shell[];
