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
        /// Whether PipeWire would have it.
        var isOffered: Bool
        /// Looks since then at which there was nothing to listen to.
        var deafLooks = 0
        var isKnown = false
        var complaint = ""
    }

    private let state: QueueBound<State>
    private let last = Mutex<Reading?>(nil)
    private let source: String?
    private let open: @Sendable () throws(DisplayError) -> DelayedMicrophone
    private let latency: @Sendable () -> Double?
    private let logger: Logger
    nonisolated(unsafe) private let timer: any DispatchSourceTimer  // libdispatch objects may be used anywhere

    /// Milliseconds that the target may be off by: pictures' latencies spread further.
    private static let tolerance = 3.0
    private static let period = 0.25
    /// Looks from one attempt to offer it anew to the next, where PipeWire was gone and where it gives up what has nothing to
    /// listen to; as many until that is said.
    private static let (looksPerAttempt, patience) = (4, 12)

    /// Offers the microphone, or waits for PipeWire where that does not run. One line says when apps find it.
    ///
    /// - Parameters:
    ///   - source: what it listens to, by name or serial number; `nil` for the system's choice.
    ///   - latency: of the camera's newest pictures, in milliseconds; `nil` before the first.
    ///   - logger: told that, and what is in the way.
    /// - Throws: ``DisplayError`` where there can be none.
    init(listeningTo source: String?, latency: @escaping @Sendable () -> Double?, _ logger: Logger) throws(DisplayError)
    {
        let open = { @Sendable () throws(DisplayError) in try DelayedMicrophone(listeningTo: source) }
        var microphone: DelayedMicrophone?
        do throws(DisplayError) {
            microphone = try open()
        } catch {
            guard error.code == .absent else { throw error }
            logger.warning("\(error)")
        }
        (self.source, self.open, self.latency, self.logger) = (source, open, latency, logger)
        let queue = DispatchQueue(label: "puppet.sound")
        state = QueueBound(State(microphone: microphone, isOffered: microphone != nil), on: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.look() }
        timer.schedule(deadline: .now(), repeating: Self.period)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// `nil` while apps do not see it.
    var reading: Reading? { last.withLock { $0 } }

    private func look() {
        let camera = latency()
        let reading = state.withState { state -> Reading? in
            state.looks += 1
            if state.microphone?.isGone == true {
                state.microphone = nil
                if state.isKnown { complain("PipeWire has taken it away; it is back when that is", &state) }
                (state.isKnown, state.isOffered) = (false, !state.isKnown)
            }
            let isDue = state.looks.isMultiple(of: state.isOffered ? Self.patience : Self.looksPerAttempt)
            if state.microphone == nil, isDue { offer(&state) }
            if !state.isKnown { announce(&state) }
            guard let microphone = state.microphone else { return nil }
            if let camera, abs(camera - state.target) > Self.tolerance {
                state.target = camera
                microphone.delay = camera
            }
            guard microphone.hears else { return nil }
            return Reading(
                microphone: microphone.delay.rounded(toPlaces: 1), camera: camera?.rounded(toPlaces: 1),
                isHeard: microphone.isHeard)
        }
        last.withLock { $0 = reading }
    }

    private func offer(_ state: inout State) {
        do throws(DisplayError) {
            state.microphone = try open()
            state.microphone?.delay = state.target
            state.isOffered = true
        } catch {
            state.isOffered = false
            // That PipeWire is not there was said.
            if error.code != .absent { complain("\(error)", &state) }
        }
    }

    /// Once apps see it, and where they do not although they should.
    private func announce(_ state: inout State) {
        guard state.isOffered else { return }
        state.deafLooks += 1
        if state.microphone?.hears == true {
            (state.isKnown, state.complaint, state.deafLooks) = (true, "", 0)
            logger.notice("call apps find the microphone '\(DelayedMicrophone.name)', in step with the pictures")
        } else if state.deafLooks >= Self.patience {
            let which = source.map { "microphone '\($0)'" } ?? "microphone"
            complain("there is no \(which) that it could listen to; call apps see it when there is one", &state)
        }
    }

    /// Once, until something else is wrong.
    private func complain(_ what: String, _ state: inout State) {
        guard what != state.complaint else { return }
        state.complaint = what
        logger.warning("\(DelayedMicrophone.name): \(what)")
    }
}
