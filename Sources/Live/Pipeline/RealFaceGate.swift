import Driving
import Synchronization

/// Whether the driver's real face may leave a run. Any queue.
///
/// What is asked of it holds from then on: a picture of the face that is under way when it is shut does not get out.
final class RealFaceGate: Sendable {
    private let state: Mutex<Bool>
    /// Whether it stays shut, whoever asks.
    let isLocked: Bool

    init(_ policy: RealFacePolicy) {
        state = Mutex(policy == .atFirst)
        isLocked = policy == .never
    }

    var isOpen: Bool { state.withLock { $0 } }

    /// - Parameter wanted: `nil` changes it.
    func set(_ wanted: Bool?) { state.withLock { $0 = !isLocked && (wanted ?? !$0) } }

    /// Lets a picture of the face out, unless it is shut.
    ///
    /// - Parameter send: must not block: nobody can shut it meanwhile.
    /// - Returns: whether it got out.
    func letOut(_ send: () -> Void) -> Bool {
        state.withLock { isOpen in
            if isOpen { send() }
            return isOpen
        }
    }
}
