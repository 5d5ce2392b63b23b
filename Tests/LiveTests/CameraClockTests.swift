import Frames
import Testing

@testable import Live
@testable import System

/// A camera's clock is its own: what it runs fast or slow by must not add up in the age of its pictures.
@Suite("The camera is the clock")
struct CameraClockTests {
    /// A camera with a driver's buffers, on a clock that only waiting moves.
    private final class PlayedCamera: FrameSource {
        let name = "camera"
        let size = FrameSize(square: 2)
        let frameRate: FrameRate
        let isLive: Bool
        let frameCount: Int? = nil
        /// Seconds.
        var now = 0.0
        private let period: Double
        private let buffers: Int
        private var produced = 0
        private var waiting: [Int] = []
        private let pixels = PixelBuffer(size: FrameSize(square: 2)) {
            $0.initializeMemory(as: UInt8.self, repeating: 0)
        }

        /// - Parameter actual: pictures a second, where it says that it gives 30.
        init(actual: Double, buffers: Int, isLive: Bool = true) {
            (period, self.buffers, self.isLive) = (1 / actual, buffers, isLive)
            frameRate = FrameRate(30)
        }

        func next() -> Frame? {
            produce()
            if waiting.isEmpty {
                now = Double(produced) * period
                produce()
            }
            let frame = waiting.removeFirst()
            return Frame(pixels: pixels, sequence: frame, captured: time(Double(frame) * period))
        }

        /// What happened until now; where no buffer is free a picture is lost.
        private func produce() {
            while Double(produced) * period <= now {
                if waiting.count < buffers { waiting.append(produced) }
                produced += 1
            }
        }
    }

    private static func time(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64((seconds + 1) * 1e9))
    }
    private func time(_ seconds: Double) -> MonotonicTime { Self.time(seconds) }

    /// Milliseconds: the age of pictures when they are handed on, the mean of each minute of an hour.
    ///
    /// - Parameter pace: how the source is read.
    private func ages(_ camera: PlayedCamera, _ pace: CapturePace) -> [Double] {
        var minutes: [Double] = []
        var (sum, count, read) = (0.0, 0, 0)
        while camera.now < 3600 {
            if case .every(let nanoseconds) = pace {
                camera.now = max(camera.now, Double(read) * Double(nanoseconds) / 1e9)
            }
            guard let frame = camera.next() else { break }
            read += 1
            camera.now += 0.001  // conversion and resizing
            sum += time(camera.now).milliseconds(since: frame.captured)
            count += 1
            if camera.now >= Double(minutes.count + 1) * 60 {
                minutes.append(sum / Double(count))
                (sum, count) = (0, 0)
            }
        }
        return minutes
    }

    @Test(arguments: [30.03, 29.97, 30], [2, 4])
    func theAgeOfAPictureDoesNotDriftInAnHour(_ actual: Double, _ buffers: Int) {
        let camera = PlayedCamera(actual: actual, buffers: buffers)
        let pace = CapturePace(camera)
        #expect(pace == .asPicturesCome)
        let ages = ages(camera, pace)
        #expect(ages.count == 60)
        #expect(ages.allSatisfy { abs($0 - 1) < 0.01 }, "\(ages)")
    }

    /// What the pace is for: a timer at the rate that the camera states lets its buffers fill.
    @Test func aTimerWouldLetItDrift() throws {
        let camera = PlayedCamera(actual: 30.03, buffers: 4, isLive: false)
        let pace = CapturePace(camera)
        #expect(pace == .every(camera.frameRate.time(ofFrame: 1)), "files have no clock of their own")
        let ages = ages(camera, pace)
        #expect(try #require(ages.last) > 90, "three buffers of 33 ms: \(ages)")
    }
}
