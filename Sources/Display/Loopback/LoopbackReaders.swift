import CV4L2
import System

/// Tells whether other programs read a v4l2loopback device. One queue owns a value.
///
/// From 0.13 on the module says that somebody streams, but not all it should: nothing of those that use `read(2)`, and that
/// nobody is left when the first of two leaves. So whoever keeps the device open counts as well, if not at once: some call
/// apps open every camera every few seconds, to see whether it is still there.
final class LoopbackReaders {
    private let path: String
    private let descriptor: CInt
    private let system: LoopbackSystem
    /// Says that somebody opens or closes the device; `nil` where the system does not.
    private let watch: CInt?
    /// Nanoseconds after which whoever has the device open is taken for a reader.
    private let patience: UInt64
    private var isStreaming = false
    private var openSince: MonotonicTime?
    private var newest: LoopbackSystem.Traffic?
    /// When to look for who has the device open; `nil` where nothing has happened since the last look.
    private var lookDue: MonotonicTime?
    private var looked = MonotonicTime(nanoseconds: 0)

    /// To look at what all programs have open takes milliseconds.
    private static let lookPeriod: UInt64 = 100_000_000
    /// The module keeps one event of a kind, the newest.
    private static let mostEvents = 4

    /// - Parameter descriptor: the open device; closed by whoever has opened it, after this value has ended.
    init(_ path: String, _ descriptor: CInt, _ system: LoopbackSystem) {
        self.path = path
        self.descriptor = descriptor
        self.system = system
        var subscription = v4l2_event_subscription()
        subscription.type = PUPPET_V4L2_EVENT_CLIENT_USAGE
        subscription.flags = UInt32(V4L2_EVENT_SUB_FL_SEND_INITIAL)
        let saysSo = system.ioctl(descriptor, PUPPET_VIDIOC_SUBSCRIBE_EVENT, &subscription) == 0
        patience = saysSo ? 3_000_000_000 : 400_000_000
        let watch = system.watch(path)
        self.watch = watch >= 0 ? watch : nil
        lookDue = system.now()
    }

    deinit {
        if let watch { system.close(watch) }
    }

    /// Whether somebody reads; always where that cannot be told.
    func areThere() -> Bool {
        guard let watch else { return true }
        let now = system.now()
        takeEvents()
        if let traffic = system.traffic(watch) {
            newest = traffic
            lookDue = looked.advanced(byNanoseconds: Self.lookPeriod)
        }
        if let due = lookDue, now >= due { look(now) }
        if isStreaming { return true }
        return openSince.map { now >= $0.advanced(byNanoseconds: patience) } ?? false
    }

    private func takeEvents() {
        var event = v4l2_event()
        for _ in 0..<Self.mostEvents {
            guard system.ioctl(descriptor, PUPPET_VIDIOC_DQEVENT, &event) == 0 else { return }
            guard event.type == PUPPET_V4L2_EVENT_CLIENT_USAGE else { continue }
            // 0.13 may count below zero.
            isStreaming = withUnsafeBytes(of: event.u) { $0.loadUnaligned(as: Int32.self) } > 0
        }
    }

    /// Those whose descriptors may not be looked at have at least been seen to open the device.
    private func look(_ now: MonotonicTime) {
        let isOpen = newest == .opened || !system.holders(path).isEmpty
        openSince = isOpen ? openSince ?? now : nil
        lookDue = nil
        looked = now
    }
}
