import Dispatch
import Flow
import Frames
import Synchronization
import System

/// A virtual camera: pictures for call programs to read, written to a v4l2loopback device or offered by PipeWire.
///
/// From the moment it is made a picture goes out at least ``Settings/repeatRate`` times a second, whatever its user
/// does: a standby card first, then the newest picture it was given. Programs that read the device may come and go; nobody
/// reading it is no error. Nothing is ever shown that was not given, and nothing but what was given last.
///
/// Owns a queue and a clock of its own. Any queue may call the methods here; none of them blocks, but for ``stop()``.
public final class VirtualCamera: Output {
    /// What its pictures are to be. Valid for its life.
    public struct Settings: Sendable {
        /// The size to ask the driver for; odd sizes are rounded down. The driver may insist on another: see
        /// ``VirtualCamera/size``. Some call programs stay black above 1280x720.
        public var size = FrameSize(width: 640, height: 480)
        /// What programs that read the camera are told; it does not pace anything.
        public var rate = FrameRate(30)
        /// How often a second the last picture is repeated while no new one comes: 15...60. Readers give up on a camera
        /// that pauses for a second.
        public var repeatRate = 15
        /// What surrounds a picture.
        public var fill = VirtualCameraFill.blur
        /// Left and right change places, as in a mirror. Standby cards stay readable.
        public var isMirrored = false
        /// Whether a device that is lost is looked for once a second.
        public var reopens = false

        public init() {}
    }

    /// What it has done since it was opened.
    public struct Counts: Hashable, Sendable {
        /// Pictures the device took, repeats and cards included.
        public var written = 0
        /// Those of them that showed what the one before had shown.
        public var repeated = 0
        /// How often a lost device was found again.
        public var reopened = 0
    }

    /// What its user calls it: the device's path, or `pipewire`.
    public let name: String
    public let ledger = OutputLedger(taking: .written)
    /// Size of the camera's picture as the driver wanted it at first, in pixels.
    public let size: FrameSize
    private let shared: VirtualCameraShared
    private let loop: VirtualCameraLoop

    /// Opens a v4l2loopback device and begins to write ``StandbyCard/starting``.
    ///
    /// - Parameters:
    ///   - path: /dev/videoN, a device of the v4l2loopback module.
    ///   - fontBytes: a TrueType font for the cards; not needed afterwards.
    /// - Throws: ``DisplayError``: `.cannotOpen`, `.busy`, `.notSupported`.
    public convenience init(
        path: String, settings: Settings = Settings(), fontBytes: UnsafeRawBufferPointer,
        system: LoopbackSystem = .live, _ observer: VirtualCameraObserver
    ) throws(DisplayError) {
        let port = VirtualCameraPort.loopback(path, size: settings.size, rate: settings.rate, system)
        try self.init(port, settings, fontBytes: fontBytes, now: system.now, observer)
    }

    /// Offers a camera by PipeWire, which shows ``StandbyCard/starting`` first. Where no daemon runs the observer is told at
    /// once, and the camera comes when the daemon does.
    ///
    /// - Parameters:
    ///   - name: what call programs show and remember it by.
    ///   - fontBytes: a TrueType font for the cards; not needed afterwards.
    /// - Throws: ``DisplayError``: `.cannotOpen`, `.notSupported`.
    public convenience init(
        pipeWire name: String, settings: Settings = Settings(), fontBytes: UnsafeRawBufferPointer,
        _ observer: VirtualCameraObserver
    ) throws(DisplayError) {
        var settings = settings
        settings.reopens = true
        let port = VirtualCameraPort.pipeWire(name, size: settings.size, rate: settings.rate)
        try self.init(port, settings, fontBytes: fontBytes, now: { .now }, observer)
    }

    private init(
        _ port: VirtualCameraPort, _ settings: Settings, fontBytes: UnsafeRawBufferPointer,
        now: @escaping @Sendable () -> MonotonicTime, _ observer: VirtualCameraObserver
    ) throws(DisplayError) {
        precondition((15...60).contains(settings.repeatRate), "repeat rate \(settings.repeatRate), expected 15...60")
        name = port.name
        shared = VirtualCameraShared(ledger, isMirrored: settings.isMirrored)
        let queue = DispatchQueue(label: "puppet.output.camera", qos: .userInteractive)
        let wakeUp = WakeUp(queue)
        let writer = try VirtualCameraWriter(
            port, settings, fontBytes: fontBytes, shared, now: now, wake: { wakeUp() }, observer)
        size = writer.layout.size
        loop = VirtualCameraLoop(writer, queue, wakeUp, now)
        loop.start()
    }

    deinit { stop() }

    /// Shows a picture from now on: at once, unless a newer one comes first.
    ///
    /// - Parameter picture: any size; all of it is shown, or the card that it stands back for. Memory for scaling is
    ///   made when the size changes.
    public func submit(_ picture: Picture) {
        guard let card = picture.content.card else { return give(.picture(picture)) }
        show(card)
        ledger.dropped(picture, .card)
    }

    /// Also while the device is away, which nobody else waits for.
    public var hasRoom: Bool { shared.hasRoom }

    /// Goes back to a card, until the next picture. Pictures given before this call are not shown any more.
    public func show(_ card: StandbyCard) { give(.card(card)) }

    /// Whether pictures are mirrored; changes with the next one, or its next repeat.
    public var isMirrored: Bool {
        get { shared.isMirrored }
        set { shared.isMirrored = newValue }
    }

    public var counts: Counts { shared.counts }

    /// Writes what was given last, if the device takes it within 50 ms, and closes the device. Returns within 100 ms, even
    /// if the driver does not.
    public func stop() { loop.stop(milliseconds: 90) }

    /// As ``stop()``, but gives a busy computer a second: every picture is entered in the ledger before `next`.
    public func finish(at end: RunEnd, _ next: @escaping @Sendable () -> Void) {
        DispatchQueue.global(qos: .userInteractive).async { [self] in
            loop.stop(milliseconds: 1000)
            next()
        }
    }

    private func give(_ content: VirtualCameraContent) {
        if shared.give(content) { loop.wake() }
    }
}

/// Runs a ``VirtualCameraWriter`` on a queue of its own: when it is due, and when it is woken.
///
/// `@unchecked Sendable` holds because only the queue touches the writer, and libdispatch objects may be used anywhere.
private final class VirtualCameraLoop: @unchecked Sendable {
    private let queue: DispatchQueue
    private let timer: any DispatchSourceTimer
    private let writer: VirtualCameraWriter
    private let wakeUp: WakeUp
    private let now: @Sendable () -> MonotonicTime
    private let isStopped = Atomic(false)
    private static let onQueue = DispatchSpecificKey<ObjectIdentifier>()

    /// - Parameter wakeUp: of `queue`.
    init(
        _ writer: VirtualCameraWriter, _ queue: DispatchQueue, _ wakeUp: WakeUp,
        _ now: @escaping @Sendable () -> MonotonicTime
    ) {
        self.writer = writer
        self.queue = queue
        self.wakeUp = wakeUp
        self.now = now
        timer = DispatchSource.makeTimerSource(flags: .strict, queue: queue)
        queue.setSpecific(key: Self.onQueue, value: ObjectIdentifier(self))
    }

    /// The timer keeps this alive until ``stop()``.
    func start() {
        timer.setEventHandler { self.run() }
        wakeUp.set { [weak self] in self?.run() }
        timer.schedule(deadline: .now(), leeway: .nanoseconds(0))
        timer.activate()
    }

    func wake() { wakeUp() }

    /// - Parameter milliseconds: how long to wait for a write that is under way; not at all when called from the failure
    ///   callback.
    func stop(milliseconds: Int) {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        let closed = DispatchSemaphore(value: 0)
        queue.async {
            self.timer.cancel()
            self.writer.close()
            closed.signal()
        }
        guard DispatchQueue.getSpecific(key: Self.onQueue) != ObjectIdentifier(self) else { return }
        _ = closed.wait(timeout: .now() + .milliseconds(milliseconds))
    }

    private func run() {
        guard !isStopped.load(ordering: .relaxed), let next = writer.service() else { return }
        let delay = max(0, next.milliseconds(since: now()))
        timer.schedule(deadline: .now() + .nanoseconds(Int(delay * 1e6)), leeway: .nanoseconds(0))
    }
}
