import Dispatch
import Display
import Flow
import Logging
import Synchronization
import System

/// Keeps what is said in step with the avatar's lips: a microphone that is as late as a camera's pictures. Any queue.
///
/// Its delay follows the median of their latency. PipeWire may go and come back: the microphone does as well.
package final class SoundDelay: Sendable {
    /// How late both are, in milliseconds.
    struct Reading: Encodable, Sendable, Equatable {
        let microphone: Double
        /// `nil` before its first picture.
        let camera: Double?
        /// Whether an app listens.
        let isHeard: Bool
    }

    private struct State {
        var microphone: DelayedMicrophone?
        var target = 0.0
        var looks = 0
    }

    private let state: QueueBound<State>
    private let last = Mutex<Reading?>(nil)
    private let open: @Sendable () throws(DisplayError) -> DelayedMicrophone
    private let latency: @Sendable () -> Double?
    private let logger: Logger
    nonisolated(unsafe) private let timer: any DispatchSourceTimer  // libdispatch objects may be used anywhere

    /// Milliseconds that the target may be off by: pictures' latencies spread further.
    private static let tolerance = 3.0
    private static let period = 0.25
    /// Looks from one attempt to offer it anew to the next.
    private static let looksPerAttempt = 4

    /// Offers the microphone, or waits for PipeWire where that does not run.
    ///
    /// - Parameters:
    ///   - source: what it listens to, by name or serial number; `nil` for the system's choice.
    ///   - latency: of the camera's newest pictures, in milliseconds; `nil` before the first.
    ///   - logger: told when it is lost, and when it is back.
    /// - Throws: ``DisplayError`` where there can be none.
    init(listeningTo source: String?, latency: @escaping @Sendable () -> Double?, _ logger: Logger) throws(DisplayError)
    {
        let open = { @Sendable () throws(DisplayError) in try DelayedMicrophone(listeningTo: source) }
        var microphone: DelayedMicrophone?
        do throws(DisplayError) {
            microphone = try open()
            logger.notice("call apps find the microphone '\(DelayedMicrophone.name)', in step with the pictures")
        } catch {
            guard error.code == .absent else { throw error }
            logger.warning("\(error)")
        }
        (self.open, self.latency, self.logger) = (open, latency, logger)
        let queue = DispatchQueue(label: "puppet.sound")
        state = QueueBound(State(microphone: microphone), on: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.look() }
        timer.schedule(deadline: .now(), repeating: Self.period)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// `nil` while it is not there.
    var reading: Reading? { last.withLock { $0 } }

    private func look() {
        let camera = latency()
        let reading = state.withState { state -> Reading? in
            state.looks += 1
            if state.microphone?.isGone == true {
                state.microphone = nil
                logger.warning("\(DelayedMicrophone.name): PipeWire has ended; the microphone is back when it is")
            }
            if state.microphone == nil, state.looks.isMultiple(of: Self.looksPerAttempt), let anew = try? open() {
                state.microphone = anew
                anew.delay = state.target
                logger.notice("\(DelayedMicrophone.name): the microphone is back")
            }
            guard let microphone = state.microphone else { return nil }
            if let camera, abs(camera - state.target) > Self.tolerance {
                state.target = camera
                microphone.delay = camera
            }
            return Reading(
                microphone: microphone.delay.rounded(toPlaces: 1), camera: camera?.rounded(toPlaces: 1),
                isHeard: microphone.isHeard)
        }
        last.withLock { $0 = reading }
    }
}
