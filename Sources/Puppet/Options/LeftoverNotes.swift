import Display
import Logging
import System

/// Tells of recordings beside those that will be written which a run left behind that was killed.
///
/// - Parameters:
///   - outputs: of the run that begins.
///   - folder: where recordings may be as well; `nil` where none are.
func noteLeftovers(of outputs: [String], in folder: String? = nil, _ logger: Logger) {
    var told: Set<String> = []
    let files = outputs.filter { !OutputWord.isOne($0) && !isDevice($0) } + (folder.map { [$0 + "/recording"] } ?? [])
    for file in files {
        for leftover in Leftovers.beside(file) where told.insert(leftover).inserted {
            let megabytes = (Double(fileSize(leftover) ?? 0) / 1e6).rounded(toPlaces: 2)
            logger.notice(
                "\(leftover): a run that was cut off recorded this, \(megabytes) MB; rename it to keep it, or remove it"
            )
        }
    }
}
