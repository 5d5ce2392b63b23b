import Driving
import Foundation
import Logging
import Synchronization

/// The newest report of the detecting stage. Any queue.
final class LatestReport: Sendable {
    private let report = Mutex<TrackingReport?>(nil)

    var value: TrackingReport? { report.withLock { $0 } }

    func set(_ report: TrackingReport) { self.report.withLock { $0 = report } }
}
