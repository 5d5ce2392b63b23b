/// What puppet keeps for its user: `$XDG_DATA_HOME/puppet`.
///
/// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
package func dataFolder(_ environment: [String: String]) -> String {
    let home = environment["HOME"] ?? ""
    let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/share"
    return "\(data)/puppet"
}
