import Dispatch
import Display
import Frames

/// The window of a live run: shows the newest picture, turns keys into commands, says how fast it goes.
///
/// Main thread, but for ``output``, which feeds it.
final class WindowView {
    /// What the user asks of the run.
    enum Command: Sendable {
        case quit
        case calibrate
        case showAvatar(AvatarStep)
    }

    private let window: Window
    private let inbox = Mailbox<RenderedFrame>()
    private let arrived = DispatchSemaphore(value: 0)
    private var showsInfo = false
    private var infoWritten = MonotonicTime(nanoseconds: 0)

    /// Pictures for this window come through here.
    let output: Output

    /// - Throws: ``WindowError`` where there is no display.
    init() throws {
        window = try Window(
            title: "puppet", size: FrameSize(square: Self.side), fontBytes: EmbeddedAssets.font)
        output = Output("window") { [inbox, arrived] rendered in
            if inbox.post(rendered) { arrived.signal() }
        }
    }

    /// One turn of the main loop: waits a moment for a picture, shows it, hands over what the user did.
    ///
    /// - Parameters:
    ///   - reading: for the information panel.
    ///   - handle: called for every command, before this returns.
    func update(_ reading: StageClock.Reading, dropped: Int, _ handle: (Command) -> Void) {
        _ = arrived.wait(timeout: .now() + .milliseconds(Self.pollInterval))
        writeInfo(reading, dropped)
        if let rendered = inbox.take() {
            window.present(rendered.frame)
            output.meter.handedOver(rendered.frame)
        }
        window.pollEvents { event in
            switch event {
            case .quit: handle(.quit)
            case .calibrate: handle(.calibrate)
            case .selectAvatar(let index): handle(.showAvatar(.index(index)))
            case .nextAvatar: handle(.showAvatar(.next))
            case .previousAvatar: handle(.showAvatar(.previous))
            case .toggleMirror: window.isMirrored.toggle()
            case .toggleInfo:
                showsInfo.toggle()
                infoWritten = MonotonicTime(nanoseconds: 0)
            }
        }
    }

    func close() { window.close() }

    /// Twice a second: faster than that nobody reads.
    private func writeInfo(_ reading: StageClock.Reading, _ dropped: Int) {
        guard showsInfo else {
            window.info = nil
            return
        }
        let now = MonotonicTime.now
        guard now.milliseconds(since: infoWritten) >= 500 else { return }
        infoWritten = now
        func line(_ name: String, _ value: String, _ unit: String) -> String {
            let columns = name + String(repeating: " ", count: max(1, 14 - name.count))
            return columns + String(repeating: " ", count: max(0, 6 - value.count)) + value + " " + unit
        }
        func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        var lines = [line("pictures", tenths(reading.framesPerSecond), "fps")]
        lines += reading.stages.map { line($0.name.title, tenths($0.milliseconds), "ms") }
        let latency = output.meter.latency
        for percent in [50.0, 95, 99] {
            lines.append(line("latency p\(Int(percent))", tenths(latency.percentile(percent)), "ms"))
        }
        lines.append(line("dropped", "\(dropped)", "frames"))
        window.info = lines.joined(separator: "\n")
    }

    private static let side = 512
    /// Milliseconds after which keys are looked at even if no picture came.
    private static let pollInterval = 10
}

extension StageName {
    /// For people.
    fileprivate var title: String {
        switch self {
        case .detect: "detect"
        case .denseMotion: "dense motion"
        case .generate: "generate"
        }
    }
}
