import Frames
import Glibc
import System

/// The pacing of a ``VirtualCamera``: what is written, and when. One queue owns a value and calls ``service()`` when
/// that asked for it, or earlier.
///
/// A new picture is written at once; otherwise the last one is repeated, so that a program that reads the camera never
/// waits longer than one repeat period. Repeats keep to a grid: one that comes late does not delay those after it.
final class VirtualCameraWriter {
    private let port: VirtualCameraPort
    private let settings: VirtualCamera.Settings
    private let now: @Sendable () -> MonotonicTime
    private let wake: @Sendable () -> Void
    private let cards: [StandbyCard: PixelBuffer]
    private let shared: VirtualCameraShared
    private let observer: VirtualCameraObserver

    private var device: (any VirtualCameraDevice)?
    private var canvas: VirtualCameraCanvas
    private var content = VirtualCameraContent.card(.starting)
    /// Whether `content` has not been written yet.
    private var isNew = true
    /// What `canvas` has drawn last, ready to be written; `nil` where `content` has to be drawn first.
    private var packed: UnsafeRawBufferPointer?
    private var packedIsMirrored = false
    private var wasWatched = false
    /// How many pictures have been written.
    private var sequence = 0
    /// When a repeat is due.
    private var repeatDue: MonotonicTime
    /// When to look for the device again; `nil` where it is open or will not be opened again.
    private var reopenDue: MonotonicTime?

    private let period: UInt64
    /// A device that has no room is asked again so often, in nanoseconds.
    private static let retryPeriod: UInt64 = 5_000_000
    private static let reopenPeriod: UInt64 = 1_000_000_000
    /// How often the last picture is repeated while nobody looks, as far as the device can tell.
    private static let unseenPeriod: UInt64 = 1_000_000_000
    /// How often it is asked for the last picture: for 50 ms in all.
    private static let lastAttempts = 10

    /// Opens the device and draws the cards; writes nothing yet.
    ///
    /// - Parameters:
    ///   - now: the clock; replaced by tests.
    ///   - wake: called on some queue when ``service()`` is to be called at once.
    /// - Throws: ``DisplayError``; not for a device that may come later: the observer is told.
    init(
        _ port: VirtualCameraPort, _ settings: VirtualCamera.Settings, fontBytes: UnsafeRawBufferPointer,
        _ shared: VirtualCameraShared, now: @escaping @Sendable () -> MonotonicTime,
        wake: @escaping @Sendable () -> Void,
        _ observer: VirtualCameraObserver
    ) throws(DisplayError) {
        self.port = port
        self.settings = settings
        self.shared = shared
        self.now = now
        self.wake = wake
        self.observer = observer
        let layout: VirtualCameraLayout
        do throws(DisplayError) {
            let device = try port.open(wake)
            layout = device.layout
            self.device = device
        } catch {
            guard error.code == .absent, let expected = port.layoutWhileAbsent else { throw error }
            layout = expected
            reopenDue = now().advanced(byNanoseconds: Self.reopenPeriod)
            shared.isAway = true
            observer.onLoss(error)
        }
        canvas = VirtualCameraCanvas(layout, fill: settings.fill)
        cards = try StandbyCard.drawAll(side: min(layout.size.width, layout.size.height), fontBytes: fontBytes)
        period = UInt64(1_000_000_000 / settings.repeatRate)
        repeatDue = now()
    }

    /// What the driver wants.
    var layout: VirtualCameraLayout { canvas.layout }

    /// Writes what is due now.
    ///
    /// - Returns: when to call again, at the latest; `nil` once the device is lost for good.
    func service() -> MonotonicTime? {
        let now = now()
        if device == nil, let next = reopen(now) { return next }
        guard let device else { return nil }
        takeNewest()
        if packedIsMirrored != shared.isMirrored { packed = nil }
        do throws(DisplayError) {
            let isWatched = try device.isWatched()
            if isWatched, !wasWatched { repeatDue = now }  // whoever comes is not kept waiting
            noteWatched(isWatched)
            guard isWatched || device.keepsPictures else {
                passUnseen()
                return now.advanced(byNanoseconds: device.lookPeriod)
            }
            if isNew || now >= repeatDue {
                guard try write(to: device, now, isWatched ? period : Self.unseenPeriod) else {
                    return now.advanced(byNanoseconds: Self.retryPeriod)
                }
            }
            return isWatched ? repeatDue : min(repeatDue, now.advanced(byNanoseconds: device.lookPeriod))
        } catch {
            return fail(error, now)
        }
    }

    /// Writes what was given last, if the device takes it within 50 ms, and closes the device; nothing is written
    /// afterwards.
    func close() {
        takeNewest()
        for attempt in 0..<Self.lastAttempts where isNew && device != nil {
            if attempt > 0 { usleep(UInt32(Self.retryPeriod / 1000)) }
            _ = service()
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

    private func noteWatched(_ isWatched: Bool) {
        guard isWatched != wasWatched else { return }
        wasWatched = isWatched
        observer.onWatched(isWatched)
    }

    /// What was given counts as written: whoever begins to look sees it.
    private func passUnseen() {
        if isNew, case .picture(let picture) = content { shared.wrote(picture) }
        isNew = false
    }

    /// - Returns: whether the device had room.
    private func write(
        to device: any VirtualCameraDevice, _ now: MonotonicTime, _ period: UInt64
    ) throws(DisplayError) -> Bool {
        let picture = packed ?? draw()
        packed = picture
        guard try device.write(picture, sequence: sequence) == .written else { return false }
        sequence += 1
        let isRepeat = !isNew
        shared.count { counts in
            counts.written += 1
            if isRepeat { counts.repeated += 1 }
        }
        if isNew, case .picture(let picture) = content { shared.wrote(picture) }
        let onGrid = repeatDue.advanced(byNanoseconds: period)
        repeatDue = isRepeat && onGrid > now ? onGrid : now.advanced(byNanoseconds: period)
        isNew = false
        return true
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
        noteWatched(false)
        device = nil  // closed: the module cannot be unloaded, nor the device be made anew, while it is open
        reopenDue = settings.reopens ? now.advanced(byNanoseconds: Self.reopenPeriod) : nil
        observer.onLoss(error)
        return reopenDue
    }

    /// - Returns: when to try again, or `nil` if the device is open now or will never be.
    private func reopen(_ now: MonotonicTime) -> MonotonicTime? {
        guard let due = reopenDue else { return nil }
        guard now >= due else { return due }
        do throws(DisplayError) {
            let device = try port.open(wake)
            if device.layout != canvas.layout { canvas = VirtualCameraCanvas(device.layout, fill: settings.fill) }
            self.device = device
        } catch {  // reported when it was lost; it is still away
            reopenDue = now.advanced(byNanoseconds: Self.reopenPeriod)
            return reopenDue
        }
        shared.isAway = false
        reopenDue = nil
        packed = nil
        repeatDue = now
        shared.count { $0.reopened += 1 }
        observer.onReturn()
        return nil
    }
}
