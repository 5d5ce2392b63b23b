import ArgumentParser

/// What shells offer behind `puppet`, as the argument parser writes it, with the options of a live run also where no command
/// is typed: `puppet --latency low` is `puppet run --latency low`.
enum ShellCompletions {
    /// For bash: read by a shell, not started.
    static var bash: String {
        Puppet.completionScript(for: .bash).replacing(/^#!.*\n/, with: "")
            .replacing(
                "complete -o filenames -F _puppet puppet",
                with: """
                    # An option without a command is one of `run`.
                    _puppet_or_run() {
                        local -i place=1
                        while [[ ${place} -lt ${COMP_CWORD} && "${COMP_WORDS[place]}" == @(-v|--verbose|-q|--quiet) ]]; do
                            place+=1
                        done
                        if [[ "${COMP_WORDS[place]}" == -* ]]; then
                            COMP_WORDS=("${COMP_WORDS[@]:0:place}" run "${COMP_WORDS[@]:place}")
                            COMP_CWORD=$((COMP_CWORD + 1))
                        fi
                        _puppet "${@}"
                    }

                    complete -o filenames -F _puppet_or_run puppet

                    """)
    }

    /// For zsh, which loads it when it is first needed.
    static var zsh: String {
        Puppet.completionScript(for: .zsh).replacing(
            #/if \[\[ "\$\{funcstack\[1\]\}" = _puppet \]\]; then\n[^$]*"\$\{@\}"\nelse\n[^\n]*\nfi/#,
            with: """
                # An option without a command is one of `run`.
                _puppet_or_run() {
                    local -i place=2
                    while (( place < CURRENT )) && [[ "${words[place]}" == (-v|--verbose|-q|--quiet) ]]; do
                        place+=1
                    done
                    if [[ "${words[place]}" == -* ]]; then
                        words=("${(@)words[1,place-1]}" run "${(@)words[place,-1]}")
                        (( CURRENT += 1 ))
                    fi
                    _puppet "${@}"
                }

                compdef _puppet_or_run puppet
                if [[ "${funcstack[1]}" = _puppet ]]; then
                    _puppet_or_run "${@}"
                fi

                """)
    }

    /// For fish, whose options each name the command that they are for.
    static var fish: String {
        let script = Puppet.completionScript(for: .fish)
        let ofRun = script.firstMatch(of: /case 'run'\n *__puppet_parse_subcommand 0 (.*)\n/)?.1 ?? ""
        let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
        let options = lines.filter { $0.contains(#"_for_flags_or_options "puppet run"#) }.filter {
            !$0.contains(/-l '(version|help)'/)
        }
        return
            script.replacing(
                "__puppet_parse_subcommand 0 'v/verbose' 'q/quiet' 'version' 'h/help'",
                with: "__puppet_parse_subcommand 0 'v/verbose' 'q/quiet' \(ofRun)", maxReplacements: 1)
            + (["", "# An option without a command is one of `run`."]
            + options.map { $0.replacing(#""puppet run"#, with: #""puppet"#) }).joined(separator: "\n") + "\n"
    }
}
