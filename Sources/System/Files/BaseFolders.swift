// Where a program keeps what by the XDG Base Directory Specification. Paths that are not absolute are not taken.

/// What puppet keeps for its user: `$XDG_DATA_HOME/puppet`.
///
/// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
package func dataFolder(_ environment: [String: String]) -> String {
    baseFolder(environment, "XDG_DATA_HOME", ".local/share")
}

/// Where puppet's user keeps settings: `$XDG_CONFIG_HOME/puppet`.
///
/// - Parameter environment: of the process; `XDG_CONFIG_HOME` and `HOME` are read.
package func configFolder(_ environment: [String: String]) -> String {
    baseFolder(environment, "XDG_CONFIG_HOME", ".config")
}

/// What puppet can find out again: `$XDG_CACHE_HOME/puppet`.
///
/// - Parameter environment: of the process; `XDG_CACHE_HOME` and `HOME` are read.
/// - Returns: `nil` where neither says where that is.
package func cacheFolder(_ environment: [String: String]) -> String? {
    guard ["XDG_CACHE_HOME", "HOME"].contains(where: { environment[$0]?.hasPrefix("/") == true }) else { return nil }
    return baseFolder(environment, "XDG_CACHE_HOME", ".cache")
}

private func baseFolder(_ environment: [String: String], _ variable: String, _ usual: String) -> String {
    let folder = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return "\(folder ?? "\(environment["HOME"] ?? "")/\(usual)")/puppet"
}
