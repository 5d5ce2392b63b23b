import Frames
import Glibc
import System

/// The pacing of a ``LoopbackCamera``: what is written, and when. One queue owns a value and calls ``service()`` when
/// that asked for it, or earlier.
///
/// A new picture is written at once; otherwise the last one is repeated, so that a program that reads the camera never
/// waits longer than one repeat period. Repeats keep to a grid: one that comes late does not delay those after it.
final class LoopbackWriter {
    private let path: String
    private let settings: LoopbackCamera.Settings
    private let system: LoopbackSystem
    private let cards: [StandbyCard: PixelBuffer]
    private let shared: LoopbackShared
    private let onFailure: @Sendable (DisplayError) -> Void

    private var device: LoopbackDevice?
    private var canvas: LoopbackCanvas
    private var content = LoopbackContent.card(.starting)
    /// Whether `content` has not been written yet.
    private var isNew = true
    /// What `canvas` has drawn last, ready to be written; `nil` where `content` has to be drawn first.
    private var packed: UnsafeRawBufferPointer?
    private var packedIsMirrored = false
    /// When a repeat is due.
    private var repeatDue: MonotonicTime
    /// When to look for the device again; `nil` where it is open or will not be opened again.
    private var reopenDue: MonotonicTime?

    private let period: UInt64
    /// A device that has no room is asked again so often, in nanoseconds.
    private static let retryPeriod: UInt64 = 5_000_000
    private static let reopenPeriod: UInt64 = 1_000_000_000
    /// How often it is asked for the last picture: for 50 ms in all.
    private static let lastAttempts = 10

    /// Opens the device and draws the cards; writes nothing yet.
    ///
    /// - Throws: ``DisplayError``.
    init(
        path: String, _ settings: LoopbackCamera.Settings, fontBytes: UnsafeRawBufferPointer, _ shared: LoopbackShared,
        _ system: LoopbackSystem, onFailure: @escaping @Sendable (DisplayError) -> Void
    ) throws(DisplayError) {
        self.path = path
        self.settings = settings
        self.shared = shared
        self.system = system
        self.onFailure = onFailure
        let device = try LoopbackDevice(opening: path, size: settings.size, rate: settings.rate, system)
        let layout = device.layout
        canvas = LoopbackCanvas(layout, fill: settings.fill)
        cards = try StandbyCard.drawAll(side: min(layout.size.width, layout.size.height), fontBytes: fontBytes)
        period = UInt64(1_000_000_000 / settings.repeatRate)
        repeatDue = system.now()
        self.device = consume device
    }

    /// What the driver wants.
    var layout: LoopbackLayout { canvas.layout }

    /// Writes what is due now.
    ///
    /// - Returns: when to call again, at the latest; `nil` once the device is lost for good.
    func service() -> MonotonicTime? {
        let now = system.now()
        if device == nil, let next = reopen(now) { return next }
        guard device != nil else { return nil }
        takeNewest()
        if packedIsMirrored != shared.isMirrored { packed = nil }
        guard isNew || now >= repeatDue else { return repeatDue }
        return write(now)
    }

    /// Writes what was given last, if the device takes it within 50 ms, and closes the device; nothing is written
    /// afterwards.
    func close() {
        takeNewest()
        for attempt in 0..<Self.lastAttempts where isNew && device != nil {
            if attempt > 0 { usleep(UInt32(Self.retryPeriod / 1000)) }
            _ = write(system.now())
        }
        shared.isAway = true
        if isNew, case .picture(let picture) = content { shared.passedOver(picture) }
        content = .card(.starting)
        device = nil
        reopenDue = nil
    }

    private func takeNewest() {
        guard let newest = shared.inbox.take() else { return }
        if isNew, case .picture(let picture) = content { shared.passedOver(picture) }  // the device had no room for it
        content = newest
        isNew = true
        packed = nil
    }

    private func write(_ now: MonotonicTime) -> MonotonicTime? {
        let picture = packed ?? draw()
        packed = picture
        do throws(DisplayError) {
            guard try device?.write(picture) == .written else {
                return now.advanced(byNanoseconds: Self.retryPeriod)
            }
        } catch {
            return fail(error, now)
        }
        let isRepeat = !isNew
        shared.count { counts in
            counts.written += 1
            if isRepeat { counts.repeated += 1 }
        }
        if isNew, case .picture(let picture) = content { shared.wrote(picture) }
        let onGrid = repeatDue.advanced(byNanoseconds: period)
        repeatDue = isRepeat && onGrid > now ? onGrid : now.advanced(byNanoseconds: period)
        isNew = false
        return repeatDue
    }

    private func draw() -> UnsafeRawBufferPointer {
        packedIsMirrored = shared.isMirrored
        switch content {
        case .picture(let picture): return canvas.draw(picture.frame.pixels, isMirrored: packedIsMirrored)
        case .card(let card): return canvas.draw(card: cards[card]!)  // all of them are drawn at the start
        }
    }

    private func fail(_ error: DisplayError, _ now: MonotonicTime) -> MonotonicTime? {
        shared.isAway = true
        device = nil  // closed: the module cannot be unloaded, nor the device be made anew, while it is open
        reopenDue = settings.reopens ? now.advanced(byNanoseconds: Self.reopenPeriod) : nil
        onFailure(error)
        return reopenDue
    }

    /// - Returns: when to try again, or `nil` if the device is open now or will never be.
    private func reopen(_ now: MonotonicTime) -> MonotonicTime? {
        guard let due = reopenDue else { return nil }
        guard now >= due else { return due }
        do throws(DisplayError) {
            let device = try LoopbackDevice(opening: path, size: settings.size, rate: settings.rate, system)
            if device.layout != canvas.layout { canvas = LoopbackCanvas(device.layout, fill: settings.fill) }
            self.device = consume device
        } catch {  // reported when it was lost; it is still away
            reopenDue = now.advanced(byNanoseconds: Self.reopenPeriod)
            return reopenDue
        }
        shared.isAway = false
        reopenDue = nil
        packed = nil
        repeatDue = now
        shared.count { $0.reopened += 1 }
        return nil
    }
}
