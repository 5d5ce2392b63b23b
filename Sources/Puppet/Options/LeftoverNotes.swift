import Display
import Logging
import System

/// Tells of recordings beside those that will be written which a run left behind that was killed.
///
/// - Parameter outputs: of the run that begins.
func noteLeftovers(of outputs: [String], _ logger: Logger) {
    var told: Set<String> = []
    for output in outputs where !OutputWord.isOne(output) && !isDevice(output) {
        for leftover in Leftovers.beside(output) where told.insert(leftover).inserted {
            let megabytes = (Double(fileSize(leftover) ?? 0) / 1e6).rounded(toPlaces: 1)
            logger.notice(
                "\(leftover): a run that was cut off recorded this, \(megabytes) MB; rename it to keep it, or remove it"
            )
        }
    }
}
