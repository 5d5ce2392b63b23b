import CPipeWire
import Glibc
import TestSupport
import Testing

@Suite("Sound, a while later")
struct DelayLineTests {
    /// What goes in, by the frame's number.
    private typealias Signal = (Int) -> (left: Float, right: Float)

    /// Radians a frame: 440 Hz at 48 kHz.
    private static let step = 2 * Float.pi * 440 / 48000

    private func tone(_ index: Int) -> (left: Float, right: Float) {
        let angle = Self.step * Float(index % 1200)
        return (sinf(angle), 0.5 * cosf(angle))
    }

    private func noise(_ index: Int) -> (left: Float, right: Float) {
        (Float((index &* 7919) % 1009) / 1009, Float((index &* 104_729) % 997) / 997)
    }

    private func withLine(most: UInt32, _ body: (OpaquePointer) throws -> Void) throws {
        let line = try #require(puppet_delay_line_make(most))
        defer { puppet_delay_line_free(line) }
        try body(line)
    }

    /// What comes out, interleaved, in blocks of 256 frames.
    private func run(_ line: OpaquePointer, _ range: Range<Int>, _ signal: Signal) -> [Float] {
        var heard: [Float] = []
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 256) {
            let block = (first..<min(first + 256, range.upperBound)).flatMap { [signal($0).left, signal($0).right] }
            var output = [Float](repeating: .nan, count: block.count)
            puppet_delay_line_run(line, block, &output, UInt32(block.count / 2))
            heard += output
        }
        return heard
    }

    @Test(arguments: [0, 1, 960, 2880, 7200])
    func givesWhatWentIn(_ delay: Int) throws {
        try withLine(most: 7200) { line in
            puppet_delay_line_set(line, UInt32(delay))
            // Long enough for every way there.
            _ = run(line, 0..<400_000, noise)
            #expect(puppet_delay_line_delay(line) == UInt32(delay))
            let heard = run(line, 400_000..<410_000, noise)
            let differences = (0..<10_000).filter { index in
                let sent = noise(400_000 + index - delay)
                return heard[2 * index] != sent.left || heard[2 * index + 1] != sent.right
            }
            #expect(differences.isEmpty, "\(differences.count) frames")
        }
    }

    /// In a tone of this pitch a click bends the curve by far more than the tone itself does.
    @Test func changesAreNoClicks() throws {
        try withLine(most: 72000) { line in
            var random = SeededRandom(seed: 3)
            // As far back as it will look.
            var start = 80000
            _ = run(line, 0..<start, tone)
            var heard: [Float] = []
            for index in 0..<60 {
                // Small ones, large ones, and some while the last is still under way.
                puppet_delay_line_set(line, .random(in: 0...(index.isMultiple(of: 3) ? 72000 : 900), using: &random))
                let end = start + (index.isMultiple(of: 4) ? 700 : 12000)
                heard += run(line, start..<end, tone)
                start = end
            }
            var worst: Float = 0
            for index in 0..<heard.count - 4 {
                let middle = 2 * heard[index + 2]
                worst = max(worst, abs(heard[index] - middle + heard[index + 4]))
            }
            #expect(worst < 2.5 * Self.step * Self.step, "\(worst)")
        }
    }

    @Test func takesTheShortWaySlowlyAndTheLongWayAtOnce() throws {
        try withLine(most: 48000) { line in
            puppet_delay_line_set(line, 480)
            _ = run(line, 0..<48000, tone)
            #expect((239...241).contains(puppet_delay_line_delay(line)), "10 ms take two seconds")
            _ = run(line, 48000..<98000, tone)
            #expect(puppet_delay_line_delay(line) == 480)
            puppet_delay_line_set(line, 4800)
            _ = run(line, 98000..<99440, tone)
            #expect(puppet_delay_line_delay(line) == 4800)
            puppet_delay_line_set(line, 1_000_000)
            _ = run(line, 99440..<101_000, tone)
            #expect(puppet_delay_line_delay(line) == 48000, "what is too much is the most")
        }
    }

    @Test func forgetsWhatItHasHeard() throws {
        try withLine(most: 48000) { line in
            puppet_delay_line_set(line, 24000)
            _ = run(line, 0..<400_000, noise)
            puppet_delay_line_forget(line)
            puppet_delay_line_set(line, 12000)
            let heard = run(line, 400_000..<424_000, noise)
            #expect(puppet_delay_line_delay(line) == 12000, "at once")
            let silence = heard[..<24000].filter { $0 != 0 }
            #expect(silence.isEmpty, "\(silence.count) samples of the past")
            let later = (12000..<24000).filter { heard[2 * $0] != noise(400_000 + $0 - 12000).left }
            #expect(later.isEmpty, "\(later.count) frames differ from what went in")
        }
    }

    @Test func whatNobodyHearsHasGoneIn() throws {
        try withLine(most: 4800) { line in
            let block = (0..<1000).flatMap { [noise($0).left, noise($0).right] }
            puppet_delay_line_set(line, 400)
            puppet_delay_line_forget(line)
            puppet_delay_line_run(line, block, nil, 1000)
            #expect(run(line, 1000..<1001, noise) == [noise(600).left, noise(600).right])
        }
    }
}
