extension Sequence<String> {
    /// The words of a command line with every negative number that follows an option joined to it, "--frames=-1", because
    /// ArgumentParser takes what begins with a hyphen for another option: then the option itself can say what its range is.
    func joiningNegativeNumbers() -> [String] {
        var words: [String] = []
        for word in self {
            if let option = words.last, option.hasPrefix("--"), option != "--", !option.contains("="),
                word.prefixMatch(of: /-[0-9.]/) != nil
            {
                words[words.count - 1] += "=" + word
            } else {
                words.append(word)
            }
        }
        return words
    }
}
